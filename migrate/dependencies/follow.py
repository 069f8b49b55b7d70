"""Packages that the programs need no more go, those that they need now come, in the files that named the old ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from posixpath import dirname

from migrate.dependencies.changes import addition, removal, replacement
from migrate.dependencies.homes import Home, homes, locks
from migrate.dependencies.lines import Place
from migrate.dependencies.unnamed import added, nearest
from migrate.dependencies.versions import capped
from migrate.findings import Finding, Safety
from migrate.repository import Repository
from migrate.source import Edit, Span

RULE = "client/dependency"
_MAIN = re.compile(r"(?:project|tool\.poetry)\.dependencies|tool\.poetry\.dependencies\.?|packages|")
_HASHED = "; its line is pinned by hashes, so write the file anew with the tool that made it"
_OLDER = "; the version that is named here is older: raise it"
_FOLDERS = frozenset({"requirements", "deps", "dependencies"})


@dataclass(frozen=True)
class Need:
    """A program uses `new` (a requirement with bounds, None: nothing) in place of the package `old`.

    `users` are the paths of programs that use the new one, `still` of those that go on with the old one;
    `stays`: the old one is never taken away.
    """

    old: str
    new: str | None
    group: str
    users: frozenset[str] = frozenset()
    still: frozenset[str] = frozenset()
    stays: bool = False


@dataclass(frozen=True)
class Want:
    """What a need comes to in one file: whether the old package goes, which comes, and the groups that ask."""

    old: str
    new: str | None
    gone: bool
    groups: tuple[str, ...]

    @property
    def message(self) -> str:
        text = f"{self.old} is not used any more" if self.gone else f"{self.old} stays, it is still used"
        return text + (f"; {self.new} is used now" if self.new else "")


def follow(repository: Repository, needs: Iterable[Need]) -> list[Finding]:
    """The edits of all texts that name packages, and notes at lock files."""
    merged = list(dict.fromkeys(needs))
    texts = list(homes(repository)) if merged else []
    found: list[Finding] = []
    for home in texts:
        found += _home(home, _wanted(home.path, merged))
    found += _unnamed(texts, merged)
    for want in {one.old: one for one in _wanted("", merged)}.values():
        for path, start, end, command in locks(repository, want.old):
            text = f"{want.message}: run `{command}`, which writes this file anew"
            found.append(Finding(RULE, path, Span(start, end), "dependency", Safety.REVIEW, text, want.old))
    return found


def _wanted(path: str, needs: list[Need]) -> list[Want]:
    """What the programs below a file's folder need; where none is there, those of the whole repository."""
    folder = dirname(path)
    folder = dirname(folder) if folder.rpartition("/")[2] in _FOLDERS else folder
    found: dict[tuple[str, str | None], list[Need]] = {}
    for need in needs:
        found.setdefault((need.old, need.new), []).append(need)
    wanted = []
    for (old, new), several in found.items():
        users = frozenset().union(*(one.users for one in several))
        still = frozenset().union(*(one.still for one in several))
        below = {one for one in users | still if one.startswith(f"{folder}/")} if folder else set()
        inside = below or users | still
        if users & inside or not users:
            gone = not still & inside and not any(one.stays for one in several)
            mine = [one.group for one in several if one.users & inside or not one.users]
            wanted.append(Want(old, new, gone, tuple(dict.fromkeys(mine))))
    return wanted


def _home(home: Home, wants: list[Want]) -> Iterator[Finding]:
    got: set[tuple[str, str]] = set()  # lists and packages that they have got
    for want in wants:
        there = home.places(_name(want.new)) if want.new else []
        for place in there:
            if capped(home.fragment.text[place.start : place.end], want.new or ""):
                yield from _findings(home, place, want, Safety.MANUAL, _OLDER, ())
        lists = {place.listed for place in there if not place.source}
        for place in home.places(want.old):
            if place.hashed:
                yield from _findings(home, place, want, Safety.MANUAL, _HASHED, ())
                continue
            key = (place.listed, want.new or "")
            known = not home.commands and (
                place.listed in lists or any(map(_MAIN.fullmatch, lists)) or key in got or place.source
            )
            edit = _edit(home, place, None if known else want.new, want.gone)
            if edit is not None:
                if not known:
                    got.add(key)
                yield from _findings(home, place, want, Safety.SAFE, "", (edit,))


def _unnamed(texts: list[Home], needs: list[Need]) -> Iterator[Finding]:
    """Packages that no file names, neither the old one nor the new one: the project's list gets the new one."""
    for want in _wanted("", needs):
        if want.new is None or any(home.places(want.old) or home.places(_name(want.new)) for home in texts):
            continue
        users = {path for need in needs if (need.old, need.new) == (want.old, want.new) for path in need.users}
        for home in {id(one): one for path in sorted(users) if (one := nearest(texts, path))}.values():
            edit = added(home, want.new, RULE)
            groups = want.groups
            message = f"{want.new} is used now; {want.old} came with another package"
            safety = Safety.SAFE if edit else Safety.MANUAL
            span = Span(edit.start, edit.end) if edit else Span(0, 0)
            edits = (edit,) if edit else ()
            message += "" if edit else _HASHED
            yield from (
                Finding(RULE, home.path, span, "dependency", safety, message, "", group, edits) for group in groups
            )


def _findings(
    home: Home, place: Place, want: Want, safety: Safety, more: str, edits: tuple[Edit, ...]
) -> Iterator[Finding]:
    span = home.fragment.span(place.start, place.end)
    text = home.fragment.text[place.start : place.end]
    for group in want.groups:
        yield Finding(RULE, home.path, span, "dependency", safety, want.message + more, text, group, edits)


def _name(needed: str) -> str:
    match = re.match(r"[\w-]+", needed)
    assert match is not None
    return match[0]


def _edit(home: Home, place: Place, new: str | None, gone: bool) -> Edit | None:
    if gone and new:
        return replacement(home.fragment, place, new, RULE)
    if gone:
        return removal(home.fragment, place, RULE)
    return addition(home.fragment, place, new, RULE) if new else None
