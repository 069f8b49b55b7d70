"""The Python modules of a repository together: definitions, what an expression can be, who calls a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from migrate.clients.python.at import At
from migrate.clients.python.callers import made, naming
from migrate.clients.python.index import Index
from migrate.clients.python.module import Module, replaced
from migrate.clients.python.scopes import (
    PROPERTIES,
    Binding,
    Function,
    argument,
    copied,
    decorators,
    default_of,
    is_none,
)

if TYPE_CHECKING:
    from migrate.clients.python.configured import Outside

__all__ = ["At", "Project"]
MANAGED = ("closing", "nullcontext", "enter_context", "enter_async_context")  # they give what they are given
DEPTH = 8  # how many assignments, imports and parameters a value is followed through


@dataclass
class Project:
    """`modules` are the parsed ones; `paths` all files of the repository, to know what an import can mean.

    `wrappers` are dotted names that rules mean although the repository itself may define them.
    """

    modules: list[Module]
    paths: frozenset[str] = field(default=frozenset())
    wrappers: frozenset[str] = field(default=frozenset())
    outside: Outside | None = field(default=None, repr=False)  # files that give settings their values
    shared: Index | None = field(default=None, repr=False)  # of the project that this is a view of
    only: dict[At, At] = field(default_factory=dict)  # functions that are looked at from one of their callers
    _owners: dict[At, At | None] = field(default_factory=dict, repr=False)
    texts: dict[At, list[Any]] = field(default_factory=dict, repr=False)  # what is known of texts already
    _own: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False)
    _heirs: dict[At, list[At]] = field(default_factory=dict, repr=False)
    _callers: dict[At, list[At]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for module in self.modules if self.shared is None else ():
            self._starred(module)

    def _starred(self, module: Module) -> None:
        """`from .constants import *` brings every public name of a module of the repository."""
        for dotted in module.stars:
            found = self._found(module, f"{dotted}.*")
            if found is not None and found[1] == ["*"]:
                for name in found[0].public:
                    module.imports.setdefault(name, f"{dotted}.{name}")

    @cached_property
    def index(self) -> Index:
        return self.shared or Index(self.modules)

    def seen_from(self, function: At, caller: At) -> Project:
        """The same project, in which a function has one caller."""
        only = {**self.only, function: caller}
        return replace(self, shared=self.index, only=only, texts={}, _callers={})

    def find(self, module: Module, dotted: str) -> tuple[Module, list[str]] | None:
        """The repository's module that an import names, through re-exports, and what is left of the name."""
        found = self._found(module, dotted)
        for _ in range(DEPTH):
            if found is None or not found[1] or found[1][0] not in found[0].imports:
                break
            name, *rest = found[1]
            if name in found[0].defined or (found[0].tree, name) in found[0].bindings:
                break
            again = self._found(found[0], ".".join([found[0].imports[name], *rest]))
            if again is None:
                break
            found = again
        return found

    def _found(self, module: Module, dotted: str) -> tuple[Module, list[str]] | None:
        parts = dotted.split(".")
        package = module.name.split(".")[:-1]
        homes = [package[:length] for length in range(len(package), -1, -1)]
        for count in range(len(parts), 0, -1):
            for home in [*homes, ["src"]]:
                found = self.index.by_name.get(".".join([*home, *parts[:count]]))
                if found is not None and found is not module:
                    return found, parts[count:]
        return None

    def own(self, module: Module, dotted: str) -> bool:
        """Whether the repository itself has the module that an import names, so that no library is meant."""
        top = dotted.split(".", maxsplit=1)[0]
        folder = module.path.rpartition("/")[0]
        if (folder, top) not in self._own:
            here = PurePosixPath(folder)
            homes = [here, *here.parents, PurePosixPath("src")]
            names = (f"{top}.py", f"{top}/__init__.py")
            self._own[folder, top] = any((home / name).as_posix() in self.paths for home in homes for name in names)
        return self._own[folder, top]

    def foreign(self, module: Module, node: ast.expr) -> str | None:
        """The dotted name of a library's thing, or None where the repository's own modules are meant."""
        dotted = module.dotted(node)
        return None if dotted is None or (dotted not in self.wrappers and self.own(module, dotted)) else dotted

    def imported(self, module: Module) -> list[Module]:
        """The repository's modules that a module imports something from."""
        found = [self.find(module, dotted) for dotted in module.imports.values()]
        return list({id(one[0]): one[0] for one in found if one}.values())

    def importing(self, module: Module) -> list[Module]:
        """The repository's modules that import something from a module."""
        if self.index.importers is None:
            self.index.importers = {}
            for one in self.modules:
                for other in self.imported(one):
                    self.index.importers.setdefault(id(other), []).append(one)
        return self.index.importers.get(id(module), [])

    # --- definitions ---

    def definition(self, at: At) -> At | None:
        """The function or class of the repository that an expression names."""
        module, node = at.module, at.node
        if isinstance(node, ast.Name):
            local = [
                one for one in module.defined.get(node.id, ()) if not isinstance(module.parents[one], ast.ClassDef)
            ]
            if local:
                return At(module, local[-1])
        if isinstance(node, ast.Name | ast.Attribute) and (dotted := module.dotted(node)):
            found = self.find(module, dotted)
            if found and len(found[1]) == 1:
                one = next(
                    (n for n in found[0].tree.body if isinstance(n, Function | ast.ClassDef) and n.name == found[1][0]),
                    None,
                )
                return At(found[0], one) if one else None
        if isinstance(node, ast.Attribute) and (owner := self.owner(At(module, node.value))):
            for above in self.lineage(owner):
                if method := self.index.methods(above.node).get(node.attr):
                    return At(above.module, method)
        return None

    def lineage(self, owner: At) -> list[At]:
        """A class of the repository and those of its bases that are the repository's, too, nearest first."""
        found = [owner]
        for one in found:
            for base in getattr(one.node, "bases", ()):
                above = self.definition(At(one.module, base))
                if above is not None and isinstance(above.node, ast.ClassDef) and above not in found:
                    found.append(above)
        return found

    def owner(self, at: At) -> At | None:
        """The class of the repository whose instance an expression is; None too while that is being asked already."""
        if at not in self._owners:
            self._owners[at] = None
            self._owners[at] = self._owner(at)
        return self._owners[at]

    def _owner(self, at: At) -> At | None:
        module, node = at.module, at.node
        if isinstance(node, ast.Name) and node.id in ("self", "cls"):
            around = module.around(node, ast.ClassDef)
            return At(module, around) if around else None
        if isinstance(node, ast.Name) and (named := self.definition(at)) and isinstance(named.node, ast.ClassDef):
            return named
        for value in self.values(At(module, node)):
            if isinstance(value.node, ast.Call):
                found = self.definition(At(value.module, value.node.func))
                if found and isinstance(found.node, ast.ClassDef):
                    return found
            if isinstance(value.node, ast.arg) and (found := self._annotated(At(value.module, value.node))):
                return found
        bound = module.bound(node) if isinstance(node, ast.Name) else []
        return next((found for one in bound if (found := self._annotated(At(module, one.target)))), None)

    def _annotated(self, at: At) -> At | None:
        """The class of the repository that a parameter's annotation names, also as `C | None`, `Optional[C]`."""
        annotation = at.node.annotation if isinstance(at.node, ast.arg) else None
        if annotation is None:
            return None
        for one in ast.walk(annotation):
            found = self.definition(At(at.module, one)) if isinstance(one, ast.Name | ast.Attribute) else None
            if found and isinstance(found.node, ast.ClassDef):
                optional = isinstance(annotation, ast.BinOp | ast.Name | ast.Attribute)
                return found if optional or "Optional[" in ast.unparse(annotation) else None
        return None

    def heirs(self, owner: At) -> list[At]:
        """The classes of the repository that are made from a class."""
        if owner not in self._heirs:
            modules = self.index.mentioning(getattr(owner.node, "name", ""))
            classes = [At(module, node) for module in modules for node in module.classes if node.bases]
            self._heirs[owner] = [one for one in classes if one != owner and owner in self.lineage(one)]
        return self._heirs[owner]

    # --- values ---

    def values(self, at: At, depth: int = DEPTH, callers: bool = False) -> list[At]:
        """What an expression can be: the expressions its names were given; itself where nothing tells more.

        With `callers` a parameter is also what its callers in the repository pass.
        """
        return list(dict.fromkeys(self._values(at, depth, callers, set()))) or [at]

    def _values(self, at: At, depth: int, callers: bool, seen: set[At]) -> list[At]:
        seen.add(at)
        found: list[At] = []
        known = False
        for step in self._step(at, callers, seen) if depth else ():
            known = known or step in seen
            if step not in seen:
                found += self._values(step, depth - 1, callers, seen)
        return found or ([] if known else [at])

    def _step(self, at: At, callers: bool, seen: set[At]) -> Iterator[At]:
        module, node = at.module, at.node
        if isinstance(node, ast.Await | ast.NamedExpr):
            yield At(module, node.value)
        elif isinstance(node, ast.Name):
            yield from self._name(module, node, callers)
        elif isinstance(node, ast.Attribute):
            yield from self._attribute(module, node)
        elif isinstance(node, ast.BoolOp):
            yield from (At(module, one) for one in node.values if one is node.values[-1] or not is_none(one))
        elif isinstance(node, ast.IfExp):
            yield from (At(module, node.body), At(module, node.orelse))
        elif isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            yield from self._held(At(module, node.value), node.slice, callers, seen)
        elif (original := _other(node)) is not None:
            yield At(module, original)
        elif isinstance(node, ast.Call):
            if getattr(node.func, "attr", getattr(node.func, "id", "")) in MANAGED and len(node.args) == 1:
                yield At(module, node.args[0])
            if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
                yield from self._held(At(module, node.func.value), node.args[0], callers, seen)
                yield from (At(module, one) for one in node.args[1:] if isinstance(one, ast.Dict | ast.Subscript))
            yield from self._results(At(module, node.func))

    def _held(self, holder: At, key: ast.expr, callers: bool, seen: set[At]) -> Iterator[At]:
        """What a dict display holds under a key; under one that is not told, any of the dicts in it."""
        for one in self._values(holder, DEPTH, callers, seen) if holder not in seen else []:
            yield from _items(one, key.value if isinstance(key, ast.Constant) else None)

    def _attribute(self, module: Module, node: ast.Attribute) -> Iterator[At]:
        dotted = module.dotted(node)
        imported = list(self._imported(module, dotted)) if dotted else []
        yield from imported
        if imported:
            return
        if member := self._enumerated(module, node):
            yield member
        elif owner := self.owner(At(module, node.value)):
            heirs = self.heirs(owner) if getattr(node.value, "id", "") in ("self", "cls") else []
            given = [value for heir in heirs for value in self._own_members(heir, node.attr)]
            yield from given
            if not given or made(self, [owner]):
                yield from self.members(owner, node.attr)

    def _enumerated(self, module: Module, node: ast.Attribute) -> At | None:
        """The value of a class's constant that an expression names: `Route.GENERATE`, `Route.GENERATE.value`."""
        named = node.value if node.attr == "value" and isinstance(node.value, ast.Attribute) else node
        owner = self.definition(At(module, named.value))
        if owner is None or not isinstance(owner.node, ast.ClassDef):
            return None
        values = self.index.members(owner.node).get(named.attr, ())
        return At(owner.module, values[0]) if len(values) == 1 else None

    def _name(self, module: Module, node: ast.Name, callers: bool) -> Iterator[At]:
        bound = module.reaching(node)
        for binding in bound:
            if not replaced(module, binding, bound):
                yield from self._binding(module, binding, callers)
        if not bound and (dotted := module.dotted(node)):
            yield from self._imported(module, dotted)

    def _results(self, function: At) -> Iterator[At]:
        """What a function of the repository returns."""
        found = self.definition(function)
        if found is None or not isinstance(found.node, Function):
            return
        owner = found.module.parents.get(found.node)
        heirs = self.heirs(At(found.module, owner)) if isinstance(owner, ast.ClassDef) else []
        overriding = [(one.module, self.index.methods(one.node).get(found.node.name)) for one in heirs]
        for module, method in ((found.module, found.node), *overriding):
            yield from (At(module, one) for one in self.index.returns(method)) if method else ()

    def _binding(self, module: Module, binding: Binding, callers: bool) -> Iterator[At]:
        if binding.value is not None:
            yield At(module, binding.value)
        elif binding.kind == "other" and isinstance(binding.target, ast.Name):
            around = module.parents[binding.target]
            merged = isinstance(around, ast.AugAssign) and isinstance(around.op, ast.BitOr)
            yield from (one for earlier in module.reaching(binding.target) if merged
                        for one in self._binding(module, earlier, callers))  # fmt: skip
        elif binding.kind in ("loop", "comprehension"):
            yield from self._elements(module, binding.target, callers)
        elif isinstance(binding.target, ast.arg):
            yield At(module, binding.target)
        if callers and isinstance(binding.target, ast.arg):
            yield from self.passed(module, binding.target)

    def _elements(self, module: Module, target: ast.AST, callers: bool) -> Iterator[At]:
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
        for held in self.values(At(module, given), DEPTH - 1, callers):
            if isinstance(held.node, ast.Dict) and (method, place) in (("items", 1), ("values", -1)):
                yield from _items(held, None)
            elif isinstance(held.node, ast.Tuple | ast.List) and not method:
                rows = (vars(one).get("elts", []) if place >= 0 else [one] for one in held.node.elts)
                yield from (At(held.module, row[max(place, 0)]) for row in rows if len(row) > max(place, 0))

    def _imported(self, module: Module, dotted: str) -> Iterator[At]:
        found = self.find(module, dotted)
        if found and len(found[1]) == 1:
            for binding in found[0].bindings.get((found[0].tree, found[1][0]), []):
                yield from self._binding(found[0], binding, False)

    def members(self, owner: At, name: str) -> Iterator[At]:
        """The values that a class, or the nearest of its bases, gives an attribute; and those that heirs give it."""
        values = (self._own_members(one, name) for one in self.lineage(owner))
        yield from next((found for found in values if found), [])
        for heir in self.heirs(owner):
            yield from self._own_members(heir, name)

    def _own_members(self, owner: At, name: str) -> list[At]:
        values = list(self.index.members(owner.node).get(name, ()))
        method = self.index.methods(owner.node).get(name)
        if method is not None and decorators(method) & PROPERTIES:
            values += self.index.returns(method)
        return [At(owner.module, value) for value in values]

    # --- calls ---

    def callers(self, function: At) -> list[At]:
        """Every place that names the function: the call where it is called, else the bare name."""
        if function in self.only:
            return [self.only[function]]
        if function not in self._callers:
            self._callers[function] = []
            self._callers[function] = naming(self, function)
        return self._callers[function]

    def passed(self, module: Module, parameter: ast.arg) -> list[At]:
        """What the callers in the repository pass for a parameter; the parameter itself where one cannot be read."""
        function = module.around(parameter, ast.FunctionDef, ast.AsyncFunctionDef)
        if not isinstance(function, Function):
            return []
        found = []
        for caller in self.callers(At(module, function)):
            if isinstance(caller.node, ast.Call):
                given = argument(
                    caller.node, function, parameter.arg, isinstance(module.parents.get(function), ast.ClassDef)
                )
                if given is not None:
                    found.append(At(caller.module, given))
            elif isinstance(around := caller.module.parents.get(caller.node), ast.Call) and caller.node in around.args:
                keywords = [one.value for one in around.keywords if one.arg == parameter.arg]
                found += [At(caller.module, one) for one in keywords]  # of `partial`, or of what calls it
        return found


def _other(node: ast.AST) -> ast.expr | None:
    """The expression that has the value: what is copied, or a field's default."""
    return copied(node) or (default_of(node) if isinstance(node, ast.Call) else None)


def _items(holder: At, key: object) -> Iterator[At]:
    """What a dict display holds under a key; without one, the dicts that it holds."""
    if isinstance(holder.node, ast.Dict):
        for name, item in zip(holder.node.keys, holder.node.values, strict=True):
            if (key is None and isinstance(item, ast.Dict)) or (isinstance(name, ast.Constant) and name.value == key):
                yield At(holder.module, item)
