"""The places of a repository that name a function: its calls, instances of its class, classes made from that."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from migrate.clients.python.code.at import At
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.scopes import Function, name_of

if TYPE_CHECKING:
    from migrate.clients.python.code.project import Project

TAKES = ("next", "choice", "get", "pop", "popleft", "get_nowait", "setdefault", "min", "max")


def naming(project: Project, function: At) -> list[At]:
    """Every place that names the function: the call where it is called, else the bare name."""
    node = function.node
    if not isinstance(node, Function):
        return []
    parent = function.module.parents.get(node)
    if isinstance(parent, ast.ClassDef) and node.name == "__init__":
        return _created(project, At(function.module, parent))
    if isinstance(parent, ast.ClassDef) and node.name == "__call__":
        return list(_called(project, At(function.module, parent)))
    found: list[At] = []
    for module in project.index.mentioning(node.name):
        for one in _names(module, node.name):
            target = project.definition(At(module, one))
            if target == function or (
                target is None and isinstance(parent, ast.ClassDef) and _may_be(project, module, one)
            ):
                call = module.parents.get(one)
                found.append(At(module, call if isinstance(call, ast.Call) and call.func is one else one))
    return found


def _names(module: Module, name: str) -> list[ast.expr]:
    """Where a module reads a name, also under the names that imports give it."""
    found: list[ast.expr] = [*module.loads.get(name, []), *module.attributes.get(name, [])]
    for alias, dotted in module.imports.items():
        if alias != name and dotted.split(".")[-1] == name:
            found += module.loads.get(alias, [])
    return found


def _may_be(project: Project, module: Module, node: ast.expr) -> bool:
    """Whether the receiver of a method is unknown, so that it may be any class's."""
    if not isinstance(node, ast.Attribute):
        return False
    values = project.values(At(module, node.value))
    return all(_untold(value.node) for value in values)


def _untold(node: ast.AST) -> bool:
    """Whether a value may be an instance of any class; also what is taken out of a container."""
    if isinstance(node, ast.Call):
        return name_of(node.func) in TAKES
    return not isinstance(node, ast.Constant | ast.Dict | ast.List)


def _created(project: Project, owner: At) -> list[At]:
    """Where instances are made: of the class, and of those made from it, which use its `__init__` or call that."""
    heirs = project.heirs(owner)
    plain = [one for one in heirs if "__init__" not in project.index.methods(one.node)]
    found = made(project, [owner, *plain])
    for heir in heirs:
        init = project.index.methods(heir.node).get("__init__")
        for call in ast.walk(init) if init else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
                found.append(At(heir.module, call))
    return found


def made(project: Project, owners: Collection[At]) -> list[At]:
    """Every place that makes an instance of one of the classes."""
    names = {str(vars(one.node)["name"]) for one in owners}
    modules = {id(module): module for name in names for module in project.index.mentioning(name)}
    return [
        At(module, call)
        for module in modules.values()
        for name in names
        for call in module.calling(name)
        if project.definition(At(module, call.func)) in owners
    ]


def _called(project: Project, owner: At) -> Iterator[At]:
    """Every place that calls an instance of the class."""
    for module in project.modules:
        for call in module.calls:
            func = At(module, call.func)
            instance = not isinstance(call.func, ast.Attribute) and project.definition(func) != owner
            if instance and project.owner(func) == owner:
                yield At(module, call)
