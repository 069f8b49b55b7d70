"""Packages that the programs need no more go, those that they need now come, in the files that named the old ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from migrate.dependencies.lines import Place, is_dependency_file, places, requirement
from migrate.findings import Finding, Safety
from migrate.repository import Repository
from migrate.source import Edit, Source, Span


@dataclass(frozen=True)
class Need:
    """A program uses `new` (a requirement with bounds, None: nothing) in place of the package `old`.

    `gone`: nothing uses the old one any more.
    """

    old: str
    new: str | None
    gone: bool
    group: str


def follow(repository: Repository, needs: Iterable[Need]) -> list[Finding]:
    """The edits of all dependency files."""
    merged = list(dict.fromkeys(needs))
    found = []
    for path in repository.paths if merged else ():
        source = repository.source(path) if is_dependency_file(path) else None
        if source is not None:
            found += _file(source, merged)
    return found


def _file(source: Source, needs: list[Need]) -> list[Finding]:
    found: list[Finding] = []
    added: set[str] = set()
    for need in needs:
        new = None if need.new is None or _has(source, need.new) or need.new in added else need.new
        here = list(places(source.path, source.text, need.old))
        for index, place in enumerate(here):
            one = _edit(source, place, new if index == 0 else None, need.gone)
            if one is None:
                continue
            if new:
                added.add(new)
            text = source.text[place.start : place.end]
            message = f"{need.old} is not used any more" if need.gone else f"{need.old} stays, it is still used"
            message += f"; {need.new} is used now" if need.new else ""
            span = Span(place.start, place.end)
            found.append(
                Finding(
                    "client/dependency", source.path, span, "dependency", Safety.SAFE, message, text, need.group, (one,)
                )
            )
    return found


def _has(source: Source, needed: str) -> bool:
    name = re.match(r"[\w-]+", needed)
    return name is not None and any(True for _ in places(source.path, source.text, name[0]))


def _edit(source: Source, place: Place, new: str | None, gone: bool) -> Edit | None:
    rule = "client/dependency"
    if gone and new:
        return Edit(source.path, place.start, place.end, requirement(place, new), rule)
    if gone:
        return _removal(source, place)
    if not new:
        return None
    if place.form == "quoted":
        own_line = not source.text[place.line[0] : place.start - 1].strip()
        lead = f",{source.newline}{source.text[place.line[0] : place.start - 1]}" if own_line else ", "
        return Edit(source.path, place.end + 1, place.end + 1, f"{lead}{place.quote}{new}{place.quote}", rule)
    line = f"{place.lead}{requirement(place, new)}"
    end = place.line[1]
    if source.text[end - 1 : end] == "\n":
        return Edit(source.path, end, end, line + source.newline, rule)
    return Edit(source.path, end, end, source.newline + line, rule)


def _removal(source: Source, place: Place) -> Edit:
    start, end = place.start, place.end
    rule = "client/dependency"
    if place.form != "quoted":
        return Edit(source.path, *place.line, "", rule)
    start, end = start - 1, end + 1
    comma = re.match(r"[ \t]*,[ \t]*", source.text[end:])
    end += comma.end() if comma else 0
    alone = not source.text[place.line[0] : start].strip() and not source.text[end : place.line[1]].strip()
    return Edit(source.path, *(place.line if alone else (start, end)), "", rule)
