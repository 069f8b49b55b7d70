"""The command line: each command parses its words, runs the core, and shows or writes what comes back."""
