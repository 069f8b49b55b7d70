"""Findings about places in Python programs, and the groups they are written in."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.clients.outcome import ClientName, ClientNeed, Collected
from migrate.clients.python.changes import Changes
from migrate.clients.python.project import At
from migrate.findings import Finding, Safety
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

    @property
    def id(self) -> str:
        start = span(self.at).start
        return f"client:{self.at.module.path}:{start}"


def settle(groups: list[Group]) -> None:
    """Groups that share a place are written together or not at all."""
    again = True
    while again:
        again = False
        blocked = {place: group for group in groups if group.manual for place in group.changes.spans()}
        for group in groups:
            shared = (
                None
                if group.manual
                else next((blocked[place] for place in group.changes.spans() if place in blocked), None)
            )
            if shared is not None:
                group.manual.append((group.at, group.rule, "it shares values with a call that stays as it is"))
                again = True


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
            collected.findings.append(Finding(**{**vars(one), "edits": edits}))
        for at, rule, reason in dict.fromkeys(group.notes):
            collected.findings.append(finding(at, rule, Safety.REVIEW, reason, group.kind, group.id))
        place = span(group.at)
        where = (group.at.module.path, place, group.address, group.id)
        collected.names += [ClientName(name, *where) for name in group.names]
        collected.names += [ClientName(name, *where, adapter=True) for name in group.adapters]
        collected.asked += [ClientNeed(feature, *where) for feature in sorted(group.needs)]
