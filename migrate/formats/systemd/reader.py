"""Units of systemd that run the launcher or a container; Quadlet's files are read by their own module."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from migrate.formats.definitions import Definition, Definitions
from migrate.formats.shell.reader import ScriptContext, read_script
from migrate.formats.shell.syntax import Unclosed
from migrate.formats.systemd.quadlet import read_quadlet
from migrate.formats.systemd.unit import Assignment, Entry, environment_edits, read_assignments, read_entries
from migrate.repository import Repository
from migrate.source import Edit, Source
from migrate.touchpoints import Found, Launch, Mention, Plan, Problem, Variable

_PREFIX = re.compile(r"[@\-:+!|]*")
_EXEC = ("ExecStart", "ExecStartPre", "ExecStartPost", "ExecStop", "ExecReload", "ExecStopPost", "ExecCondition")


def claims(path: str) -> bool:
    """Service units, their drop-ins, and Quadlet containers."""
    return PurePosixPath(path).suffix in (".service", ".container") or ".service.d/" in path


def read(source: Source, repo: Repository) -> Found:
    """The launches of a unit with the variables that its `Environment` lines and files give them."""
    entries = read_entries(source)
    try:
        assignments = read_assignments(entries, source, repo)
        if PurePosixPath(source.path).suffix == ".container":
            return read_quadlet(source, entries, assignments)
        return _service(source, repo, entries, assignments)
    except Unclosed:
        line = next((source.position(e.span.start)[0] for e in entries if "text-generation" in e.value.text), 0)
        reason = "a quote is never closed"
        return Found(problems=(Problem(source.path, line, reason),)) if line else Found()


def _service(source: Source, repo: Repository, entries: Sequence[Entry], assignments: Sequence[Assignment]) -> Found:
    launches: list[Launch] = []
    mentions: list[Mention] = []
    problems: list[Problem] = []
    definitions = _definitions(assignments)
    variables = [_shared(item, entries) for item in assignments]
    context = ScriptContext(
        "systemd", "systemd", environment=tuple(variables), inline_settings=False, definitions=definitions
    )
    for entry in entries:
        if entry.key not in _EXEC:
            continue
        skip = len((_PREFIX.match(entry.value.text) or [""])[0])
        command = entry.value.part(skip, len(entry.value.text))
        found = read_script(command, repo, context)
        launches += [_owned(launch, entry, assignments) for launch in found.launches]
        mentions += found.mentions
        problems += found.problems
    return Found(tuple(launches), tuple(mentions), tuple(problems))


def _definitions(assignments: Sequence[Assignment]) -> Definitions:
    """What `${X}` in a command stands for."""
    definitions = Definitions()
    for item in assignments:
        if item.entry and item.lexed:
            lexed, start = item.lexed, len(item.variable.name) + 1
            text = item.entry.value.inner(item.variable.word.value, lexed.places[start:], str)
            span = item.variable.span
            definitions.add(
                Definition(
                    item.variable.name,
                    item.variable.word.value,
                    text,
                    span,
                    span,
                    lexed.quote,
                    lexed.expression,
                    dialect="systemd",
                )
            )
    return definitions


def _shared(item: Assignment, entries: Sequence[Entry]) -> Variable:
    """Whether a command of the unit, or whatever else reads the variable's file, names the variable."""
    pattern = re.compile(rf"\$\{{?{item.variable.name}\b")
    used = any(pattern.search(entry.value.text) for entry in entries if entry.key in _EXEC)
    return replace(item.variable, shared=used or item.variable.shared)


def _owned(launch: Launch, entry: Entry, assignments: Sequence[Assignment]) -> Launch:
    """The launch with a writer that also changes the unit's `Environment` lines."""
    if launch.place != "host":
        return launch
    return replace(launch, write=_Writer(launch, entry, tuple(assignments)))


@dataclass(frozen=True)
class _Writer:
    launch: Launch
    entry: Entry
    assignments: tuple[Assignment, ...]

    def __call__(self, plan: Plan) -> list[Edit]:
        if plan == Plan():
            return []
        return [*self.launch.write(plan), *environment_edits(self.launch, plan, self.assignments, self.entry)]
