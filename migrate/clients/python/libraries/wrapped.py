"""Clients that a class of another library wraps: both become their successors, with the calls on what wraps them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from migrate.clients.python.addresses.evidence import Sure
from migrate.clients.python.addresses.texts import Address
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.entries import Entries
from migrate.clients.python.edits.report import Group, group_of
from migrate.clients.python.given.arguments import address_of, named
from migrate.clients.python.libraries.chats import chat
from migrate.clients.python.libraries.constructors import settle_arguments
from migrate.clients.python.libraries.references import References
from migrate.clients.rules import Book
from migrate.rulebook.constructors import ConstructorRule, Sends

SHARED = "the client is used by itself, too"
AWAY = "what is done with the model cannot be followed"


@dataclass
class Sending:
    """The calls that send something, and where the object goes that cannot be followed."""

    calls: dict[int, At] = field(default_factory=dict)
    escapes: list[At] = field(default_factory=list)


class Wrapping:
    """Makes the group of an object around another client: the one and the other become their successors."""

    def __init__(self, project: Project, book: Book, budget: str | None, references: References) -> None:
        self.project, self.book, self.budget, self.references = project, book, budget, references

    def group(
        self, at: At, entries: Entries, rule: ConstructorRule, sure: Callable[[At, str, Address], Sure]
    ) -> Group | None:
        """None where the client has no address of TGI; `sure` tells that."""
        group = group_of(at, rule)
        made = client(self.project, entries, rule)
        inner = self.book.constructors.get(self.project.foreign(made.module, _function(made)) or "") if made else None
        if made is None or inner is None:
            group.manual.append((at, rule.id, rule.why))
            return group
        given = named(made, inner.positional)
        entry, found = address_of(self.project, given, inner) if given else (None, None)
        if given is None or entry is None or found is None or sure(made, entry.name or "", found) is not Sure.YES:
            return None
        group.address = found.base or None
        if not alone(self.project, made, rule):
            group.manual.append((made, rule.id, f"{SHARED}; {rule.why}"))
        for arguments, one in ((given, inner), (entries, rule)):
            settle_arguments(self.project, arguments, one, group)
            self.references.replace(arguments.at, one, group, ())
        self._calls(at, rule, group)
        return group

    def _calls(self, at: At, rule: ConstructorRule, group: Group) -> None:
        sends = rule.sends or Sends()
        through = sending(self.project, at, sends)
        group.manual += [(place, rule.id, f"{AWAY}; {rule.why}") for place in through.escapes]
        for place in through.calls.values():
            chat(self.project, place, sends, self.book.parameters, self.budget, rule.id).into(group)


def client(project: Project, entries: Entries, rule: ConstructorRule) -> At | None:
    """The call that makes the client which is wrapped; None: it is made where it cannot be seen."""
    entry = entries.get(rule.wraps)
    values = project.values(At(entries.module, entry.value)) if entry else []
    return values[0] if len(values) == 1 and isinstance(values[0].node, ast.Call) else None


def alone(project: Project, made: At, rule: ConstructorRule) -> bool:
    """Whether a client is used for nothing but being wrapped."""
    flow = Flow(project, {}, {})
    flow.follow(made, "object")
    calls = [_around(place) for place, _ in flow.escapes]
    wrapped = [call is not None and project.foreign(call.module, _function(call)) in rule.constructor for call in calls]
    return not flow.calls and all(wrapped)


def sending(project: Project, at: At, sends: Sends) -> Sending:
    """The calls on the object, on what is made from it, and those that it is handed to."""
    found = Sending()
    waiting = [at]
    while waiting:
        flow = Flow(project, {}, {})
        flow.follow(waiting.pop(), "object")
        for place, path in flow.calls:
            if path in sends.methods:
                found.calls[id(place.node)] = place
            else:
                found.escapes.append(place)
        for place, _ in flow.escapes:
            call = _around(place)
            if call is not None and (project.foreign(call.module, _function(call)) or "") in sends.makes:
                waiting.append(call)
            elif call is not None and (_function(call) is place.node or _taken(project, call, sends)):
                found.calls[id(call.node)] = call
            else:
                found.escapes.append(place)
    return found


def _around(place: At) -> At | None:
    """The call whose function or argument the value is."""
    parent = place.module.parents[place.node]
    call = place.module.parents[parent] if isinstance(parent, ast.keyword) else parent
    return At(place.module, call) if isinstance(call, ast.Call) else None


def _function(call: At) -> ast.expr:
    assert isinstance(call.node, ast.Call)
    return call.node.func


def _taken(project: Project, call: At, sends: Sends) -> bool:
    """Whether what is called is an object that sends through the one that it is given."""
    made = project.values(At(call.module, _function(call)))
    return bool(made) and all(
        isinstance(one.node, ast.Call) and project.foreign(one.module, one.node.func) in sends.takes for one in made
    )
