"""Entries of files that name a package on a line of its own, and what every place of a package tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_VERSION = r"(?:[ \t]*(?:[<>=!~]=?|===?|@)(?:[^\n#;\\]|(?<=\S)#)*?)?"
_PLAIN = (
    r"^(?P<lead>[ \t]*(?:-[ \t]+)?)(?P<whole>{name}(?:\[[^\]\n]*\])?" + _VERSION + r"|"
    r"(?:(?:-e|--editable)[ \t=]+)?git\+[^\s;\\]*[#&]egg={name}(?:\[[^\]\n]*\])?(?:&[^\s;\\]*)?)"
    r"(?P<rest>(?:[ \t]*[;\\][^\n]*|[ \t]+(?:#|--)[^\n]*|[ \t]*)\r?)$"
)
_KEY = re.compile(r"^(?P<lead>[ \t]*)(?P<key>[\w.-]+)[ \t]*[=:](?!=)", re.MULTILINE)
_SECTION = re.compile(r"^\[([^\]\n]+)\]", re.MULTILINE)
_NEEDS = re.compile(r"require|deps", re.IGNORECASE)

Form = Literal["plain", "quoted", "keyed", "word"]


@dataclass(frozen=True)
class Place:
    """A package's entry: `start:end` is the entry without marker and comment, `line` the whole line with its end.

    `stop`: where the entry ends with its marker (`; python_version < "3.12"`). `listed`: the name of the list that it
    stands in, where a file has several. `hashed`: the line is pinned by hashes. `source`: it says where the package
    comes from, not that it is needed. `bare`: the list holds names without versions.
    """

    start: int
    end: int
    line: tuple[int, int]
    form: Form
    lead: str = ""
    quote: str = ""
    stop: int = 0
    listed: str = ""
    hashed: bool = False
    source: bool = False
    bare: bool = False


def spelt(package: str) -> str:
    """A pattern for a package's name, whichever way it is spelt (`-`, `_`, `.`)."""
    return re.sub(r"[-_.]+", "[-_.]+", re.sub(r"[-_.]+", "-", package))


def line_of(text: str, start: int, end: int) -> tuple[int, int]:
    """The lines that a range stands in, with the last one's end."""
    stop = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, len(text) if stop < 0 else stop + 1


def lines(text: str, package: str, *, sections: bool = False) -> Iterator[Place]:
    """The entries of a package that have a line each; with `sections` (setup.cfg, tox.ini) under keys of needs only."""
    pattern = re.compile(_PLAIN.format(name=spelt(package)), re.MULTILINE | re.IGNORECASE)
    for match in pattern.finditer(text):
        start, end = match.span("whole")
        if sections and not _needed(text, match.start()):
            continue
        rest = match["rest"].rstrip()
        hashed = "--hash" in rest or rest.endswith("\\")
        yield Place(start, end, line_of(text, start, end), "plain", match["lead"], stop=end, hashed=hashed)


def _needed(text: str, at: int) -> bool:
    """Whether a line of an ini file belongs to a key, or to a section, that names what is needed."""
    section = next((match[1] for match in reversed(list(_SECTION.finditer(text, 0, at)))), "")
    key = next((match["key"] for match in reversed(list(_KEY.finditer(text, 0, at))) if not match["lead"]), "")
    return _NEEDS.search(key) is not None or "require" in section
