"""Finds the fields of one call: in it, in dicts that `**` brings in, in what callers pass on, in `extra_body`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Function, parameters
from migrate.clients.python.edits.entries import Entries, Entry, entries_of, keywords_of, reads
from migrate.clients.python.openai.sent import BODY, Sent

_LOOKS = ("get", "pop", "items", "keys", "values", "copy")
_DEPTH = 4


def read_fields(
    project: Project, entries: Entries, kind: str, more: Iterable[Entries] = (), holds: Collection[str] = ()
) -> Sent:
    """The fields of a call. `more`: calls that add to it; `holds`: arguments that are dicts of further fields."""
    reading = Reading(project, Sent(kind))
    for holder in (entries, *more):
        reading.holder(holder, _DEPTH)
    for draft, entry in list(reading.sent.entries()):
        if entry.name in holds:
            reading.held(draft.entries, entry, _DEPTH)
    reading.bodies()
    return reading.sent


class Reading:
    """Collects the places into `sent`."""

    def __init__(self, project: Project, sent: Sent) -> None:
        self.project, self.sent = project, sent

    def holder(self, entries: Entries, depth: int, hidden: frozenset[str] = frozenset()) -> None:
        if not self.sent.add(entries, hidden) or not depth:
            return
        for entry in entries.entries:
            if entry.name is None:
                self.held(entries, entry, depth)

    def held(self, entries: Entries, entry: Entry, depth: int) -> None:
        """A dict of fields: what `**` brings in."""
        at = At(entries.module, entry.value)
        for value in self.project.values(at, callers=True):
            inner = entries_of(value)
            function = value.module.around(value.node, ast.FunctionDef, ast.AsyncFunctionDef)
            if inner is not None and self._stores(inner):
                self.holder(inner, depth - 1)
            elif isinstance(value.node, ast.arg) and isinstance(function, Function):
                self._passed(value, function, at, depth)
            else:
                self.sent.unseen.append(at)

    def _passed(self, parameter: At, function: Function, at: At, depth: int) -> None:
        """`**kwargs`: what the callers of the function pass through it."""
        callers = self.project.callers(At(parameter.module, function))
        if function.args.kwarg is not parameter.node or not all(isinstance(one.node, ast.Call) for one in callers):
            self.sent.unseen.append(at)
            return
        own = frozenset(arg.arg for arg, _ in parameters(function))
        for caller in callers:
            assert isinstance(caller.node, ast.Call)
            self.holder(keywords_of(caller, caller.node), depth - 1, own)
        self._uses(parameter.module, parameter.module.reads(parameter.node, vars(parameter.node)["arg"]))
        if not callers:
            self.sent.unseen.append(at)

    def _stores(self, entries: Entries) -> bool:
        """Whether every use of a dict's name is one that is understood; what is set by key is taken down."""
        return self._uses(entries.module, reads(entries))

    def _uses(self, module: Module, reads: Iterable[ast.Name]) -> bool:
        known = [self._use(module, read) for read in reads]
        return all(known)

    def _use(self, module: Module, read: ast.Name) -> bool:
        use = module.parents[read]
        call = module.parents.get(use)
        if isinstance(use, ast.Subscript) and use.value is read and isinstance(use.slice, ast.Constant):
            statement = module.parents[use]
            if isinstance(statement, ast.Assign) and isinstance(use.ctx, ast.Store):
                self._later(str(use.slice.value), At(module, statement.value))
        elif isinstance(use, ast.Attribute) and isinstance(call, ast.Call) and call.func is use:
            return self._method(module, use.attr, call)
        else:
            return isinstance(use, ast.keyword | ast.Dict | ast.Compare | ast.BoolOp | ast.If | ast.BinOp)
        return True

    def _method(self, module: Module, name: str, call: ast.Call) -> bool:
        if name == "setdefault" and len(call.args) == 2 and isinstance(call.args[0], ast.Constant):
            self._later(str(call.args[0].value), At(module, call.args[1]))
        elif name == "update":
            given = [*call.args, *([call] if call.keywords else [])]
            inner = [
                keywords_of(At(module, one), call) if one is call else entries_of(At(module, one)) for one in given
            ]
            for one in inner:
                if one is not None:
                    self.holder(one, 1)
            return None not in inner
        else:
            return name in _LOOKS
        return True

    def _later(self, name: str, at: At) -> None:
        if (name, at) not in self.sent.later:
            self.sent.later.append((name, at))

    def bodies(self) -> None:
        """The dicts that stand for `extra_body`, with what `**` brings into them."""
        found = [At(draft.entries.module, entry.value) for draft, entry in self.sent.entries() if entry.name == BODY]
        found += [at for name, at in self.sent.later if name == BODY]
        while found:
            at = found.pop()
            for value in self.project.values(at, callers=True):
                body = entries_of(value)
                if body is not None:
                    self.sent.add_body(body)
                    found += [At(body.module, entry.value) for entry in body.entries if entry.name is None]
