"""`**kwargs` of a function: what its callers pass through it, what the function takes out of it, its defaults."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import replace

from migrate.clients.parameters import Given
from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Function, parameters
from migrate.clients.python.edits.entries import Entries, default_store, keywords_of
from migrate.clients.python.edits.records import dict_of
from migrate.clients.python.given.parameters import Parameters, repeatable

DEPTH = 4  # functions that hand their keywords on
SAME = frozenset({"temperature", "top_k", "top_p", "seed", "stop", "repetition_penalty"})  # names on both engines
Passed = tuple[list[tuple[Entries, Entries]], int]


def settings(project: Project, parameter: At, at: At, found: Parameters) -> set[str] | None:
    """The keys that a function takes out of its keywords; its defaults go into `found`.

    `at` is where the keywords are sent. None: they are changed otherwise.
    """
    taken: set[str] = set()
    module = parameter.module
    for read in module.reads(parameter.node, getattr(parameter.node, "arg", "")):
        if any(one is read for one in ast.walk(at.node)):
            continue
        method, around = module.parents[read], module.parents[module.parents[read]]
        call = around if isinstance(around, ast.Call) and around.func is method else None
        key = call.args[0] if call is not None and call.args else None
        name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
        if not isinstance(method, ast.Attribute) or call is None or name is None:
            return None
        if method.attr == "pop" and len(call.args) == 2:
            taken.add(name)
        elif method.attr == "setdefault" and _always(module, call):
            default(project, At(module, call), name, found)
        elif method.attr != "get" or name not in SAME:
            return None
    return taken


def _always(module: Module, call: ast.Call) -> bool:
    """Whether a call with a value stands alone in the function's body."""
    statement = module.parents[call]
    return len(call.args) == 2 and isinstance(statement, ast.Expr) and isinstance(module.parents[statement], Function)


def default(project: Project, at: At, name: str, found: Parameters) -> None:
    """`kwargs.setdefault("name", value)`: given where nothing else gives it."""
    assert isinstance(at.node, ast.Call)
    entries = default_store(at, at.node)
    value = At(at.module, at.node.args[1])
    one = Given(name, at.module.text(value.node), literal(project, value), repeatable(at.node.args[1]))
    found.others.append(entries)
    found.given.setdefault(name, (one, entries, entries.entries[0]))


def passing(
    project: Project, parameter: At, taken: Collection[str], *, dicts: bool, depth: int = DEPTH
) -> Passed | None:
    """What each caller passes through, and how many callers there are; None: one passes what cannot be seen.

    `dicts`: those that `**` brings into a call are of use.
    """
    module = parameter.module
    function = module.around(parameter.node, ast.FunctionDef, ast.AsyncFunctionDef)
    assert isinstance(function, Function)
    own = {arg.arg for arg, _ in parameters(function)} | set(taken)
    found: list[tuple[Entries, Entries]] = []
    callers = project.callers(At(module, function))
    count = len(callers)
    for caller in callers:
        passed = keywords_of(caller, caller.node) if isinstance(caller.node, ast.Call) else None
        if passed is None:
            return None
        more = [entry for entry in passed.entries if entry.name is not None and entry.name not in own]
        spreads = [At(caller.module, entry.value) for entry in passed.entries if entry.name is None]
        if len(spreads) + bool(more) > 1 or (spreads and not depth):
            return None
        found += [(passed, replace(passed, entries=more))] if more else []
        for one in spreads:
            inner = _brought(project, one, own, dicts=dicts, depth=depth)
            if inner is None:
                return None
            found += inner[0]
            count += inner[1] - 1
    return found, count


def _brought(project: Project, at: At, own: Collection[str], *, dicts: bool, depth: int) -> Passed | None:
    """What a call's own `**` brings in: the keywords of the function around it, or a dict that is written out."""
    values = project.values(at)
    arguments = values[0].module.parents.get(values[0].node) if len(values) == 1 else None
    if isinstance(arguments, ast.arguments) and arguments.kwarg is values[0].node:
        alone = len(values[0].module.reads(values[0].node, arguments.kwarg.arg)) == 1
        return passing(project, values[0], own, dicts=dicts, depth=depth - 1) if alone else None
    entries = dict_of(project, values[0]) if len(values) == 1 and dicts else None
    if entries is None or not entries.entries or any(one.name is None or one.name in own for one in entries.entries):
        return None
    return [(entries, entries)], 1
