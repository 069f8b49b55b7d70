"""Findings about places in Python programs, and the groups they are written in."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from migrate.clients.outcome import ClientName, ClientNeed, Collected
from migrate.clients.python.code.project import At
from migrate.clients.python.edits.changes import Changes
from migrate.findings import Finding, Safety
from migrate.rulebook.client_rule import ClientRule
from migrate.source import Span


def span(at: At) -> Span:
    """The place in the file; a statement is its first line."""
    start, end = at.module.span(at.node)
    if isinstance(at.node, ast.stmt):
        line = at.module.fragment.text.find("\n", start)
        end = min(end, line) if line > 0 else end
    return at.module.fragment.span(start, end)


def finding(at: At, rule: str, safety: Safety, message: str, kind: str = "client", group: str = "") -> Finding:
    place = span(at)
    text = at.module.fragment.source.text[place.start : place.end]
    return Finding(rule, at.module.path, place, kind, safety, message, text, group)


@dataclass
class Group:
    """One call with everything that changes or stays with it."""

    at: At
    rule: str
    message: str
    kind: str = "client"
    safety: Safety = Safety.SAFE
    changes: Changes = field(default_factory=Changes)
    notes: list[tuple[At, str, str]] = field(default_factory=list)
    manual: list[tuple[At, str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    adapters: list[str] = field(default_factory=list)
    address: str | None = None
    needs: set[str] = field(default_factory=set)
    claims: set[tuple[int, int, int]] = field(default_factory=set)  # dicts that must stay where this call stays

    @property
    def id(self) -> str:
        start = span(self.at).start
        return f"client:{self.at.module.path}:{start}"


def group_of(at: At, rule: ClientRule) -> Group:
    """A group whose finding also says what a person looks at, where the rule asks for one."""
    message = rule.summary if rule.safety == "safe" else f"{rule.summary} {rule.why}"
    return Group(at, rule.id, message, safety=Safety(rule.safety))


def settle(groups: list[Group]) -> None:
    """Groups that share a place are written together or not at all."""
    again = True
    while again:
        again = False
        blocked = {place for group in groups if group.manual for place in group.changes.spans()}
        claims = {place for group in groups if group.manual for place in group.claims}
        for group in groups:
            places = set() if group.manual else group.changes.spans()
            if places & blocked or any(_inside(place, claim) for place in places for claim in claims):
                group.manual.append((group.at, group.rule, "it shares values with a call that stays as it is"))
                again = True


def _inside(place: tuple[int, int, int], claim: tuple[int, int, int]) -> bool:
    return place[0] == claim[0] and claim[1] <= place[1] and place[2] <= claim[2]


def unite(groups: list[Group]) -> None:
    """What several calls need in one dict that they share is written once; texts that differ leave all of them."""
    holders: dict[tuple[int, int, int], list[Group]] = {}
    for group in groups:
        for place in group.changes.spans() if not group.manual else ():
            holders.setdefault(place, []).append(group)
    for (module, start, end), several in holders.items():
        if len({group.changes.replaced[module][start, end] for group in several}) > 1:
            for group in several:
                group.manual.append((group.at, group.rule, "a call that shares its values needs them in another form"))
    for several in holders.values():
        _pooled([group.changes for group in several])


def _pooled(several: list[Changes]) -> None:
    """Insertions at a place that some of the changes have become those of all of them."""
    for module, at in {(module, at) for one in several for module, places in one.before.items() for at in places}:
        found = [one.before[module][at] for one in several if at in one.before.get(module, {})]
        united = list(dict.fromkeys(text for texts in found for text in texts))
        for texts in found:
            texts[:] = united


def report(groups: list[Group], collected: Collected) -> None:
    """Turns groups into findings: the change with its edits, each note at its place; only reasons where it stays."""
    for group in groups:
        if group.manual:
            for at, rule, reason in dict.fromkeys(group.manual):
                collected.findings.append(finding(at, rule, Safety.MANUAL, reason, group.kind, group.id))
            continue
        one = finding(group.at, group.rule, group.safety, group.message, group.kind, group.id)
        edits = tuple(group.changes.edits(group.rule))
        if edits:
            collected.findings.append(replace(one, edits=edits))
        for at, rule, reason in dict.fromkeys(group.notes):
            collected.findings.append(finding(at, rule, Safety.REVIEW, reason, group.kind, group.id))
        place = span(group.at)
        where = (group.at.module.path, place, group.address, group.id)
        collected.names += [ClientName(name, *where) for name in group.names]
        collected.names += [ClientName(name, *where, adapter=True) for name in group.adapters]
        collected.asked += [ClientNeed(feature, *where) for feature in sorted(group.needs)]
