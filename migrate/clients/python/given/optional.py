"""Settings and options of the command line that may be None."""

from __future__ import annotations

import ast

from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import is_none


def left_out(project: Project, at: At) -> bool:
    """Whether an attribute may be None: a field with that default, an option of the command line without one."""
    assert isinstance(at.node, ast.Attribute)
    return any(is_none(value.node) for value in project.values(at)) or _unset(project, at, at.node)


def _unset(project: Project, at: At, node: ast.Attribute) -> bool:
    made = project.values(At(at.module, node.value), callers=True)
    parsed = [one.module for one in made if _parsed(one)]
    for call in (call for module in parsed[:1] for call in module.calling("add_argument")):
        names = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if any(name.lstrip("-").replace("-", "_") == node.attr for name in names):
            said = {keyword.arg: keyword.value for keyword in call.keywords}
            plain = "default" not in said or is_none(said["default"])
            return plain and not said.keys() & {"required", "action", "nargs"}
    return False


def _parsed(at: At) -> bool:
    """Whether it is what a parser gives, or comes from where nobody sees: the options of the module are meant then."""
    called = isinstance(at.node, ast.Call) and "parse" in at.module.text(at.node.func)
    return called or isinstance(at.node, ast.arg)
