"""The outcome of one call on a client's object."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrate.clients.parameters import Note
from migrate.clients.python.changes import Changes
from migrate.clients.python.project import At
from migrate.clients.python.report import Group


@dataclass
class Converted:
    """The edits, and what is said in whose name: `names` are models (adapters) that are sent now."""

    changes: Changes = field(default_factory=Changes)
    notes: list[tuple[At, str, str]] = field(default_factory=list)
    manual: list[tuple[At, str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def say(self, at: At, note: Note) -> None:
        """A note that stops the edit, or one for whoever reads it."""
        (self.manual if note.manual else self.notes).append((at, note.rule, note.message))

    def into(self, group: Group) -> None:
        group.changes.merge(self.changes)
        group.notes += self.notes
        group.manual += self.manual
        group.adapters += self.names
