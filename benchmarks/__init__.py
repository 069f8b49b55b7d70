"""How long the program takes, beside other programs on the same files."""
