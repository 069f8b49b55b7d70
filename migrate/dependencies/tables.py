"""Entries of pyproject.toml and Pipfile: texts in lists of requirements, and keys of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.dependencies.lines import Place, line_of, spelt

_QUOTED = (
    r"(?P<quote>[\"'])(?P<whole>{name}(?:\[[^\]\n]*\])?(?:[ \t]*[<>=!~@](?:(?!(?P=quote))[^\n;])*)?)"
    r"(?P<marker>[ \t]*;(?:(?!(?P=quote))[^\n])*)?(?P=quote)"
)
_KEYED = r"^(?P<lead>[ \t]*)(?P<whole>[\"']?{name}[\"']?[ \t]*=[ \t]*(?:\"[^\"\n]*\"|'[^'\n]*'|\{{[^\n}}]*\}}))"
_SECTION = re.compile(r"^[ \t]*\[+([^\]\n]+)\]+", re.MULTILINE)
_KEY = re.compile(r"^[ \t]*[\"']?([\w.-]+)[\"']?[ \t]*=(?!=)", re.MULTILINE)
_LISTS = re.compile(r"depend|requires|extras|group|\bdeps\b")
_TABLES = re.compile(r"depend|sources$|packages$")
_ENTRY = re.compile(r"([\w-]+)[ \t]*=[ \t]*(\"[^\"]*\"|'[^']*'|\[[^\]]*\]|[\w.]+)")
_KEPT = ("optional", "python", "markers", "platform")  # what says when a package is wanted, whichever it is


@dataclass(frozen=True)
class Lists:
    """Which lists and tables of a file name packages: patterns over `section.key` and over sections."""

    quoted: re.Pattern[str] | None
    keyed: re.Pattern[str]


PYPROJECT = Lists(_LISTS, _TABLES)
PIPFILE = Lists(None, re.compile(r"^(?!(?:source|requires|scripts|pipenv)$)"))


def tables(text: str, package: str, lists: Lists) -> Iterator[Place]:
    """The entries of a package in lists of requirements and in tables of packages."""
    if lists.quoted is not None:
        for match in strings(text, package):
            listed = f"{_section(text, match.start())}.{_key(text, match.start())}".strip(".")
            if lists.quoted.search(listed) and not _commented(text, match.start()):
                yield quoted(text, match, listed, bare=listed.startswith("tool.poetry.extras"))
    for match in re.finditer(_KEYED.format(name=spelt(package)), text, re.MULTILINE | re.IGNORECASE):
        section = _section(text, match.start())
        if not section or lists.keyed.search(section):
            start, end = match.span("whole")
            source = section.endswith("sources")
            line = line_of(text, start, end)
            yield Place(start, end, line, "keyed", match["lead"], stop=end, listed=section, source=source)


def quoted(text: str, match: re.Match[str], listed: str = "", *, bare: bool = False) -> Place:
    """The place of a requirement in quotes; the match has the groups quote, whole and marker."""
    start, end = match.span("whole")
    stop = match.end() - 1
    return Place(start, end, line_of(text, start, stop), "quoted", "", match["quote"], stop, listed, bare=bare)


def strings(text: str, package: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    """The texts in quotes that name a package, for `quoted`."""
    pattern = re.compile(_QUOTED.format(name=spelt(package)), re.IGNORECASE)
    yield from pattern.finditer(text, start, len(text) if end is None else end)


def keyed(old: str, name: str, versions: str) -> str:
    """`name = "versions"`; what the old entry's table says about when the package is wanted stays."""
    value = old.partition("=")[2].strip()
    kept = [match[0] for match in _ENTRY.finditer(value) if match[1] in _KEPT] if value.startswith("{") else []
    if not kept:
        return f'{name} = "{versions}"'
    space = " " if value.startswith("{ ") else ""
    inside = ", ".join([f'version = "{versions}"', *kept])
    return f"{name} = {{{space}{inside}{space}}}"


def _section(text: str, at: int) -> str:
    return next((match[1].strip() for match in reversed(list(_SECTION.finditer(text, 0, at)))), "")


def _key(text: str, at: int) -> str:
    """The key whose list a place stands in."""
    section = max((match.start() for match in _SECTION.finditer(text, 0, at)), default=0)
    return next((match[1] for match in reversed(list(_KEY.finditer(text, section, at)))), "")


def _commented(text: str, at: int) -> bool:
    return re.match(r"[^\"'\n#]*#", text[text.rfind("\n", 0, at) + 1 : at]) is not None
