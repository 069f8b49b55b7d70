"""YAML with places: trees, scalars, lists and lines that are edited, never printed again."""
