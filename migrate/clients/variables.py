"""Values that the files of a repository give environment variables: env files, compose, Dockerfiles, scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from migrate.repository import Repository

_SUFFIXES = (".yaml", ".yml", ".sh", ".bash", ".env", ".toml", ".service", ".mk", ".json")
_BARE = (".env", "Dockerfile", "Makefile", "Containerfile")
_EXAMPLES = re.compile(r"example|sample|template|\.dist$", re.IGNORECASE)
_NAME = r"[\"']?(?P<name>[A-Z][A-Z0-9_]{2,})[\"']?"
_FORMS = (
    re.compile(
        rf"^[ \t]*(?:-[ \t]+[\"']?)?(?:export[ \t]+|ENV[ \t]+|Environment=)?{_NAME}"
        r"[ \t]*[=:]?[=: \t][ \t]*(?P<value>\S.*?)\s*$",
        re.MULTILINE,
    ),
    re.compile(rf"name:[ \t]*{_NAME}[ \t]*\r?\n[ \t]*value:[ \t]*(?P<value>\S.*?)\s*$", re.MULTILINE),
    re.compile(rf"(?:-e|--env)[ =]{_NAME}=(?P<value>[^\s\"']+)"),
    re.compile(rf"[{{,][ \t]*{_NAME}[ \t]*:(?:[ \t]+|(?=[\"']))(?P<value>\"[^\"]*\"|'[^']*'|[^\s,{{}}]+)"),
)  # fmt: skip
_DEFAULT = re.compile(r"\$\{\w+:?-(?P<default>[^}]*)\}")


class Variables:
    """By name; what an example file says counts where no other file names the variable."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    def values(self, name: str) -> list[str]:
        """Every plain value of a variable, in the order of the files; nothing that is put together elsewhere."""
        return self._told.get(name) or self._shown.get(name) or []

    @cached_property
    def _told(self) -> dict[str, list[str]]:
        return self._read(path for path in self._paths if not _EXAMPLES.search(path))

    @cached_property
    def _shown(self) -> dict[str, list[str]]:
        return self._read(path for path in self._paths if _EXAMPLES.search(path))

    @cached_property
    def _paths(self) -> list[str]:
        return [
            path for path in self.repository.paths
            if path.endswith(_SUFFIXES) or path.rpartition("/")[2].startswith(_BARE)
        ]  # fmt: skip

    def _read(self, paths: Iterable[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in paths:
            source = self.repository.source(path)
            for form in _FORMS if source else ():
                for match in form.finditer(source.text if source else ""):
                    value = _plain(match["value"])
                    mine = found.setdefault(match["name"], [])
                    if value is not None and value not in mine:
                        mine.append(value)
        return found


def _plain(text: str) -> str | None:
    """The value without its quotes and comment, or the default of an expansion; None where it is no plain text."""
    quoted = re.match(r"([\"'])(.*?)\1", text)
    value = quoted[2] if quoted else re.sub(r"\s+#.*", "", text).rstrip("\"',")
    if default := _DEFAULT.fullmatch(value):
        value = default["default"]
    return None if not value or re.search(r"[$<>{}]|\s", value) else value
