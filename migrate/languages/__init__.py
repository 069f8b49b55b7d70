"""Clients in other languages than Python: one reader a language, the same parameter rules."""

from migrate.languages.javascript import JavaScript
from migrate.languages.litellm import read_proxy
from migrate.languages.others import read_other
from migrate.languages.pipelines import read_pipeline
from migrate.languages.shell import read_blocks, read_cells, read_shell

__all__ = ["JavaScript", "read_blocks", "read_cells", "read_other", "read_pipeline", "read_proxy", "read_shell"]
