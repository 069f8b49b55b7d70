"""JavaScript and TypeScript programs that call TGI, by syntax tree; what becomes of a thing is in the rules."""

from migrate.languages.javascript.reading import read_javascript

__all__ = ["read_javascript"]
