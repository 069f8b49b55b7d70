"""What is known of a value that is told at run time: whether it is a number, whether it may be None."""

from __future__ import annotations

import ast
import re

from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of

_OPTIONAL = re.compile(r"\bNone\b|\bOptional\b")


def number(project: Project, at: At) -> bool:
    """Whether a value is one number: written out, made by `int(...)`, or said to be one where it comes in."""
    if isinstance(literal(project, at), int):
        return True
    return all(_counted(value) for value in project.values(at))


def _counted(at: At) -> bool:
    node = at.node
    if isinstance(node, ast.Call):
        return name_of(node.func) == "int"
    if isinstance(node, ast.Attribute):
        return _option(at, node)
    if isinstance(node, ast.arg):
        return node.annotation is not None and at.module.text(node.annotation) == "int"
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _option(at: At, node: ast.Attribute) -> bool:
    """An option of the command line with `type=int`."""
    for call in at.module.calls:
        flags = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name_of(call.func) == "add_argument" and any(
            one.lstrip("-").replace("-", "_") == node.attr for one in flags
        ):
            kinds = [keyword.value for keyword in call.keywords if keyword.arg == "type"]
            return any(name_of(kind) == "int" for kind in kinds)
    return False


def may_be_none(project: Project, at: At) -> bool:
    """Whether a value may be None or empty: a variable without a default, an optional parameter or setting."""
    return any(_absent(value) for value in [at, *project.values(at)])


def _absent(at: At) -> bool:
    node = at.node
    if isinstance(node, ast.arg):
        return node.annotation is not None and _OPTIONAL.search(at.module.text(node.annotation)) is not None
    if isinstance(node, ast.Call):
        looked = at.module.text(node.func).endswith(("getenv", "environ.get"))
        return looked and (len(node.args) == 1 or _nothing(node.args[-1])) and not node.keywords
    return _nothing(node)


def _nothing(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in (None, "")
