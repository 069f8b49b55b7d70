"""File formats: each reads text into launches and mentions with the place of every fact, and writes a plan back."""
