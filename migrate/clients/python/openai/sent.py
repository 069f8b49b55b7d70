"""The fields of one call in OpenAI's format: where each stands, and what is written there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.clients.python.code.project import At
from migrate.clients.python.edits.changes import Changes
from migrate.clients.python.edits.drafts import Draft
from migrate.clients.python.edits.entries import Entries, Entry

BODY = "extra_body"


@dataclass
class Sent:
    """The fields of one call: where each stands, and what the body gets besides (`extra`).

    `holders`: the call first, then dicts and calls that add to it. `bodies`: what stands for `extra_body` in them.
    `hidden`: names in a holder that are no fields (a function's own parameters). `later`: fields that are set by key
    after their dict was made. `unseen`: `**` of something that cannot be seen.
    """

    kind: str  # `chat` or `text`
    holders: list[Entries] = field(default_factory=list)
    bodies: list[Entries] = field(default_factory=list)
    drafts: dict[int, Draft] = field(default_factory=dict)
    hidden: dict[int, frozenset[str]] = field(default_factory=dict)
    later: list[tuple[str, At]] = field(default_factory=list)
    unseen: list[At] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    gone: dict[int, list[tuple[At, str]]] = field(default_factory=dict)  # by holder: fields that TGI ignored
    wraps: bool = False  # the library turns schemas into TGI's form

    def add(self, holder: Entries, hidden: frozenset[str] = frozenset()) -> bool:
        """Whether the holder is new."""
        if id(holder.at.node) in self.drafts:
            return False
        self.holders.append(holder)
        self.drafts[id(holder.at.node)] = Draft(holder)
        self.hidden[id(holder.at.node)] = hidden
        return True

    def add_body(self, body: Entries) -> None:
        if id(body.at.node) not in self.drafts:
            self.bodies.append(body)
            self.drafts[id(body.at.node)] = Draft(body)

    def draft(self, holder: Entries) -> Draft:
        return self.drafts[id(holder.at.node)]

    @property
    def main(self) -> Draft:
        return self.draft(self.holders[0])

    @property
    def open(self) -> bool:
        return bool(self.unseen)

    def entries(self, body: bool = False) -> Iterator[tuple[Draft, Entry]]:
        for holder in self.bodies if body else self.holders:
            hidden = self.hidden.get(id(holder.at.node), frozenset())
            for entry in holder.entries:
                if entry.name is not None and entry.name not in hidden:
                    yield self.draft(holder), entry

    def find(self, name: str, body: bool = False) -> tuple[Draft, Entry] | None:
        return next((pair for pair in self.entries(body) if pair[1].name == name), None)

    def place(self, name: str) -> At | None:
        """Where a field's value is written."""
        pair = self.find(name)
        return At(pair[0].entries.module, pair[1].value) if pair else None

    def has(self, name: str) -> bool:
        """Whether the field stands anywhere, also set later or in the body."""
        return bool(self.find(name) or self.find(name, True) or any(one == name for one, _ in self.later))

    def write(self, changes: Changes) -> None:
        for draft in self.drafts.values():
            for start, end, text in _edits(draft):
                changes.replace(draft.entries.module, start, end, text)


def _edits(draft: Draft) -> list[tuple[int, int, str]]:
    """The edits of a draft; keywords that follow positional arguments take their comma along."""
    call = draft.entries.at.node
    alone = isinstance(call, ast.Call) and draft.entries.style == "call" and call.args and not draft.kept
    if not alone or not isinstance(call, ast.Call) or not (draft.added or draft.dropped):
        return draft.edits()
    entries, module = draft.entries.entries, draft.entries.module
    start = module.span(call.args[-1])[1]
    new = "".join(f", {draft.entries.written(name, value)}" for name, value in draft.added)
    return [(start, entries[-1].end if entries else start, new)]
