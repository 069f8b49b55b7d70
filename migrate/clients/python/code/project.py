"""The Python modules of a repository together: definitions, what an expression can be, who calls a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from migrate.clients.python.code.at import At
from migrate.clients.python.code.callers import naming
from migrate.clients.python.code.candidates import DEPTH, candidates
from migrate.clients.python.code.linked import Linked
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.scopes import PROPERTIES, Function, argument, decorators

if TYPE_CHECKING:
    from migrate.clients.python.code.configured import Outside

__all__ = ["At", "Project"]


@dataclass
class Project(Linked):
    """Linked modules with what is asked about them again and again, each answer kept."""

    outside: Outside | None = field(default=None, repr=False)  # files that give settings their values
    only: dict[At, At] = field(default_factory=dict)  # functions that are looked at from one of their callers
    texts: dict[At, list[Any]] = field(default_factory=dict, repr=False)  # what is known of texts already
    _owners: dict[At, At | None] = field(default_factory=dict, repr=False)
    _heirs: dict[At, list[At]] = field(default_factory=dict, repr=False)
    _callers: dict[At, list[At]] = field(default_factory=dict, repr=False)

    def seen_from(self, function: At, caller: At) -> Project:
        """The same project, in which a function has one caller."""
        only = {**self.only, function: caller}
        return replace(self, shared=self.index, only=only, texts={}, _callers={})

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
        return candidates(self, at, depth, callers)

    def members(self, owner: At, name: str) -> Iterator[At]:
        """The values that a class, or the nearest of its bases, gives an attribute; and those that heirs give it."""
        values = (self.declared(one, name) for one in self.lineage(owner))
        yield from next((found for found in values if found), [])
        for heir in self.heirs(owner):
            yield from self.declared(heir, name)

    def declared(self, owner: At, name: str) -> list[At]:
        """The values that a class itself gives an attribute, a property's among them."""
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
