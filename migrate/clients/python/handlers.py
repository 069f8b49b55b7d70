"""Handlers of exceptions: classes of the old library that stand in `except`, and what is raised in their place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrate.clients.python.module import Module
from migrate.clients.python.project import Project
from migrate.clients.rules import Book, Rule


@dataclass(frozen=True)
class Caught:
    """A class that a handler names. `tried` are the nodes of the `try`'s body."""

    node: ast.expr
    rule: Rule
    handler: ast.ExceptHandler
    tried: frozenset[int]


def exceptions(book: Book) -> dict[str, Rule]:
    """The rules about exceptions by the dotted names of the classes."""
    found = {}
    for rule in book.of("exception"):
        names = rule.fields["exception"]
        found.update(dict.fromkeys(names if isinstance(names, list) else [names], rule))
    return found


def caught(project: Project, module: Module, rules: Mapping[str, Rule]) -> Iterator[Caught]:
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
