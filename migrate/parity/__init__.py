"""Both engines, the same prompts, an honest verdict."""
