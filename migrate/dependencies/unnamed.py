"""A package that programs need now where no file names the one they used: it came with another package."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import basename, dirname

from migrate.dependencies.homes import Home
from migrate.source import Edit

_ORDER = ("pyproject.toml", "requirements.in", "requirements.txt")
_DEPENDENCIES = re.compile(
    r"(?ms)^\[project\](?:(?!^\[).)*?^dependencies[ \t]*=[ \t]*"
    r"\[(?P<list>(?:[^\]\"'#]|\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*)*)\]"
)
_LAST = re.compile(
    r"(?P<lead>\n[ \t]*)?(?P<entry>(?P<quote>[\"'])[^\"'\n]*(?P=quote))(?P<comma>[ \t]*,)?(?:[ \t]*#[^\n]*)?\s*\Z"
)


def nearest(homes: Iterable[Home], path: str) -> Home | None:
    """The dependency file of the project that a program belongs to, one that a package can be added to."""
    found = [
        home
        for home in homes
        if not home.commands
        and basename(home.path) in _ORDER
        and path.startswith(f"{dirname(home.path)}/".lstrip("/"))
        and (not home.path.endswith(".toml") or _DEPENDENCIES.search(home.fragment.text))
    ]
    return min(found, key=lambda home: (-home.path.count("/"), _ORDER.index(basename(home.path))), default=None)


def added(home: Home, new: str, rule: str) -> Edit | None:
    """The edit that adds a requirement at the end of the file's list; None: its lines are pinned by hashes."""
    text, newline = home.fragment.text, home.fragment.source.newline
    if home.path.endswith(".toml"):
        return _listed(home, new, rule)
    if "--hash" in text:
        return None
    end = len(text.rstrip()) if text.strip() else 0
    lead = newline if end else ""
    rest = "" if text[end:].strip("\r") else newline
    return Edit(home.path, end, end, f"{lead}{new}{'' if lead else rest}", rule)


def _listed(home: Home, new: str, rule: str) -> Edit | None:
    found = _DEPENDENCIES.search(home.fragment.text)
    assert found is not None
    start = found.start("list")
    last = _LAST.search(found["list"])
    if last is None:
        return Edit(home.path, start, start, f'"{new}"', rule) if not found["list"].strip() else None
    quote = last["quote"]
    comma = bool(last["comma"])
    at = start + last.end("comma" if comma else "entry")
    lead = (last["lead"] or "").replace("\n", home.fragment.source.newline)
    text = f"{lead}{quote}{new}{quote}," if comma and lead else f",{lead or ' '}{quote}{new}{quote}"
    return Edit(home.path, at, at, text, rule)
