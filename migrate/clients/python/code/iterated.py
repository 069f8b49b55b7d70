"""What a loop's variable can be, where the loop goes over something that is written out in the program."""

from __future__ import annotations

import ast

from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Binding


def iterated(project: Project, at: At, binding: Binding) -> list[At]:
    """The elements that the variable takes in turn; nothing where they are not all written."""
    module, target = at.module, binding.target
    index = None
    holder = module.parents[target]
    if isinstance(holder, ast.Tuple):
        index, holder = holder.elts.index(target) if isinstance(target, ast.expr) else None, module.parents[holder]
    if not isinstance(holder, ast.For | ast.AsyncFor | ast.comprehension):
        return []
    source, taken = holder.iter, "elements"
    if isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute) and not source.args:
        taken, source = source.func.attr, source.func.value
    made = project.values(At(module, source))
    if len(made) != 1:
        return []
    found = _elements(made[0].node, taken, index)
    return [At(made[0].module, one) for one in found]


def _elements(made: ast.AST, taken: str, index: int | None) -> list[ast.expr]:
    if isinstance(made, ast.List | ast.Tuple | ast.Set) and taken == "elements":
        inner = [one.elts[index] if index is not None and isinstance(one, ast.Tuple) and index < len(one.elts) else one
                 for one in made.elts]  # fmt: skip
        return [] if index is not None and not all(isinstance(one, ast.Tuple) for one in made.elts) else inner
    if isinstance(made, ast.Dict) and all(made.keys):
        keys = [key for key in made.keys if key is not None]
        if taken == "items" and index is not None:
            return made.values if index else keys
        if index is None and taken in ("values", "elements", "keys"):
            return made.values if taken == "values" else keys
    return []
