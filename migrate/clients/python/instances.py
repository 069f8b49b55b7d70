"""Values that a program keeps in objects of its own classes: what `__init__` takes, the fields of a dataclass."""

from __future__ import annotations

import ast

from migrate.clients.python.module import Module
from migrate.clients.python.names import reads
from migrate.clients.python.project import At
from migrate.clients.python.scopes import Function
from migrate.clients.python.trail import Trail


def constructed(trail: Trail, at: At, call: ast.Call, given: ast.AST, kind: str) -> bool:
    """Whether the value is an argument of a class of the repository; it is followed into the object then."""
    found = trail.project.definition(At(at.module, call.func))
    if found is None or not isinstance(found.node, ast.ClassDef):
        return False
    index = call.args.index(given) if isinstance(given, ast.expr) and given in call.args else None
    name = given.arg if isinstance(given, ast.keyword) else None
    init = next((one for one in found.node.body if isinstance(one, Function) and one.name == "__init__"), None)
    if init is not None:
        names = [*init.args.posonlyargs, *init.args.args][1:]
        target = names[index] if index is not None and index < len(names) else None
        target = next((one for one in [*names, *init.args.kwonlyargs] if one.arg == name), target)
        if target is not None:
            reads(trail, found.module, target, kind)
        return target is not None
    fields = _fields(found.node)
    field = fields[index] if index is not None and index < len(fields) else name
    if field not in fields:
        return False
    _field(trail, at, found, field, kind)
    return True


def _fields(owner: ast.ClassDef) -> list[str]:
    """The fields that a class declares, in order."""
    declared = [one.target for one in owner.body if isinstance(one, ast.AnnAssign)]
    return [target.id for target in declared if isinstance(target, ast.Name)]


def _field(trail: Trail, at: At, owner: At, field: str, kind: str) -> None:
    """Every read of the field: of objects of the class, and of those that may be one where no other class has it."""
    assert isinstance(owner.node, ast.ClassDef)
    alone = sum(field in _fields(one) for module in trail.project.modules for one in _classes(module)) == 1
    near = trail.project.index.mentioning(owner.node.name)
    for module in trail.project.modules:
        for read in module.attributes.get(field, []):
            found = trail.project.owner(At(module, read.value)) if isinstance(read.ctx, ast.Load) else None
            mine = found is not None and found.node is owner.node
            if mine or (found is None and isinstance(read.ctx, ast.Load) and _unknown(module, read) and alone):
                trail.follow(At(module, read), kind)
            elif found is None and module in near and isinstance(read.ctx, ast.Load) and not alone:
                trail.escape(at, kind)


def _unknown(module: Module, read: ast.Attribute) -> bool:
    """Whether the receiver is a plain value, not a module and not a caught exception."""
    node = read.value
    if not isinstance(node, ast.Name):
        return True
    caught = {one.name for one in module.up(node) if isinstance(one, ast.ExceptHandler)}
    return node.id not in module.imports and node.id not in caught


def _classes(module: Module) -> list[ast.ClassDef]:
    return [one for found in module.defined.values() for one in found if isinstance(one, ast.ClassDef)]
