"""Which reader takes which file: the first that claims it; modules are imported when a file needs them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from migrate.catalog.images import recognise
from migrate.repository import Repository
from migrate.source import Source
from migrate.touchpoints import Found

ORDER = (
    "dockerfile.reader",
    "makefile",
    "systemd.reader",
    "powershell",
    "markup",
    "env_file",
    "shell.reader",
    "python.reader",
    "notebook",
    "mentions",
)
_YAML = (".yaml", ".yml")
_DEFINITION = re.compile(r"(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*[:?]?=[ \t]*[\"']?([^\s\"'#]+)")


class Reader(Protocol):
    """A format module: `claims` decides by the path, `read` never raises for what a file holds."""

    def claims(self, path: str) -> bool: ...

    def read(self, source: Source, repo: Repository) -> Found: ...


@cache
def _module(name: str) -> Reader:
    return cast(Reader, import_module(f"migrate.formats.{name}"))


def reader(source: Source) -> Reader | None:
    """The reader of a file, or None for a kind that no reader takes."""
    if source.path.endswith(_YAML):
        from migrate.formats.compose.reader import is_compose

        return _module("compose.reader" if is_compose(source) else "workflow")
    return next((module for name in ORDER if (module := _module(name)).claims(source.path)), None)


def read(path: str, repo: Repository) -> Found:
    """What a file says; nothing where it is no text or no reader knows its kind."""
    source = repo.source(path)
    found = reader(source) if source else None
    return found.read(source, repo) if source and found else Found()


def with_companions(candidates: Iterable[str], repo: Repository) -> list[str]:
    """The candidates and the files that depend on them without naming TGI, each once.

    Those are compose files that change or extend a service, files that use an image by the name of a variable which a
    candidate defines, and files that run a service, or an image which a candidate builds.
    """
    paths = dict.fromkeys(candidates)
    for path in list(paths):
        paths |= dict.fromkeys(_users(path, repo))
    for path in list(paths):
        if path.endswith(_YAML) or "dockerfile" in path.lower():
            from migrate.formats.compose.companions import companions

            paths |= dict.fromkeys(companions(path, repo))
            paths |= dict.fromkeys(repo.once("registry.service_runners", _service_runners))
    return list(paths | dict.fromkeys(_runners(paths, repo)))


def _runners(paths: Iterable[str], repo: Repository) -> Iterator[str]:
    """Files with commands that build or run an image of a Dockerfile among the candidates."""
    if any("dockerfile" in path.lower() or "containerfile" in path.lower() for path in paths):
        from migrate.formats.built_images import built_images

        for image in built_images(repo):
            yield image.path
            yield from () if "$" in image.name else repo.holding(image.name, repo.holding(" run "))


def _service_runners(repo: Repository) -> list[str]:
    """Files with commands that run a service with arguments of TGI's."""
    return repo.holding(" run ", repo.holding("compose", repo.holding("--model-id")))


def _users(path: str, repo: Repository) -> Iterator[str]:
    """Files that use a variable which this file sets to one of TGI's images."""
    source = repo.source(path)
    if source is None or path.endswith((*_YAML, ".md", ".rst", ".py")):
        return
    for name, value in _DEFINITION.findall(source.text):
        if recognise(value):
            yield from (other for other in repo.holding(name) if other != path and _uses(repo, other, name))


def _uses(repo: Repository, path: str, name: str) -> bool:
    source = repo.source(path)
    return source is not None and re.search(rf"\$[({{]?{name}\b", source.text) is not None
