"""Exceptions of HTTP libraries: the reply and the status that a handler reads belong to the request in its `try`."""

from __future__ import annotations

import ast

from migrate.clients.python.flow import Flow
from migrate.clients.python.module import Module
from migrate.clients.python.project import At
from migrate.clients.python.scopes import Function

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
            for caller in flow.project.callers(At(module, parent)) if depth else ():
                handlers(flow, caller, depth - 1)
            return
        inner = parent


def refused(flow: Flow, module: Module, handler: ast.ExceptHandler) -> None:
    """Follows the reply and the status that a handler reads from its exception."""
    for name in module.loads.get(handler.name or "", []):
        use = module.parents[name]
        if handler not in module.up(name) or not isinstance(use, ast.Attribute):
            continue
        if use.attr == "response":
            flow.follow(At(module, use), "response")
        elif use.attr in STATUS:
            flow.follow(At(module, use), "status")
