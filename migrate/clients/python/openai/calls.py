"""The calls that a client of the OpenAI SDK sends, under whatever name and through whatever hands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.rulebook.openai import SpeaksRule

TAKERS = ("partial", "partialmethod", "submit", "to_thread", "apply_async")  # take a function and its arguments


@dataclass(frozen=True)
class Sending:
    """A call whose keywords are the fields of a request of this kind; `more`: calls that add to them."""

    at: At
    kind: str
    more: tuple[At, ...] = ()


class Calls:
    """Follows the objects of one rule."""

    def __init__(self, project: Project, rule: SpeaksRule) -> None:
        self.project, self.rule = project, rule

    def of(self, *objects: At) -> Iterator[Sending]:
        """What is sent with an object that these expressions make."""
        flow = Flow(self.project, {}, {})
        for at in objects:
            flow.follow(at, "object")
        yield from self.along(flow)

    def along(self, flow: Flow, before: str = "") -> Iterator[Sending]:
        """What is sent with what a walk has followed; `before`: the members of the object that lead there."""
        for place, tail in flow.calls:
            path = f"{before}{tail}"
            if path in self.rule.again:
                yield from self.of(place)
            elif kind := self._kind(path):
                yield Sending(place, kind)
        for place, tail in flow.handles:
            yield from self._handle(place, f"{before}{tail}")
        for place, _ in flow.escapes:
            if wrapper := self._wrapper(place):
                yield from self.of(wrapper)

    def _kind(self, path: str) -> str | None:
        return self.rule.calls.get(".".join(part for part in path.split(".") if part not in self.rule.between))

    def _handle(self, place: At, path: str) -> Iterator[Sending]:
        if kind := self._kind(path):
            yield from self._method(place, kind, 4)
        elif any(call.startswith(f"{path}.") for call in self.rule.calls):
            inner = Flow(self.project, {}, {})
            inner.follow(place, "object")
            yield from self.along(inner, f"{path}.")

    def _wrapper(self, place: At) -> At | None:
        """The call of a function that takes the object and gives one like it."""
        parent = place.module.parents.get(place.node)
        call = place.module.parents.get(parent) if isinstance(parent, ast.keyword) else parent
        known = isinstance(call, ast.Call) and self.project.foreign(place.module, call.func) in self.rule.wraps
        return At(place.module, call) if known and call is not None else None

    def _method(self, at: At, kind: str, depth: int) -> Iterator[Sending]:
        """A method as a value: called under another name, or handed to what calls it."""
        parent = at.module.parents[at.node]
        if isinstance(parent, ast.Call) and parent.func is at.node:
            yield Sending(At(at.module, parent), kind)
        elif isinstance(parent, ast.Call) and name_of(parent.func) in TAKERS:
            call = At(at.module, parent)
            yield Sending(call, kind, tuple(_calls_of(call)))
        elif isinstance(parent, ast.Call) and depth:
            yield from self._method(At(at.module, parent), kind, depth - 1)  # a decorator's result
        elif isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr) and depth:
            for read in _reads(at.module, parent):
                yield from self._method(read, kind, depth - 1)


def _reads(module: Module, statement: ast.Assign | ast.AnnAssign | ast.NamedExpr) -> Iterator[At]:
    """Where what an assignment binds is read, in the same module."""
    for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
        if isinstance(target, ast.Name):
            yield from (At(module, read) for read in module.reads(target, target.id))
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            same = [one for one in module.attributes.get(target.attr, []) if isinstance(one.ctx, ast.Load)]
            yield from (At(module, one) for one in same if getattr(one.value, "id", "") == target.value.id)


def _calls_of(at: At) -> Iterator[At]:
    """The calls of the function that a call of `partial` gives."""
    parent = at.module.parents[at.node]
    if isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr) and name_of(vars(at.node)["func"]) == "partial":
        for read in _reads(at.module, parent):
            call = at.module.parents[read.node]
            if isinstance(call, ast.Call) and call.func is read.node:
                yield At(at.module, call)
