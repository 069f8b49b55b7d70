"""Handlers of exceptions: classes of the old library that stand in `except`, and what is raised in their place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrate.clients.python.module import Module
from migrate.clients.python.project import Project
from migrate.rulebook.clients import ExceptionRule


@dataclass(frozen=True)
class Caught:
    """A class that a handler names. `tried` are the nodes of the `try`'s body."""

    node: ast.expr
    rule: ExceptionRule
    handler: ast.ExceptHandler
    tried: frozenset[int]


def caught(project: Project, module: Module, rules: Mapping[str, ExceptionRule]) -> Iterator[Caught]:
    """The classes in a module's handlers that a rule speaks of."""
    for handler in module.nodes:
        if not isinstance(handler, ast.ExceptHandler) or handler.type is None:
            continue
        for node in handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]:
            rule = rules.get(project.foreign(module, node) or "")
            if rule is not None:
                parent = module.parents[handler]
                body = parent.body if isinstance(parent, ast.Try | ast.TryStar) else []
                tried = frozenset(id(inner) for one in body for inner in ast.walk(one))
                yield Caught(node, rule, handler, tried)
