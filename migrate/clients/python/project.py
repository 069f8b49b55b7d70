"""The Python modules of a repository together: definitions, what an expression can be, who calls a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from migrate.clients.python.index import Index
from migrate.clients.python.module import Module, replaced
from migrate.clients.python.scopes import PROPERTIES, Binding, Function, argument, copied, decorators, is_none

DEPTH = 8  # how many assignments, imports and parameters a value is followed through


@dataclass(frozen=True)
class At:
    """A node with the module it stands in."""

    module: Module
    node: ast.AST

    def __hash__(self) -> int:
        return id(self.node)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, At) and other.node is self.node


@dataclass
class Project:
    """`modules` are the parsed ones; `paths` all files of the repository, to know what an import can mean.

    `wrappers` are dotted names that rules mean although the repository itself may define them.
    """

    modules: list[Module]
    paths: frozenset[str] = field(default=frozenset())
    wrappers: frozenset[str] = field(default=frozenset())
    shared: Index | None = field(default=None, repr=False)  # of the project that this is a view of
    only: dict[At, At] = field(default_factory=dict)  # functions that are looked at from one of their callers
    _owners: dict[At, At | None] = field(default_factory=dict, repr=False)
    texts: dict[At, list[Any]] = field(default_factory=dict, repr=False)  # what is known of texts already
    _own: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False)
    _callers: dict[At, list[At]] = field(default_factory=dict, repr=False)

    @cached_property
    def index(self) -> Index:
        return self.shared or Index(self.modules)

    def seen_from(self, function: At, caller: At) -> Project:
        """The same project, in which a function has one caller."""
        only = {**self.only, function: caller}
        return Project(self.modules, self.paths, self.wrappers, self.index, only, self._owners, _own=self._own)

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
            method = self.index.methods(owner.node).get(node.attr)
            return At(owner.module, method) if method else None
        return None

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
            if isinstance(value.node, ast.arg) and value.node.annotation is not None:
                found = self.definition(At(value.module, value.node.annotation))
                if found and isinstance(found.node, ast.ClassDef):
                    return found
        return None

    # --- values ---

    def values(self, at: At, depth: int = DEPTH, callers: bool = False) -> list[At]:
        """What an expression can be: the expressions its names were given; itself where nothing tells more.

        With `callers` a parameter is also what its callers in the repository pass.
        """
        return list(dict.fromkeys(self._values(at, depth, callers, set())))

    def _values(self, at: At, depth: int, callers: bool, seen: set[At]) -> list[At]:
        seen.add(at)
        found: list[At] = []
        for step in self._step(at, callers, seen) if depth else ():
            if step not in seen:
                found += self._values(step, depth - 1, callers, seen)
        return found or [at]

    def _step(self, at: At, callers: bool, seen: set[At]) -> Iterator[At]:
        module, node = at.module, at.node
        if isinstance(node, ast.Await | ast.NamedExpr):
            yield At(module, node.value)
        elif isinstance(node, ast.Name):
            yield from self._name(module, node, callers)
        elif isinstance(node, ast.Attribute):
            dotted = module.dotted(node)
            imported = list(self._imported(module, dotted)) if dotted else []
            yield from imported
            if not imported and (owner := self.owner(At(module, node.value))):
                yield from self.members(owner, node.attr)
        elif isinstance(node, ast.BoolOp):
            yield from (At(module, one) for one in node.values if one is node.values[-1] or not is_none(one))
        elif isinstance(node, ast.IfExp):
            yield from (At(module, node.body), At(module, node.orelse))
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            holder = At(module, node.value)
            held = self._values(holder, DEPTH, callers, seen) if holder not in seen else []
            yield from (item for one in held for item in _items(one, node.slice.value))
        elif isinstance(node, ast.Call) and (original := copied(node)) is not None:
            yield At(module, original)
        elif isinstance(node, ast.Call):
            yield from self._results(At(module, node.func))

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
        if found is not None and isinstance(found.node, Function):
            yield from (At(found.module, one) for one in self.index.returns(found.node))

    def _binding(self, module: Module, binding: Binding, callers: bool) -> Iterator[At]:
        if binding.value is not None:
            yield At(module, binding.value)
        elif isinstance(binding.target, ast.arg):
            yield At(module, binding.target)
        if callers and isinstance(binding.target, ast.arg):
            yield from self.passed(module, binding.target)

    def _imported(self, module: Module, dotted: str) -> Iterator[At]:
        found = self.find(module, dotted)
        if found and len(found[1]) == 1:
            for binding in found[0].bindings.get((found[0].tree, found[1][0]), []):
                yield from self._binding(found[0], binding, False)

    def members(self, owner: At, name: str) -> Iterator[At]:
        """The values that a class gives an attribute of its instances."""
        yield from (At(owner.module, value) for value in self.index.members(owner.node).get(name, ()))
        method = self.index.methods(owner.node).get(name)
        if method is not None and decorators(method) & PROPERTIES:
            yield from (At(owner.module, one) for one in self.index.returns(method))

    # --- calls ---

    def callers(self, function: At) -> list[At]:
        """Every place that names the function: the call where it is called, else the bare name."""
        if function in self.only:
            return [self.only[function]]
        if function not in self._callers:
            self._callers[function] = []
            self._callers[function] = self._naming(function)
        return self._callers[function]

    def _naming(self, function: At) -> list[At]:
        node = function.node
        if not isinstance(node, Function):
            return []
        parent = function.module.parents.get(node)
        name = node.name
        if isinstance(parent, ast.ClassDef) and name in ("__init__", "__call__"):
            return self._instances(At(function.module, parent), name == "__call__")
        found: list[At] = []
        for module in self.index.mentioning(name):
            names: list[ast.expr] = [*module.loads.get(name, []), *module.attributes.get(name, [])]
            for alias, dotted in module.imports.items():
                if alias != name and dotted.split(".")[-1] == name:
                    names += module.loads.get(alias, [])
            for one in names:
                target = self.definition(At(module, one))
                if target == function or (
                    target is None and isinstance(parent, ast.ClassDef) and self._may_be(module, one)
                ):
                    call = module.parents.get(one)
                    found.append(At(module, call if isinstance(call, ast.Call) and call.func is one else one))
        return found

    def _may_be(self, module: Module, node: ast.expr) -> bool:
        """Whether the receiver of a method is unknown, so that it may be any class's."""
        if not isinstance(node, ast.Attribute):
            return False
        values = self.values(At(module, node.value))
        return all(_untold(value.node) for value in values)

    def _instances(self, owner: At, called: bool) -> list[At]:
        """Every place that makes an instance of the class; with `called`, that calls an instance."""
        assert isinstance(owner.node, ast.ClassDef)
        found = []
        for module in self.modules if called else self.index.mentioning(owner.node.name):
            for call in module.calls if called else module.calling(owner.node.name):
                made = self.definition(At(module, call.func)) == owner
                instance = not made and not isinstance(call.func, ast.Attribute)
                if made and not called:
                    found.append(At(module, call))
                if called and instance and self.owner(At(module, call.func)) == owner:
                    found.append(At(module, call))
        return found

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
        return found


TAKES = ("next", "choice", "get", "pop", "popleft", "get_nowait", "setdefault", "min", "max")


def _untold(node: ast.AST) -> bool:
    """Whether a value may be an instance of any class; also what is taken out of a container."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in TAKES
    return not isinstance(node, ast.Constant | ast.Dict | ast.List)


def _items(holder: At, key: object) -> Iterator[At]:
    """What a dict display holds under a key."""
    if isinstance(holder.node, ast.Dict):
        for name, item in zip(holder.node.keys, holder.node.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == key:
                yield At(holder.module, item)
