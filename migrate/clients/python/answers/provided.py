"""Arguments that nobody passes in a call: defaults, fixtures of tests, and what a framework provides."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.clients.python.answers.names import reads
from migrate.clients.python.answers.trail import Trail
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At
from migrate.clients.python.code.scopes import Function, decorators, name_of, parameters

PROVIDERS = frozenset({"Depends", "Security", "Provide"})


def defaulted(trail: Trail, at: At, arguments: ast.arguments, kind: str) -> None:
    """The value is the default of a parameter."""
    function = at.module.parents[arguments]
    assert isinstance(function, Function | ast.Lambda)
    for argument, default in parameters(function):
        if default is at.node:
            reads(trail, at.module, argument, kind)


def fixture(trail: Trail, at: At, kind: str) -> None:
    """A fixture's value is the parameter of its name; those of a conftest.py are read where nobody looks."""
    function, module = at.node, at.module
    assert isinstance(function, Function)
    asking = [
        argument
        for node in module.functions
        if node.name.startswith("test") or "fixture" in decorators(node)
        for argument, _ in parameters(node)
        if argument.arg == function.name
    ]
    if not asking or module.path.rpartition("/")[2] == "conftest.py":
        trail.escape(at, kind)
        return
    for argument in asking:
        reads(trail, module, argument, kind)


def provided(trail: Trail, at: At, kind: str) -> bool:
    """A function that a framework calls for an argument: `Depends(f)` as its default or in its annotation."""
    call = at.module.parents[at.node]
    if not isinstance(call, ast.Call) or call.func is at.node or name_of(call.func) not in PROVIDERS:
        return False
    found = list(_arguments(at.module, call))
    for argument in found:
        reads(trail, at.module, argument, kind)
    return bool(found)


def _arguments(module: Module, call: ast.Call) -> Iterator[ast.arg]:
    above = next(one for one in module.up(call) if not isinstance(one, ast.Tuple | ast.Subscript | ast.BinOp))
    if isinstance(above, ast.arg):
        yield above
    elif isinstance(above, ast.arguments):
        function = module.parents[above]
        assert isinstance(function, Function | ast.Lambda)
        yield from (argument for argument, default in parameters(function) if default is call)
    elif isinstance(above, ast.Assign | ast.AnnAssign):
        targets = above.targets if isinstance(above, ast.Assign) else [above.target]
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        for node in module.nodes:
            if isinstance(node, ast.arg) and isinstance(node.annotation, ast.Name) and node.annotation.id in names:
                yield node
