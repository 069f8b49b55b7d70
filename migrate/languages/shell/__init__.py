"""Shell text that calls TGI with curl: scripts, make recipes, documents."""

from migrate.languages.shell.reading import read_shell

__all__ = ["read_shell"]
