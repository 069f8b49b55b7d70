"""Which reader takes which file: the first that claims a path, in this order; modules are imported when a file needs them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from migrate.repository import Repository
from migrate.source import Source
from migrate.touchpoints import Found

ORDER = (
    "compose",
    "workflow",
    "dockerfile",
    "makefile",
    "systemd",
    "powershell",
    "markup",
    "env_file",
    "shell",
    "mentions",
)


class Reader(Protocol):
    """A format module: `claims` looks at the path and, where that says too little, at the text; `read` never raises."""

    def claims(self, path: str, repo: Repository) -> bool: ...

    def read(self, source: Source, repo: Repository) -> Found: ...


@cache
def _module(name: str) -> Reader:
    return cast(Reader, import_module(f"migrate.formats.{name}"))


def reader(path: str, repo: Repository) -> Reader | None:
    """The reader of a file, or None for a kind that no reader takes."""
    return next((module for name in ORDER if (module := _module(name)).claims(path, repo)), None)


def read(path: str, repo: Repository) -> Found:
    """What a file says; nothing where it is no text or no reader knows its kind."""
    source = repo.source(path)
    found = reader(path, repo) if source else None
    return found.read(source, repo) if source and found else Found()


def with_companions(candidates: Iterable[str], repo: Repository) -> list[str]:
    """The candidates and the files that depend on them without naming TGI (compose overrides), each once."""
    paths = dict.fromkeys(candidates)
    for path in list(paths):
        if path.endswith((".yaml", ".yml")):
            from migrate.formats.compose import companions

            paths |= dict.fromkeys(companions(path, repo))
    return list(paths)
