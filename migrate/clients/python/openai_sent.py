"""The fields of one call in OpenAI's format: where each stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.clients.python.entries import Draft, Entries, Entry
from migrate.clients.python.project import At


@dataclass
class Sent:
    """The fields of one call: where each stands, and what the body gets besides (`extra`)."""

    kind: str  # `chat` or `text`
    holders: list[Entries] = field(default_factory=list)  # the call first
    drafts: dict[int, Draft] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    gone: list[tuple[At, str]] = field(default_factory=list)  # fields that TGI ignored
    wraps: bool = False  # the library turns schemas into TGI's form
    open: bool = False  # `**` of something that cannot be seen

    def add(self, holder: Entries) -> None:
        self.holders.append(holder)
        self.drafts[id(holder)] = Draft(holder)

    def entries(self) -> Iterator[tuple[Draft, Entry]]:
        for holder in self.holders:
            yield from ((self.drafts[id(holder)], entry) for entry in holder.entries if entry.name is not None)

    def find(self, name: str) -> tuple[Draft, Entry] | None:
        return next((pair for pair in self.entries() if pair[1].name == name), None)
