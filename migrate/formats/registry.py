"""Which reader takes which file: the first that claims a path, in this order; modules are imported when a file needs them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from migrate.repository import Repository
from migrate.source import Source
from migrate.touchpoints import Found

ORDER = ("compose", "workflow", "dockerfile", "makefile", "systemd", "powershell", "markup", "env_file", "shell", "mentions")


class Reader(Protocol):
    """A format module: `claims` decides by path and text, `read` never raises for what a file holds."""

    def claims(self, path: str, repo: Repository) -> bool: ...

    def read(self, source: Source, repo: Repository) -> Found: ...


@cache
def _module(name: str) -> Reader:
    return cast(Reader, import_module(f"migrate.formats.{name}"))


def readers(path: str, repo: Repository) -> Iterator[Reader]:
    """The readers that claim a file, best first."""
    return (module for name in ORDER if (module := _module(name)).claims(path, repo))


def read(path: str, repo: Repository) -> Found:
    """What a file says; nothing where it is no text or no reader knows its kind."""
    source = repo.source(path)
    reader = next(readers(path, repo), None) if source else None
    return reader.read(source, repo) if source and reader else Found()
