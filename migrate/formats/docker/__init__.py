"""The command line of `docker run` and its relatives."""
