"""One Python text by its names: functions, calls, imports, and the bindings that a read of a name may see."""

from __future__ import annotations

import ast
import builtins
from functools import cached_property
from pathlib import PurePosixPath

from migrate.clients.python.code.parsed import Parsed
from migrate.clients.python.code.scopes import Binding, Function, Scope, bound, is_none, name_of, parameters
from migrate.repository import Repository
from migrate.source import Fragment, Source


class Module(Parsed):
    """A text of the repository, with tables that are made when they are first asked for."""

    @classmethod
    def of(cls, source: Source, repository: Repository) -> Module:
        """The module of a whole file, parsed once for all who ask.

        Raises:
            SyntaxError: see `parse`.
        """
        return repository.once(
            f"python.module:{source.path}", lambda _: cls.parse(Fragment.whole(source), dotted(source.path))
        )

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in self.nodes if isinstance(node, Function)]

    @cached_property
    def defined(self) -> dict[str, list[Function | ast.ClassDef]]:
        """Functions and classes by name, in no particular order."""
        found: dict[str, list[Function | ast.ClassDef]] = {}
        for node in self.nodes:
            if isinstance(node, Function | ast.ClassDef):
                found.setdefault(node.name, []).append(node)
        return found

    @cached_property
    def classes(self) -> list[ast.ClassDef]:
        return [node for node in self.nodes if isinstance(node, ast.ClassDef)]

    @cached_property
    def calls(self) -> list[ast.Call]:
        return [node for node in self.nodes if isinstance(node, ast.Call)]

    @cached_property
    def _called(self) -> dict[str, list[ast.Call]]:
        found: dict[str, list[ast.Call]] = {}
        for call in self.calls:
            name = name_of(call.func)
            found.setdefault(name, []).append(call)
        return found

    def calling(self, name: str) -> list[ast.Call]:
        """The calls of a thing of this name, under every name that an import gives it."""
        aliases = [alias for alias, dotted in self.imports.items() if dotted.split(".")[-1] == name and alias != name]
        return [call for one in (name, *aliases) for call in self._called.get(one, ())]

    @cached_property
    def loads(self) -> dict[str, list[ast.Name]]:
        """Every read of a plain name."""
        found: dict[str, list[ast.Name]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.setdefault(node.id, []).append(node)
        return found

    @cached_property
    def attributes(self) -> dict[str, list[ast.Attribute]]:
        """Every attribute by its name."""
        found: dict[str, list[ast.Attribute]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Attribute):
                found.setdefault(node.attr, []).append(node)
        return found

    @cached_property
    def imports(self) -> dict[str, str]:
        """What a name stands for, as a dotted name, for every import in the text."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{base}.{alias.name}" if base else alias.name
        return found

    @cached_property
    def stars(self) -> list[str]:
        """The modules that `import *` takes everything from, as dotted names."""
        froms = [node for node in self.nodes if isinstance(node, ast.ImportFrom)]
        return [self._base(node) for node in froms if node.names[0].name == "*"]

    @property
    def public(self) -> set[str]:
        """The names at the top of the text that `import *` brings elsewhere."""
        own = {name for scope, name in self.bindings if scope is self.tree}
        own |= {name for name, nodes in self.defined.items() if any(one in self.tree.body for one in nodes)}
        return {name for name in own | self.imports.keys() if not name.startswith(("_", "*"))}

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        own = [*self.name.split("."), ""] if self.path.endswith("__init__.py") else self.name.split(".")
        package = own[: -node.level]
        return ".".join([*package, *([node.module] if node.module else [])])

    def dotted(self, node: ast.expr) -> str | None:
        """The dotted name that an expression names through imports (`tg.Client` -> `text_generation.Client`)."""
        if isinstance(node, ast.Name):
            bound = self.bindings.get((self.tree, node.id), [])
            if node.id in self.imports and all(self._stands_in(binding) for binding in bound):
                return self.imports[node.id]
            return None
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return f"{base}.{node.attr}" if base else None
        return None

    def _stands_in(self, binding: Binding) -> bool:
        """Whether a name is given None, or `Exception` where the import fails, in place of what it imports."""
        name = getattr(binding.value, "id", "")
        failed = self.around(binding.target, ast.ExceptHandler) is not None
        raised = isinstance(found := getattr(builtins, name, None), type) and issubclass(found, BaseException)
        return binding.kind == "assign" and (is_none(binding.value) or (failed and raised))

    @cached_property
    def bindings(self) -> dict[tuple[Scope, str], list[Binding]]:
        """By scope and name, in the order of the text."""
        found: dict[tuple[Scope, str], list[Binding]] = {}
        for node in self.nodes:
            for target, value, kind in bound(node):
                if isinstance(target, ast.Name):
                    found.setdefault((self.scope(target), target.id), []).append(Binding(target, value, kind))
        for function in [*self.functions, *(n for n in self.nodes if isinstance(n, ast.Lambda))]:
            for arg, default in parameters(function):
                found.setdefault((function, arg.arg), []).append(Binding(arg, default, "parameter"))
        for bindings in found.values():
            bindings.sort(key=lambda binding: self.span(binding.target))
        return found

    def bound(self, name: ast.Name) -> list[Binding]:
        """The bindings a read of a name may see: those of the nearest scope that has any."""
        scope: Scope | None = self.scope(name)
        first = True
        while scope is not None:
            if (first or not isinstance(scope, ast.ClassDef)) and (scope, name.id) in self.bindings:
                return self.bindings[scope, name.id]
            first = False
            scope = None if isinstance(scope, ast.Module) else self.scope(scope)
        return []

    def reaching(self, name: ast.Name) -> list[Binding]:
        """The bindings whose value a name can have at this place: the last certain one and those after it."""
        bindings = [binding for binding in self.bound(name) if binding.target is not name]
        if len(bindings) < 2 or self.scope(bindings[0].target) is not self.scope(name):
            return bindings
        found: list[Binding] = []
        for binding in reversed([one for one in bindings if self._visible(one, name)]):
            found.insert(0, binding)
            if self._certain(binding, name):
                break
        return found or bindings

    def _certain(self, binding: Binding, name: ast.Name) -> bool:
        """Whether the binding's statement has run whenever the name is reached."""
        if binding.kind != "assign":
            return True
        statement = self.statement(binding.target)
        around = set(map(id, [name, *self.up(name)]))
        blocks = [block for block in vars(self.parents[statement]).values() if isinstance(block, list)]
        return any(statement in block and any(id(one) in around for one in block) for block in blocks)

    def reads(self, target: ast.AST, identifier: str) -> list[ast.Name]:
        """The reads that see this binding: the last binding before them, or any where a loop or function is between."""
        seen = []
        for name in self.loads.get(identifier, []):
            bindings = self.bound(name)
            mine = next((binding for binding in bindings if binding.target is target), None)
            if mine is None:
                continue
            before = [binding for binding in bindings if self._visible(binding, name)]
            reaching = before[-1] if before else bindings[-1]
            if reaching is mine or (self.scope(name) is not self.scope(mine.target) and len(bindings) == 1):
                seen.append(name)
        return seen

    def _visible(self, binding: Binding, name: ast.Name) -> bool:
        """Whether the binding's value was there when the read happens, in the order of the text."""
        value = binding.value or getattr(self.parents.get(self.parents[binding.target]), "value", None)
        if binding.kind == "assign" and value is not None:
            start, end = self.span(value)
            if start <= self.span(name)[0] < end:
                return False
            return end <= self.span(name)[0]
        if binding.kind == "comprehension":
            return self.around(binding.target, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp) in list(
                self.up(name)
            )
        return self.span(binding.target)[0] <= self.span(name)[0]


def dotted(path: str) -> str:
    """The dotted name of a file in its repository."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def replaced(module: Module, binding: Binding, bound: list[Binding]) -> bool:
    """Whether a default of None never reaches the read: `if name is None: name = ...` stands before it."""
    if binding.kind != "parameter" or not is_none(binding.value):
        return False
    name = vars(binding.target)["arg"]
    for other in bound:
        around = module.around(other.target, ast.If) if other.kind == "assign" else None
        tested = ast.unparse(around.test) if isinstance(around, ast.If) else ""
        if tested in (f"{name} is None", f"not {name}"):
            return True
    return False
