"""What an expression can be: the expressions that its names, attributes and calls were given in the repository."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from migrate.clients.python.code.at import At
from migrate.clients.python.code.callers import made
from migrate.clients.python.code.module import Module, replaced
from migrate.clients.python.code.scopes import Binding, Function, copied, default_of, is_none, name_of

if TYPE_CHECKING:
    from migrate.clients.python.code.project import Project

MANAGED = ("closing", "nullcontext", "enter_context", "enter_async_context")  # they give what they are given
DEPTH = 8  # how many assignments, imports and parameters a value is followed through


def candidates(project: Project, at: At, depth: int, callers: bool) -> list[At]:
    """The last expressions that are reached, each once; the expression itself where nothing tells more."""
    return list(dict.fromkeys(_Steps(project, callers).ends(at, depth, set()))) or [at]


class _Steps:
    """One search. With `callers` a parameter is also what its callers in the repository pass."""

    def __init__(self, project: Project, callers: bool) -> None:
        self.project, self.callers = project, callers

    def ends(self, at: At, depth: int, seen: set[At]) -> list[At]:
        seen.add(at)
        found: list[At] = []
        known = False
        for step in self._step(at, seen) if depth else ():
            known = known or step in seen
            if step not in seen:
                found += self.ends(step, depth - 1, seen)
        return found or ([] if known else [at])

    def _step(self, at: At, seen: set[At]) -> Iterator[At]:
        module, node = at.module, at.node
        if isinstance(node, ast.Await | ast.NamedExpr):
            yield At(module, node.value)
        elif isinstance(node, ast.Name):
            yield from self._name(module, node)
        elif isinstance(node, ast.Attribute):
            yield from self._attribute(module, node)
        elif isinstance(node, ast.BoolOp):
            yield from (At(module, one) for one in node.values if one is node.values[-1] or not is_none(one))
        elif isinstance(node, ast.IfExp):
            yield from (At(module, node.body), At(module, node.orelse))
        elif isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            yield from self._held(At(module, node.value), node.slice, seen)
        elif (original := _other(node)) is not None:
            yield At(module, original)
        elif isinstance(node, ast.Call):
            if name_of(node.func) in MANAGED and len(node.args) == 1:
                yield At(module, node.args[0])
            if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
                yield from self._held(At(module, node.func.value), node.args[0], seen)
                yield from (At(module, one) for one in node.args[1:] if isinstance(one, ast.Dict | ast.Subscript))
            yield from self._results(At(module, node.func))

    def _held(self, holder: At, key: ast.expr, seen: set[At]) -> Iterator[At]:
        """What a dict display holds under a key; under one that is not told, any of the dicts in it."""
        for one in self.ends(holder, DEPTH, seen) if holder not in seen else []:
            yield from _items(one, key.value if isinstance(key, ast.Constant) else None)

    def _attribute(self, module: Module, node: ast.Attribute) -> Iterator[At]:
        dotted = module.dotted(node)
        imported = list(self._imported(module, dotted)) if dotted else []
        yield from imported
        if imported:
            return
        if member := self._enumerated(module, node):
            yield member
        elif owner := self.project.owner(At(module, node.value)):
            heirs = self.project.heirs(owner) if getattr(node.value, "id", "") in ("self", "cls") else []
            given = [value for heir in heirs for value in self.project.declared(heir, node.attr)]
            yield from given
            if not given or made(self.project, [owner]):
                yield from self.project.members(owner, node.attr)

    def _enumerated(self, module: Module, node: ast.Attribute) -> At | None:
        """The value of a class's constant that an expression names: `Route.GENERATE`, `Route.GENERATE.value`."""
        named = node.value if node.attr == "value" and isinstance(node.value, ast.Attribute) else node
        owner = self.project.definition(At(module, named.value))
        if owner is None or not isinstance(owner.node, ast.ClassDef):
            return None
        values = self.project.index.members(owner.node).get(named.attr, ())
        return At(owner.module, values[0]) if len(values) == 1 else None

    def _name(self, module: Module, node: ast.Name) -> Iterator[At]:
        bound = module.reaching(node)
        for binding in bound:
            if not replaced(module, binding, bound):
                yield from self._binding(module, binding)
        if not bound and (dotted := module.dotted(node)):
            yield from self._imported(module, dotted)

    def _results(self, function: At) -> Iterator[At]:
        """What a function of the repository returns."""
        found = self.project.definition(function)
        if found is None or not isinstance(found.node, Function):
            return
        owner = found.module.parents.get(found.node)
        heirs = self.project.heirs(At(found.module, owner)) if isinstance(owner, ast.ClassDef) else []
        overriding = [(one.module, self.project.index.methods(one.node).get(found.node.name)) for one in heirs]
        for module, method in ((found.module, found.node), *overriding):
            yield from (At(module, one) for one in self.project.index.returns(method)) if method else ()

    def _binding(self, module: Module, binding: Binding) -> Iterator[At]:
        if binding.value is not None:
            yield At(module, binding.value)
        elif binding.kind == "other" and isinstance(binding.target, ast.Name):
            around = module.parents[binding.target]
            merged = isinstance(around, ast.AugAssign) and isinstance(around.op, ast.BitOr)
            yield from (one for earlier in module.reaching(binding.target) if merged
                        for one in self._binding(module, earlier))  # fmt: skip
        elif binding.kind in ("loop", "comprehension"):
            yield from self._elements(module, binding.target)
        elif isinstance(binding.target, ast.arg):
            yield At(module, binding.target)
        if self.callers and isinstance(binding.target, ast.arg):
            yield from self.project.passed(module, binding.target)

    def _elements(self, module: Module, target: ast.AST) -> Iterator[At]:
        """What the name of a loop over a display can be, also over the values of a dict display."""
        around = module.parents[target]
        loop, several = (module.parents[around], around.elts) if isinstance(around, ast.Tuple) else (around, [])
        place = next((index for index, one in enumerate(several) if one is target), -1)
        if not isinstance(loop, ast.For | ast.comprehension):
            return
        called = loop.iter.func if isinstance(loop.iter, ast.Call) and not loop.iter.args else None
        given, method = loop.iter, ""
        if isinstance(called, ast.Attribute):
            given, method = called.value, called.attr
        for held in self.project.values(At(module, given), DEPTH - 1, self.callers):
            if isinstance(held.node, ast.Dict) and (method, place) in (("items", 1), ("values", -1)):
                yield from _items(held, None)
            elif isinstance(held.node, ast.Tuple | ast.List) and not method:
                rows = (vars(one).get("elts", []) if place >= 0 else [one] for one in held.node.elts)
                yield from (At(held.module, row[max(place, 0)]) for row in rows if len(row) > max(place, 0))

    def _imported(self, module: Module, dotted: str) -> Iterator[At]:
        found = self.project.find(module, dotted)
        if found and len(found[1]) == 1:
            for binding in found[0].bindings.get((found[0].tree, found[1][0]), []):
                yield from _Steps(self.project, callers=False)._binding(found[0], binding)


def _other(node: ast.AST) -> ast.expr | None:
    """The expression that has the value: what is copied, or a field's default."""
    return copied(node) or (default_of(node) if isinstance(node, ast.Call) else None)


def _items(holder: At, key: object) -> Iterator[At]:
    """What a dict display holds under a key; without one, the dicts that it holds."""
    if isinstance(holder.node, ast.Dict):
        for name, item in zip(holder.node.keys, holder.node.values, strict=True):
            if (key is None and isinstance(item, ast.Dict)) or (isinstance(name, ast.Constant) and name.value == key):
                yield At(holder.module, item)
