"""What a walk through a program has found so far: what is still to be followed, what changes, where it ends."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.clients.python.edits.changes import Changes
from migrate.rulebook.clients import MemberRule

LOOPS = (ast.For, ast.AsyncFor)
PLAIN = ("reason", "status", "headers", "error-type")
LOGGING = ("debug", "info", "warning", "error", "exception", "critical", "log")
_LOGGER = re.compile(r"(?:self\.|cls\.)?_*(?:log|logger|logging)", re.IGNORECASE)
CHUNK = "a piece of the stream is handed on, or read as one event (the last event is data: [DONE] on vLLM)"
_REASONS = {
    "answer": "the whole answer is handed on",
    "answers": "the whole answer is handed on",
    "event": "the stream's events are handed on",
    "chunk:bytes": CHUNK,
    "chunk:str": CHUNK,
}


@dataclass
class Stream:
    """How a program reads lines: the loops over them with `bytes` or `str`, and how often a line is decoded."""

    loops: list[tuple[At, str]] = field(default_factory=list)
    events: int = 0


@dataclass
class Trail:
    """`lines`: methods and attributes of a response that give lines, and what a line is; `chunks`: those of pieces.

    `readers`: what makes events of a response, by name, and its methods; `streams`: the response is a stream.
    `answer` is the kind that the body of a response is; `waiting` are the values, by kind, that nobody looked at yet.
    """

    project: Project
    members: Mapping[tuple[str, str], MemberRule]
    lines: Mapping[str, str]
    answer: str = "answer"
    chunks: Mapping[str, str] = field(default_factory=dict)
    readers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    streams: bool = False
    changes: Changes = field(default_factory=Changes)
    escapes: list[tuple[At, str]] = field(default_factory=list)
    notes: list[tuple[At, str, str]] = field(default_factory=list)
    needs: dict[str, str] = field(default_factory=dict)
    read: set[tuple[str, str]] = field(default_factory=set)
    stream: Stream = field(default_factory=Stream)
    wholes: list[tuple[At, At]] = field(default_factory=list)
    errors: list[tuple[At, At]] = field(default_factory=list)
    statuses: list[tuple[At, ast.Compare]] = field(default_factory=list)
    matches: list[tuple[At, ast.Match]] = field(default_factory=list)
    raises: list[At] = field(default_factory=list)  # where an error of the server becomes an exception
    calls: list[tuple[At, str]] = field(default_factory=list)
    stands: list[At] = field(default_factory=list)  # what a test says about a mock of an object
    handles: list[tuple[At, str]] = field(default_factory=list)  # members of an object that are not called in place
    sources: list[At] = field(default_factory=list)
    wider: list[tuple[At, ast.expr, MemberRule, str]] = field(default_factory=list)  # written by what is read later
    waiting: list[tuple[At, str]] = field(default_factory=list)
    _seen: set[tuple[int, str]] = field(default_factory=set)

    def follow(self, at: At, kind: str) -> None:
        """The value of this expression is of this kind; what is done with it is looked at later, once."""
        if (id(at.node), kind) not in self._seen and kind != "text":
            self._seen.add((id(at.node), kind))
            self.waiting.append((at, kind))

    def escape(self, at: At, kind: str) -> None:
        """The value goes where it cannot be followed; nothing depends on where words and codes end."""
        if kind.rpartition(":")[2] in PLAIN or (kind.rpartition(":")[2] in ("answer", "answers") and shown(at)):
            return
        self.escapes.append((at, _REASONS.get(kind, "what is done with the reply cannot be followed")))


def shown(at: At) -> bool:
    """Whether a value is only shown to people: in a line of a log, in the text of an exception."""
    inner = at.node
    for parent in at.module.up(at.node):
        if isinstance(parent, ast.Raise):
            return parent.exc is inner and isinstance(inner, ast.Call)
        if isinstance(parent, ast.Call) and name_of(parent.func) in LOGGING and isinstance(parent.func, ast.Attribute):
            return _LOGGER.fullmatch(at.module.text(parent.func.value)) is not None
        if isinstance(parent, ast.stmt):
            return False
        inner = parent
    return False


def unused(module: Module, name: str) -> str:
    """The name, or one like it that the module does not hold yet."""
    while name in module.fragment.text:
        name = f"{name}_"
    return name
