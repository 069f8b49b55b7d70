"""The outcome of one call on a client's object."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrate.clients.parameters import Note
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.changes import Changes
from migrate.clients.python.edits.report import Group
from migrate.clients.python.given.arguments import named
from migrate.clients.python.given.parameters import Parameters
from migrate.clients.python.given.spreads import collect


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

    def read(self, project: Project, at: At, positional: list[str], rule: str) -> Parameters | None:
        """What the call sends, with what is to be said about it; None where its arguments cannot be told apart."""
        entries = named(at, positional)
        if entries is None:
            self.manual.append((at, rule, "the arguments of this call cannot be told apart (parameters)"))
            return None
        found = Parameters(main=entries)
        collect(project, entries, found)
        for place, note in found.notes:
            self.say(place, note)
        return found

    def into(self, group: Group) -> None:
        group.changes.merge(self.changes)
        group.notes += self.notes
        group.manual += self.manual
        group.adapters += self.names
