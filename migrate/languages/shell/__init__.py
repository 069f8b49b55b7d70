"""Shell text that calls TGI with curl: scripts, make recipes, documents."""

from migrate.languages.shell.cells import read_blocks, read_cells
from migrate.languages.shell.reading import read_shell

__all__ = ["read_blocks", "read_cells", "read_shell"]
