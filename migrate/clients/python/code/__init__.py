"""Programs as they are written: names, definitions, what an expression can be, across the modules of a repository."""
