"""Which code a client's calls can raise through: the calls themselves, and the calls of functions that make them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Function


def reach(project: Project, calls: Iterable[At]) -> frozenset[int]:
    """The ids of the calls, and of every call in the repository that leads to one of them."""
    found: set[int] = set()
    waiting = list(calls)
    while waiting:
        at = waiting.pop()
        if id(at.node) not in found:
            found.add(id(at.node))
            function = at.module.around(at.node, ast.FunctionDef, ast.AsyncFunctionDef)
            waiting += project.callers(At(at.module, function)) if function is not None else []
    return frozenset(found)


def guarded(module: Module, node: ast.AST) -> Iterator[ast.AST]:
    """What runs where an exception's class matters: the `try` of its handler, the function that it decorates.

    A class in a constant tuple matters wherever that is read.
    """
    inner = node
    for parent in module.up(node):
        if isinstance(parent, ast.ExceptHandler):
            around = module.parents[parent]
            yield from around.body if isinstance(around, ast.Try | ast.TryStar) else []
        elif isinstance(parent, Function) and inner in parent.decorator_list:
            yield parent
        elif isinstance(parent, ast.With | ast.AsyncWith) and inner in parent.items:
            yield from parent.body
        elif isinstance(parent, ast.Assign | ast.AnnAssign) and inner is parent.value:
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            for target in targets:
                for read in module.reads(target, target.id) if isinstance(target, ast.Name) else ():
                    yield from guarded(module, read)
        inner = parent


def covers(nodes: Iterable[ast.AST], reached: frozenset[int]) -> bool:
    """Whether one of the reached calls stands in the nodes."""
    return any(id(inner) in reached for one in nodes for inner in ast.walk(one))
