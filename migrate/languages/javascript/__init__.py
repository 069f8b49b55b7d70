"""JavaScript and TypeScript programs that call TGI, by syntax tree; what becomes of a thing is in the rules."""

from migrate.languages.javascript.reading import JavaScript

__all__ = ["JavaScript"]
