"""Exceptions of HTTP libraries: the reply and the status that a handler reads belong to the request in its `try`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Function, name_of, parameters

DEPTH = 3  # callers that an exception passes through
STATUS = ("code", "status", "status_code")


def handlers(flow: Flow, at: At, depth: int = DEPTH) -> None:
    """Follows what the handlers around a call, and around the calls of its function, read from the exception."""
    module = at.module
    inner: ast.AST = at.node
    for parent in module.up(at.node):
        if isinstance(parent, ast.Try) and inner in parent.body:
            for handler in parent.handlers:
                refused(flow, module, handler)
        if isinstance(parent, Function):
            home = At(module, parent)
            _predicates(flow, home)
            for caller in (*flow.project.callers(home), *_wrapped(flow.project, home)) if depth else ():
                handlers(flow, caller, depth - 1)
            return
        for caller in _handed(flow.project, At(module, inner), parent) if depth else ():
            handlers(flow, caller, depth - 1)
        inner = parent


def _wrapped(project: Project, function: At) -> Iterator[At]:
    """Where the repository's own decorators of a function call it."""
    assert isinstance(function.node, Function)
    for one in function.node.decorator_list:
        made = project.definition(At(function.module, one.func if isinstance(one, ast.Call) else one))
        if made is not None and isinstance(made.node, Function):
            inner = [node for node in ast.walk(made.node) if isinstance(node, Function)]
            yield from _calls(made, {arg.arg for node in inner for arg, _ in parameters(node)})


def _handed(project: Project, given: At, call: ast.AST) -> Iterator[At]:
    """Where a function of the repository calls the function that is passed to it: `retrying(lambda: ask(q))`."""
    if not isinstance(call, ast.Call) or given.node is call.func or not isinstance(given.node, ast.Lambda | ast.Name):
        return
    taker = project.definition(At(given.module, call.func))
    if taker is not None and isinstance(taker.node, Function):
        yield from _calls(taker, {arg.arg for arg, _ in parameters(taker.node)})


def _calls(function: At, names: set[str]) -> Iterator[At]:
    for node in ast.walk(function.node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield At(function.module, node)


def refused(flow: Flow, module: Module, handler: ast.ExceptHandler) -> None:
    """Follows the reply and the status that a handler reads from its exception."""
    inside = [name for name in module.loads.get(handler.name or "", []) if handler in module.up(name)]
    for name in inside:
        _read(flow, At(module, name))


def _predicates(flow: Flow, function: At) -> None:
    """Functions that a library's decorator asks about an exception: `retry_if_exception(busy)`, `giveup=busy`."""
    assert isinstance(function.node, Function)
    for node in (inner for one in function.node.decorator_list for inner in ast.walk(one)):
        asked = At(function.module, node)
        if isinstance(node, ast.Name):
            asked = flow.project.definition(asked) or asked
        if isinstance(asked.node, Function | ast.Lambda) and asked.node.args.args:
            parameter = asked.node.args.args[0]
            for name in asked.module.reads(parameter, parameter.arg):
                _read(flow, At(asked.module, name))


def _read(flow: Flow, at: At, depth: int = DEPTH) -> None:
    """What is read from an exception, also by a function of the repository that is given it."""
    module, use = at.module, at.module.parents[at.node]
    if isinstance(use, ast.Attribute) and use.attr == "response":
        flow.follow(At(module, use), "response")
    elif isinstance(use, ast.Attribute) and use.attr in STATUS:
        flow.follow(At(module, use), "status")
    elif (isinstance(use, ast.Attribute) and use.attr == "read") or (
        isinstance(use, ast.Call) and name_of(use.func) == "load"
    ):
        flow.follow(at, "response")
    elif isinstance(use, ast.Call) and at.node in use.args and depth:
        taker = flow.project.definition(At(module, use.func))
        names = taker.node.args.args if taker is not None and isinstance(taker.node, Function) else []
        if taker is not None and use.args.index(at.node) < len(names):
            parameter = names[use.args.index(at.node)]
            for name in taker.module.reads(parameter, parameter.arg):
                _read(flow, At(taker.module, name), depth - 1)
