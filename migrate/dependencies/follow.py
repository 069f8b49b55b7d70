"""Packages that the programs need no more go, those that they need now come, in the files that named the old ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from migrate.dependencies.homes import Home, homes, locks
from migrate.dependencies.lines import Place, requirement
from migrate.findings import Finding, Safety
from migrate.repository import Repository
from migrate.source import Edit, Fragment, Span

RULE = "client/dependency"


@dataclass(frozen=True)
class Need:
    """A program uses `new` (a requirement with bounds, None: nothing) in place of the package `old`.

    `gone`: nothing uses the old one any more.
    """

    old: str
    new: str | None
    gone: bool
    group: str

    @property
    def message(self) -> str:
        text = f"{self.old} is not used any more" if self.gone else f"{self.old} stays, it is still used"
        return text + (f"; {self.new} is used now" if self.new else "")


def follow(repository: Repository, needs: Iterable[Need]) -> list[Finding]:
    """The edits of all texts that name packages, and notes at lock files."""
    merged = list(dict.fromkeys(needs))
    found = []
    for home in homes(repository) if merged else ():
        found += _home(home, merged)
    for need in {one.old: one for one in merged}.values():
        for path, start, end, command in locks(repository, need.old):
            text = f"{need.message}: run `{command}`, which writes this file anew"
            found.append(Finding(RULE, path, Span(start, end), "dependency", Safety.REVIEW, text, need.old))
    return found


def _home(home: Home, needs: list[Need]) -> list[Finding]:
    found: list[Finding] = []
    added: set[str] = set()
    for need in needs:
        known = not home.commands and need.new is not None and (_has(home, need.new) or need.new in added)
        new, written = None if known else need.new, False
        for place in home.places(need.old):
            if place.hashed:
                found.append(_finding(home, place, need, Safety.MANUAL, _HASHED, ()))
                continue
            left_out = place.source or (written and not home.commands)
            edit = _edit(home.fragment, place, None if left_out else new, need.gone)
            if edit is None:
                continue
            written = written or not place.source
            if new:
                added.add(new)
            found.append(_finding(home, place, need, Safety.SAFE, "", (edit,)))
    return found


_HASHED = "; its line is pinned by hashes, so write the file anew with the tool that made it"


def _finding(home: Home, place: Place, need: Need, safety: Safety, more: str, edits: tuple[Edit, ...]) -> Finding:
    span = home.fragment.span(place.start, place.end)
    text = home.fragment.text[place.start : place.end]
    return Finding(RULE, home.path, span, "dependency", safety, need.message + more, text, need.group, edits)


def _has(home: Home, needed: str) -> bool:
    name = re.match(r"[\w-]+", needed)
    return name is not None and bool(home.places(name[0]))


def _edit(fragment: Fragment, place: Place, new: str | None, gone: bool) -> Edit | None:
    if gone and new:
        return fragment.edit(*_span(place), _written(fragment, place, new), RULE)
    if gone:
        return _removal(fragment, place)
    return _addition(fragment, place, new) if new else None


def _span(place: Place) -> tuple[int, int]:
    """The entry; of a word with its quotes."""
    if place.form == "word" and place.quote:
        return place.start - 1, place.end + 1
    return place.start, place.end


def _written(fragment: Fragment, place: Place, new: str) -> str:
    """The requirement in the place's syntax; as a word of a shell it is quoted, for it holds `<` and `>`."""
    if place.form != "word":
        return requirement(place, new)
    before = fragment.text[place.line[0] : _span(place)[0]]
    quote = place.quote or ("'" if before.count("'") % 2 == 0 else '"')
    return f"{quote}{new}{quote}"


def _addition(fragment: Fragment, place: Place, new: str) -> Edit:
    text, newline = fragment.text, fragment.source.newline
    if place.form == "word":
        end = _span(place)[1]
        return fragment.edit(end, end, f" {_written(fragment, place, new)}", RULE)
    if place.form == "quoted":
        own_line = not text[place.line[0] : place.start - 1].strip()
        lead = f",{newline}{text[place.line[0] : place.start - 1]}" if own_line else ", "
        return Edit(fragment.source.path, place.end + 1, place.end + 1, f"{lead}{place.quote}{new}{place.quote}", RULE)
    line = f"{place.lead}{requirement(place, new)}"
    end = place.line[1]
    lines = (line + newline) if text[end - 1 : end] == "\n" else (newline + line)
    return Edit(fragment.source.path, end, end, lines, RULE)


def _removal(fragment: Fragment, place: Place) -> Edit | None:
    text = fragment.text
    start, end = place.start, place.end
    if place.form == "word":
        return None  # a command without its last package fails
    if place.form != "quoted":
        return fragment.edit(*place.line, "", RULE)
    start, end = start - 1, end + 1
    comma = re.match(r"[ \t]*,[ \t]*", text[end:])
    end += comma.end() if comma else 0
    alone = not text[place.line[0] : start].strip() and not text[end : place.line[1]].strip()
    return fragment.edit(*(place.line if alone else (start, end)), "", RULE)
