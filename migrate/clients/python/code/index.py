"""What is looked up over and over in a project: modules by name and by what they mention, members of classes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from functools import cached_property

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.scopes import Function, bound, returns


class Index:
    """Built on demand, once for a project and for every view of it."""

    def __init__(self, modules: list[Module]) -> None:
        self.modules = modules
        self._methods: dict[ast.AST, dict[str, Function]] = {}
        self._returns: dict[ast.AST, list[ast.expr]] = {}
        self._members: dict[ast.AST, dict[str, list[ast.expr]]] = {}
        self._words: dict[int, list[str]] = {}
        self._choices: dict[int, list[frozenset[str]]] = {}
        self.importers: dict[int, list[Module]] | None = None

    @cached_property
    def by_name(self) -> dict[str, Module]:
        return {module.name: module for module in self.modules}

    @cached_property
    def _mentions(self) -> dict[str, list[Module]]:
        found: dict[str, list[Module]] = {}
        for module in self.modules:
            last = {dotted.rpartition(".")[2] for dotted in module.imports.values()}
            for name in {*module.loads, *module.attributes, *last}:
                found.setdefault(name, []).append(module)
        return found

    def mentioning(self, name: str) -> list[Module]:
        """The modules in which the name is read, or imported under another one."""
        return self._mentions.get(name, [])

    def words(self, module: Module, read: Callable[[Module], Iterable[str]]) -> list[str]:
        """The words of a module, which `read` finds the first time."""
        if id(module) not in self._words:
            self._words[id(module)] = list(read(module))
        return self._words[id(module)]

    def choices(self, module: Module, read: Callable[[Module], Iterable[frozenset[str]]]) -> list[frozenset[str]]:
        """The sets of names in a module between which it chooses, which `read` finds the first time."""
        if id(module) not in self._choices:
            self._choices[id(module)] = [names for names in read(module) if len(names) > 1]
        return self._choices[id(module)]

    def methods(self, owner: ast.AST) -> dict[str, Function]:
        """The functions inside of a class, the outermost of each name."""
        if owner not in self._methods:
            found: dict[str, Function] = {}
            for node in ast.walk(owner):
                if isinstance(node, Function):
                    found.setdefault(node.name, node)
            self._methods[owner] = found
        return self._methods[owner]

    def returns(self, function: Function) -> list[ast.expr]:
        """What a function returns; nothing for a generator."""
        if function not in self._returns:
            self._returns[function] = returns(function)
        return self._returns[function]

    def members(self, owner: ast.AST) -> dict[str, list[ast.expr]]:
        """The values that a class gives the attributes of its instances."""
        if owner not in self._members:
            self._members[owner] = _members(owner)
        return self._members[owner]


def _members(owner: ast.AST) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    own = getattr(owner, "body", [])
    for node in ast.walk(owner):
        for target, value, _ in bound(node) if isinstance(node, ast.Assign | ast.AnnAssign) else ():
            if value is None:
                continue
            if isinstance(target, ast.Name) and node in own:
                found.setdefault(target.id, []).append(value)
            elif isinstance(target, ast.Attribute) and getattr(target.value, "id", "") in ("self", "cls"):
                found.setdefault(target.attr, []).append(value)
    return found
