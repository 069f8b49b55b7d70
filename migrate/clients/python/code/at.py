"""A node with the module that it stands in."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.clients.python.code.module import Module


@dataclass(frozen=True)
class At:
    """A node with the module it stands in."""

    module: Module
    node: ast.AST

    def __hash__(self) -> int:
        return id(self.node)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, At) and other.node is self.node
