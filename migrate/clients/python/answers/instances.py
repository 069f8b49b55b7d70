"""Values that a program keeps in the fields of its own classes, where those have no `__init__` (data classes)."""

from __future__ import annotations

import ast

from migrate.clients.python.answers.names import members
from migrate.clients.python.answers.trail import Trail
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At


def kept(trail: Trail, at: At, owner: At, place: str | int, kind: str) -> bool:
    """Whether the value becomes a field, given by its name or position; the field's reads are followed then.

    A client is followed through instances alone that are known: many classes have a field of its usual names.
    """
    assert isinstance(owner.node, ast.ClassDef)
    fields = _fields(owner.node)
    field = place if isinstance(place, str) else fields[place] if 0 <= place < len(fields) else ""
    if field not in fields:
        return False
    if kind == "object":
        members(trail, owner.node, field, kind)
    else:
        _field(trail, at, owner, field, kind)
    return True


def _fields(owner: ast.ClassDef) -> list[str]:
    """The fields that a class declares, in order."""
    declared = [one.target for one in owner.body if isinstance(one, ast.AnnAssign)]
    return [target.id for target in declared if isinstance(target, ast.Name)]


def _field(trail: Trail, at: At, owner: At, field: str, kind: str) -> None:
    """Every read of the field: of objects of the class, and of those that may be one where no other class has it."""
    assert isinstance(owner.node, ast.ClassDef)
    alone = sum(field in _fields(one) for module in trail.project.modules for one in module.classes) == 1
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
