"""Values that may be None at run time, as far as a program shows it."""

from __future__ import annotations

import ast

from migrate.clients.python.module import Module
from migrate.clients.python.project import At, Project


def optional(project: Project, at: At) -> bool:
    """Whether a value may be None: a default, an option of the command line without one, `found.get("top_k")`."""
    for value in project.values(at):
        node = value.node
        if isinstance(node, ast.Constant) and node.value is None:
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            return len(node.args) == 1 and not node.keywords
        if isinstance(node, ast.Attribute) and _unset(project, value.module, node):
            return True
    return False


def _unset(project: Project, module: Module, node: ast.Attribute) -> bool:
    """Whether it is an option of the command line that has no default, or None as one."""
    holders = [one.node for one in project.values(At(module, node.value)) if isinstance(one.node, ast.Call)]
    if not any("parse" in module.text(one.func) for one in holders if one in module.parents):
        return False
    for call in module.calling("add_argument"):
        names = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if any(name.lstrip("-").replace("-", "_") == node.attr for name in names):
            said = {keyword.arg: keyword.value for keyword in call.keywords}
            default = said.get("default")
            plain = default is None or (isinstance(default, ast.Constant) and default.value is None)
            return plain and not said.keys() & {"required", "action", "nargs"}
    return False
