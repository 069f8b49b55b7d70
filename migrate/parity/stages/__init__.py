"""The stages of a verdict, each of them evidence in, a result out."""
