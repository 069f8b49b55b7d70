"""What an expression says where it is a literal, or a constant of the program."""

from __future__ import annotations

import ast

from migrate.clients.parameters import UNKNOWN
from migrate.clients.python.code.project import At, Project

JSON_WORDS: dict[str, object] = {"true": True, "false": False, "null": None}


def literal(project: Project, at: At) -> object:
    """The value of an expression where it is a literal or a constant of the program, else UNKNOWN."""
    if at.module.json and isinstance(at.node, ast.Name):
        return JSON_WORDS.get(at.node.id, UNKNOWN)
    if isinstance(at.node, ast.Name) and any(binding.kind != "assign" for binding in at.module.bound(at.node)):
        return UNKNOWN
    values = project.values(at)
    if len(values) != 1 or not isinstance(values[0].node, ast.expr):
        return UNKNOWN
    if _default(values[0]):
        return UNKNOWN
    try:
        return ast.literal_eval(values[0].node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return UNKNOWN


def _default(value: At) -> bool:
    """Whether a value is a default that callers may replace: of a parameter, or of an object's field."""
    parents = value.module.parents
    around = parents.get(value.node)
    owner = parents.get(around) if isinstance(around, ast.AnnAssign) else None
    return isinstance(around, ast.arguments) or (
        isinstance(owner, ast.ClassDef) and bool(owner.bases or owner.decorator_list)
    )
