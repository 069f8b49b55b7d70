"""Values that get a name: an assignment, a loop, an attribute; and where the name is read."""

from __future__ import annotations

import ast

from migrate.clients.python.answers.trail import Trail
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At


def bind(trail: Trail, module: Module, target: ast.AST, kind: str) -> None:
    if isinstance(target, ast.Name):
        reads(trail, module, target, kind)
    elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
        members(trail, module.around(target, ast.ClassDef), target.attr, kind)
    elif isinstance(target, ast.Tuple | ast.List) and (part := _part(target, kind)) is not None:
        bind(trail, module, *part)
    elif isinstance(target, ast.Tuple | ast.List) and kind == "line":
        for element in target.elts:
            bind(trail, module, element, kind)
    elif isinstance(target, ast.Tuple | ast.List) and kind.startswith("list:"):
        for element in target.elts:
            if isinstance(element, ast.Starred):
                bind(trail, module, element.value, kind)
            else:
                bind(trail, module, element, kind[5:])
    else:
        trail.escape(At(module, target), kind)


def members(trail: Trail, owner: ast.AST | None, name: str, kind: str) -> None:
    """Follows the reads of an attribute of a class's instances, those of its heirs included."""
    for other in trail.project.modules:
        for one in other.attributes.get(name, []):
            if isinstance(one.ctx, ast.Load) and _of(trail, At(other, one.value), owner):
                trail.follow(At(other, one), kind)


def _part(target: ast.Tuple | ast.List, kind: str) -> tuple[ast.expr, str] | None:
    """Which of the names on the left gets the value, and its kind there."""
    form, _, rest = kind.partition(":")
    index, _, inner = rest.partition(":")
    if form != "tuple" or not index.isdigit() or any(isinstance(one, ast.Starred) for one in target.elts):
        return None
    return (target.elts[int(index)], inner) if int(index) < len(target.elts) else None


def reads(trail: Trail, module: Module, target: ast.AST, kind: str) -> None:
    name = target.arg if isinstance(target, ast.arg) else getattr(target, "id", "")
    for read in module.reads(target, name):
        trail.follow(At(module, read), kind)
    if isinstance(target, ast.Name) and module.scope(target) is module.tree:
        _elsewhere(trail, module, name, kind)


def _elsewhere(trail: Trail, module: Module, name: str, kind: str) -> None:
    """Reads of a module's name in modules that import it."""
    for other in trail.project.importing(module):
        for alias, dotted in other.imports.items():
            found = trail.project.find(other, dotted) if other is not module else None
            if found and found[0] is module:
                names: list[ast.expr] = list(other.loads.get(alias, [])) if found[1] == [name] else []
                if not found[1]:
                    attributes = other.attributes.get(name, [])
                    names = [one for one in attributes if isinstance(one.value, ast.Name) and one.value.id == alias]
                for one in names:
                    trail.follow(At(other, one), kind)


def _of(trail: Trail, receiver: At, owner: ast.AST | None) -> bool:
    """Whether an expression is an instance of the class."""
    found = trail.project.owner(receiver)
    return found is not None and any(one.node is owner for one in trail.project.lineage(found))


def loop(trail: Trail, at: At, target: ast.AST, kind: str, around: ast.AST) -> None:
    if kind == "answers":
        trail.changes.insert(at.module, at.module.span(at.node)[1], '["choices"]')
        bind(trail, at.module, target, "choice")
    elif kind == "response" and "__iter__" in trail.lines:
        _lines(trail, at, target, trail.lines["__iter__"], around)
    elif kind.startswith("reader:") and (form := trail.readers[kind[7:]].get("__iter__")):
        _lines(trail, at, target, form, around)
    elif kind.startswith("dict:"):
        return
    elif kind.startswith("keys:"):
        bind(trail, at.module, target, kind[5:])
    elif kind.startswith("tuple:") and not kind[6].isdigit():
        return  # the keys of a dict
    elif kind.startswith("tuple:"):
        bind(trail, at.module, target, kind.split(":", 2)[2])
    elif kind.startswith("list:tuple:1:line:") and isinstance(target, ast.Tuple) and len(target.elts) == 2:
        _lines(trail, at, target.elts[1], kind[18:], around)
    elif kind.startswith("list:line"):
        _lines(trail, at, target, kind[10:] or "bytes", around)
    elif kind.startswith("list:"):
        bind(trail, at.module, target, kind[5:])
    else:
        trail.escape(at, kind)


def _lines(trail: Trail, at: At, target: ast.AST, line: str, around: ast.AST) -> None:
    if not isinstance(target, ast.Name):
        trail.escape(at, "line")
        return
    trail.stream.loops.append((At(at.module, around), line))
    reads(trail, at.module, target, line if line == "sse" else "line")
