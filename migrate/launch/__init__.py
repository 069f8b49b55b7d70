"""The translation of a launch: facts from what a format read, rules over the facts, a plan for the format to write."""
