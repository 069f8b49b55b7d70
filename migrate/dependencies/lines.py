"""Where a dependency file names a package, and how another one is named in the same place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

NAMES = re.compile(
    r"requirements[\w.-]*\.(txt|in)|constraints[\w.-]*\.txt|pyproject\.toml|setup\.cfg|setup\.py|Pipfile|"
    r"(environment|conda)[\w-]*\.ya?ml"
)
_PLAIN = (
    r"^(?P<lead>[ \t]*(?:-[ \t]+)?)(?P<whole>{name}(?:\[[^\]\n]*\])?(?:[ \t]*(?:[<>=!~]=?|===?|@)[^\n#;]*?)?)"
    r"(?P<rest>[ \t]*(?:[;#][^\n]*)?\r?)$"
)
_QUOTED = r"""(?P<quote>["'])(?P<whole>{name}(?:\[[^\]\n"']*\])?(?:[ \t]*[<>=!~;@ ][^"'\n]*)?)(?P=quote)"""
_KEYED = r"""^(?P<lead>[ \t]*)(?P<whole>["']?{name}["']?[ \t]*=[ \t]*(?:"[^"\n]*"|'[^'\n]*'|\{{[^\n}}]*\}}))"""


@dataclass(frozen=True)
class Place:
    """A package's entry: `start:end` is the entry without comment, `line` the whole line with its end."""

    start: int
    end: int
    line: tuple[int, int]
    form: str
    lead: str = ""
    quote: str = ""


def is_dependency_file(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return NAMES.fullmatch(name) is not None or (name.endswith(".txt") and folder.rpartition("/")[2] == "requirements")


def places(path: str, text: str, package: str) -> Iterator[Place]:
    """The entries of a package, whichever way its name is spelt (`-`, `_`, `.`, case)."""
    name = re.sub(r"[-_.]+", "[-_.]+", re.sub(r"[-_.]+", "-", package))
    base = PurePosixPath(path).name
    forms = {"plain": _PLAIN}
    if base in ("pyproject.toml", "setup.py"):
        forms = {"quoted": _QUOTED, "keyed": _KEYED} if base == "pyproject.toml" else {"quoted": _QUOTED}
    elif base == "Pipfile":
        forms = {"keyed": _KEYED}
    for form, pattern in forms.items():
        for match in re.finditer(pattern.format(name=name), text, re.MULTILINE | re.IGNORECASE):
            groups = match.groupdict()
            start, end = match.span("whole")
            first = text.rfind("\n", 0, start) + 1
            stop = text.find("\n", end)
            line = (first, len(text) if stop < 0 else stop + 1)
            if form == "quoted" and (_named_elsewhere(text, match.start())):
                continue
            yield Place(start, end, line, form, groups.get("lead") or "", groups.get("quote") or "")


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
