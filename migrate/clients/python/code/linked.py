"""The modules of a repository and what their imports name: one of them, or a library's thing."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from migrate.clients.python.code.index import Index
from migrate.clients.python.code.module import Module

REEXPORTS = 8  # how many modules a name is followed through that only hand it on


@dataclass
class Linked:
    """`modules` are the parsed ones; `paths` all files of the repository, to know what an import can mean.

    `wrappers` are dotted names that rules mean although the repository itself may define them.
    """

    modules: list[Module]
    paths: frozenset[str] = field(default=frozenset())
    wrappers: frozenset[str] = field(default=frozenset())
    shared: Index | None = field(default=None, repr=False, kw_only=True)  # of the project that this is a view of
    _own: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False, kw_only=True)

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

    def find(self, module: Module, dotted: str) -> tuple[Module, list[str]] | None:
        """The repository's module that an import names, through re-exports, and what is left of the name."""
        found = self._found(module, dotted)
        for _ in range(REEXPORTS):
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
