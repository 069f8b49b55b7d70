"""Where a dependency file names a package, and how another one is named in the same place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

NAMES = re.compile(
    r"[\w.-]*requirements[\w.-]*\.(txt|in)|constraints[\w.-]*\.txt|pyproject\.toml|setup\.cfg|setup\.py|Pipfile|"
    r"(environment|conda|env)[\w-]*\.ya?ml"
)
_PLAIN = (
    r"^(?P<lead>[ \t]*(?:-[ \t]+)?)(?P<whole>{name}(?:\[[^\]\n]*\])?(?:[ \t]*(?:[<>=!~]=?|===?|@)[^\n#;\\]*?)?)"
    r"(?P<rest>[ \t]*(?:[;#\\][^\n]*)?\r?)$"
)
_QUOTED = r"""(?P<quote>["'])(?P<whole>{name}(?:\[[^\]\n"']*\])?(?:[ \t]*[<>=!~;@ ][^"'\n]*)?)(?P=quote)"""
_KEYED = r"""^(?P<lead>[ \t]*)(?P<whole>["']?{name}["']?[ \t]*=[ \t]*(?:"[^"\n]*"|'[^'\n]*'|\{{[^\n}}]*\}}))"""
_INSTALL = re.compile(
    r"\b(?:pip[\d.]*[ \t]+install|uv[ \t]+(?:pip[ \t]+install|add)|(?:poetry|pdm)[ \t]+add|pipenv[ \t]+install)\b"
    r"(?P<words>(?:\\\r?\n|[^\n;&|])*)"
)
_WORD = (
    r"(?<![\w./:@=-])(?P<quote>[\"']?)(?P<whole>{name}(?:\[[\w,-]*\])?(?:[<>=!~]=?[\w.,<>=!~*]*)?)(?P=quote)"
    r"(?![\w./=-])"
)
_SECTION = re.compile(r"^[ \t]*\[+([^\]\n]+)\]+", re.MULTILINE)

Form = Literal["plain", "quoted", "keyed", "word"]


@dataclass(frozen=True)
class Place:
    """A package's entry: `start:end` is the entry without comment, `line` the whole line with its end.

    `hashed`: the line is pinned by hashes. `source`: it says where the package comes from, not that it is needed.
    """

    start: int
    end: int
    line: tuple[int, int]
    form: Form
    lead: str = ""
    quote: str = ""
    hashed: bool = False
    source: bool = False


def is_dependency_file(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return NAMES.fullmatch(name) is not None or (name.endswith(".txt") and folder.rpartition("/")[2] == "requirements")


def installs(text: str) -> bool:
    """Whether a text has a command that installs packages."""
    return _INSTALL.search(text) is not None


def places(path: str, text: str, package: str) -> Iterator[Place]:
    """The entries of a package, whichever way its name is spelt (`-`, `_`, `.`, case)."""
    base = PurePosixPath(path).name
    forms: dict[Form, str] = {"plain": _PLAIN}
    if base == "pyproject.toml":
        forms = {"quoted": _QUOTED, "keyed": _KEYED}
    elif base == "setup.py":
        forms = {"quoted": _QUOTED}
    elif base == "Pipfile":
        forms = {"keyed": _KEYED}
    for form, pattern in forms.items():
        for match in re.finditer(pattern.format(name=_spelt(package)), text, re.MULTILINE | re.IGNORECASE):
            if form == "quoted" and _named_elsewhere(text, match.start()):
                continue
            yield _place(text, match, form)


def words(text: str, package: str) -> Iterator[Place]:
    """The entries of a package in commands such as `pip install`."""
    for command in _INSTALL.finditer(text):
        pattern = re.compile(_WORD.format(name=_spelt(package)), re.IGNORECASE)
        for match in pattern.finditer(text, command.start("words"), command.end("words")):
            yield _place(text, match, "word")


def _spelt(package: str) -> str:
    return re.sub(r"[-_.]+", "[-_.]+", re.sub(r"[-_.]+", "-", package))


def _place(text: str, match: re.Match[str], form: Form) -> Place:
    groups = match.groupdict()
    start, end = match.span("whole")
    first = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    rest = groups.get("rest") or ""
    section = _section(text, start) if form == "keyed" else ""
    return Place(
        start, end, (first, len(text) if stop < 0 else stop + 1), form, groups.get("lead") or "",
        groups.get("quote") or "", form == "plain" and ("--hash" in rest or rest.rstrip().endswith("\\")),
        section.endswith("sources"),
    )  # fmt: skip


def _section(text: str, at: int) -> str:
    """The name of the table of a TOML file that a place is in."""
    return next((match[1] for match in reversed(list(_SECTION.finditer(text, 0, at)))), "")


def _named_elsewhere(text: str, at: int) -> bool:
    """Whether a quoted text is a value of `name =` or the like, no requirement."""
    return re.search(r"(?:^|[\n,{])[ \t]*(?:name|description|version|script)s?[ \t]*=[ \t]*\Z", text[:at]) is not None


def requirement(place: Place, needed: str) -> str:
    """A requirement such as `openai>=1.50,<3` in the place's syntax, without quotes around quoted ones."""
    if place.form != "keyed":
        return needed
    match = re.fullmatch(r"([\w-]+)(.*)", needed)
    assert match is not None
    return f'{match[1]} = "{match[2] or "*"}"'
