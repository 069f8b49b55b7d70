"""Values that are arguments: the parameter of the repository's function, or the object of its class, that gets them."""

from __future__ import annotations

import ast

from migrate.clients.python.answers.instances import kept
from migrate.clients.python.answers.names import reads
from migrate.clients.python.answers.trail import Trail
from migrate.clients.python.code.project import At
from migrate.clients.python.code.scopes import Function, name_of

# Calls that take a function and its arguments.
HANDERS = frozenset({"partial", "submit", "to_thread", "run_in_executor", "start_soon"})


def entered(trail: Trail, at: At, call: ast.Call, given: ast.AST, kind: str) -> bool:
    """Whether the value enters a function or a class of the repository, where it is followed then."""
    handed = _runs(call, given)
    found = trail.project.definition(At(at.module, call.args[handed - 1] if handed else call.func))
    index = call.args.index(given) - handed if isinstance(given, ast.expr) and given in call.args else -1
    name = given.arg if isinstance(given, ast.keyword) else None
    if found is not None and isinstance(found.node, ast.ClassDef):
        init = next((made for one in trail.project.lineage(found) if (made := _init(one))), None)
        if init is None:
            return kept(trail, at, found, name or index, kind)
        found = init
    if found is None or not isinstance(found.node, Function):
        return False
    target = _parameter(found.node, name or index, isinstance(found.module.parents.get(found.node), ast.ClassDef))
    if target is None:
        return False
    reads(trail, found.module, target, kind)
    return True


def _runs(call: ast.Call, given: ast.AST) -> int:
    """How many arguments come before those that the function gets which a call runs: `pool.submit(f, x)`."""
    if name_of(call.func) not in HANDERS:
        return 0
    named = (one for one, arg in enumerate(call.args[:2], 1) if isinstance(arg, ast.Name | ast.Attribute))
    first = next(named, 0)
    return first if first and given is not call.args[first - 1] else 0


def _init(owner: At) -> At | None:
    body = getattr(owner.node, "body", ())
    made = next((one for one in body if isinstance(one, Function) and one.name == "__init__"), None)
    return At(owner.module, made) if made else None


def _parameter(function: Function, place: str | int, method: bool) -> ast.arg | None:
    """The parameter of a name, or at a position; a method's first one is its object."""
    names = [*function.args.posonlyargs, *function.args.args][method:]
    if isinstance(place, str):
        return next((one for one in [*names, *function.args.kwonlyargs] if one.arg == place), None)
    return names[place] if 0 <= place < len(names) else None
