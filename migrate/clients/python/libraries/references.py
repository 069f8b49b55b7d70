"""Names of a library in a module (its classes, annotations, exceptions, imports) and the packages they come from."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from migrate.clients.python.answers.exceptions import Exceptions, Swapped
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.answers.handlers import refused
from migrate.clients.python.answers.reach import reach
from migrate.clients.python.answers.statuses import coded
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.clients.python.edits.imports import tidy
from migrate.clients.python.edits.report import Group
from migrate.clients.python.libraries.types import Typed, annotated, typed
from migrate.clients.rules import Book
from migrate.dependencies import Need
from migrate.repository import Repository
from migrate.rulebook.constructors import ConstructorRule
from migrate.rulebook.model import as_list
from migrate.triggers import holds

REFUSAL = 'vLLM\'s refusals have another form: {"error": {"message": ..., "type": ...}}'


@dataclass
class Used:
    """What the groups of one module leave behind for its imports."""

    groups: list[Group] = field(default_factory=list)
    replaced: dict[int, set[int]] = field(default_factory=dict)  # by group: name nodes that go
    new: dict[int, set[str]] = field(default_factory=dict)
    libraries: set[str] = field(default_factory=set)


class References:
    """The names that groups replace, module by module; at the end the imports and packages follow."""

    def __init__(self, project: Project, book: Book) -> None:
        self.project, self.book = project, book
        self.exceptions = Exceptions(project, book.exceptions)
        words = book.members.get(("reason", "value"))
        self.words = words.words if words else {}
        self.gone: dict[int, set[str]] = {}
        self.used: dict[int, tuple[Module, Used]] = {}

    def replace(self, at: At, rule: ConstructorRule, group: Group, calls: Sequence[At]) -> None:
        """The class where it is called and where annotations name it, its exceptions. `calls`: those on its object."""
        becomes = rule.becomes
        if becomes == "same":
            return
        module = at.module
        used, replaced, new = self._used(module, group)
        new |= {dotted for dotted in rule.imports if _said(group, module, dotted.split(".")[-1])}
        if _taken(module, becomes):
            name = becomes.split(".")[-1]
            group.manual.append(
                (at, rule.id, f"{name} means another thing in this module: import {becomes} by another name")
            )
        names = set(rule.constructor)
        nodes = [*([at.node.func] if isinstance(at.node, ast.Call) else []), *annotated(self.project, module, names)]
        for node in nodes:
            old = self.project.foreign(module, node) or ""
            used.libraries.add(old.split(".")[0])
            start, end = module.span(node)
            if isinstance(node, ast.Attribute) and old.split(".")[0] == becomes.split(".")[0]:
                group.changes.replace(module, end - len(node.attr), end, becomes.split(".")[-1])
                continue
            group.changes.replace(module, start, end, becomes.split(".")[-1])
            replaced |= {id(one) for one in ast.walk(node)}
            new.add(becomes)
        self._tests(module, rule, group, used)
        self._patched(module, rule, group)
        reached = reach(self.project, calls)
        package = rule.constructor[0].split(".")[0]
        for other in self.project.modules:
            done = self.exceptions.swapped(other, module, reached, package)
            if done is not None:
                self._raised(other, done, group)
            touched = other is not module and id(other) in group.changes.modules
            if touched or other is module or other in self.project.importing(module):
                own = dict.fromkeys(rule.constructor, becomes) if touched else {}
                self._typed(other, own | rule.types, group)

    def _used(self, module: Module, group: Group) -> tuple[Used, set[int], set[str]]:
        """What groups leave behind in a module, and this group's part: the nodes that go, the names that come."""
        used = self.used.setdefault(id(module), (module, Used()))[1]
        if id(group) not in used.new:
            used.groups.append(group)
        return used, used.replaced.setdefault(id(group), set()), used.new.setdefault(id(group), set())

    def _tests(self, module: Module, rule: ConstructorRule, group: Group, used: Used) -> None:
        """`isinstance(x, Class)`: an object of the old class may be one of the new class now."""
        name = rule.becomes.split(".")[-1]
        for call in module.calls:
            if name_of(call.func) not in ("isinstance", "issubclass") or len(call.args) != 2:
                continue
            several = isinstance(call.args[1], ast.Tuple)
            for kind in call.args[1].elts if isinstance(call.args[1], ast.Tuple) else [call.args[1]]:
                if self.project.foreign(module, kind) in rule.constructor:
                    both = f"{module.text(kind)}, {name}" if several else f"({module.text(kind)}, {name})"
                    group.changes.replace(module, *module.span(kind), both if rule.shared else name)
                    used.new[id(group)].add(rule.becomes)
                    used.replaced[id(group)] |= set() if rule.shared else {id(one) for one in ast.walk(kind)}

    def _patched(self, module: Module, rule: ConstructorRule, group: Group) -> None:
        """Texts that name the class in its module, as tests do: `patch("app.llm.Class")`."""
        names = {dotted.rpartition(".")[2] for dotted in rule.constructor}
        for other in self.project.modules:
            for node in other.nodes:
                if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                    continue
                home, _, name = node.value.rpartition(".")
                if name in names and home and f".{module.name}".endswith(f".{home}"):
                    end = other.span(node)[1] - 1
                    if other.fragment.text[:end].endswith(f".{name}"):
                        group.changes.replace(other, end - len(name), end, rule.becomes.rpartition(".")[2])

    def _typed(self, module: Module, types: Mapping[str, str], group: Group) -> None:
        """The library's types in annotations, and the words of its enumeration."""
        done = typed(self.project, module, types, self.words)
        if done.gone:
            self._swapped(module, done, group)

    def _swapped(self, module: Module, done: Typed | Swapped, group: Group) -> None:
        """Names of the library that others take the place of."""
        used, replaced, new = self._used(module, group)
        group.changes.merge(done.changes)
        new |= done.new
        for node in done.gone:
            replaced |= {id(inner) for inner in ast.walk(node)}
            used.libraries.add((self.project.foreign(module, node) or "").split(".")[0])

    def _raised(self, module: Module, done: Swapped, group: Group) -> None:
        """The exceptions in a module, and the codes that their handlers compare."""
        self._swapped(module, done, group)
        group.notes += done.notes
        for handler in done.handlers:
            coded(self.project, module, handler, self.book.statuses, group)
            flow = Flow(self.project, self.book.members, {})
            refused(flow, module, handler)
            group.changes.merge(flow.changes)
            group.notes += [(place, "client/reply-unseen", REFUSAL) for place, _ in flow.escapes]

    # --- when it is settled which groups are written ---

    def imports(self) -> None:
        """Tidies the imports of every module."""
        for module, used in self.used.values():
            written = [group for group in used.groups if not group.manual]
            if not written:
                continue
            replaced = {node for group in written for node in used.replaced[id(group)]}
            replaced |= _overwritten(module, written)
            new = {dotted for group in written for dotted in used.new[id(group)]}
            if new:
                olds = {dotted: self._olds(dotted) for dotted in sorted(new)}
                self.gone[id(module)] = tidy(module, replaced, used.libraries, olds, written[0].changes)

    def _olds(self, dotted: str) -> set[str]:
        """The names that a new one takes the place of."""
        known = self.book.constructors
        found = {old for old, rule in known.items() if rule.becomes == dotted}
        found |= {old for one in known.values() if one.chat and one.chat.becomes == dotted for old in one.unless}
        return found | {old for old, rule in self.book.exceptions.items() if dotted in as_list(rule.becomes)}

    def written(self) -> list[tuple[Module, Group]]:
        """The groups that are written, by the modules whose names they replace."""
        return [(module, group) for module, used in self.used.values() for group in used.groups if not group.manual]

    def needs(self, repository: Repository) -> list[Need]:
        """What the written groups mean for the packages that a project names."""
        rules = {rule.id: rule for rule in self.book.constructors.values()}
        found = []
        for module, group in self.written():
            package = rules[group.rule].package
            if package:
                still = self._still(repository, package.old, group.rule)
                users = frozenset({module.path})
                stays = package.stays or _commanded(repository, package.commands)
                found.append(Need(package.old, package.new, group.id, users, still, stays))
        return found

    def _still(self, repository: Repository, package: str, rule: str) -> frozenset[str]:
        """The modules of the repository that go on importing the old package, or need it for what stays."""
        name = package.replace("-", "_")
        blocked = {
            module.path
            for module, used in self.used.values()
            if any(group.manual and group.rule == rule for group in used.groups)
        }
        imports = re.compile(rb"(?:^[ \t]*\"?|\\n)(?:from|import)[ \t]+" + name.encode() + rb"\b", re.MULTILINE)
        holding = {
            path
            for path in repository.paths
            if path.endswith((".py", ".ipynb")) and imports.search(repository.read(path))
        }
        gone = {module.path for module, _ in self.used.values() if name in self.gone.get(id(module), set())}
        return frozenset(blocked | (holding - gone))


def _commanded(repository: Repository, commands: Sequence[str]) -> bool:
    """Whether a text of the repository runs one of a package's commands."""
    names = [command.encode() for command in commands]
    return bool(names) and any(holds(repository.read(path), names) for path in repository.paths)


def _taken(module: Module, dotted: str) -> bool:
    """Whether a module gives the last part of a dotted name to something else."""
    name = dotted.rsplit(".", maxsplit=1)[-1]
    own = any(one in module.tree.body for one in module.defined.get(name, ())) or (module.tree, name) in module.bindings
    return module.imports.get(name, dotted) != dotted or (own and name not in module.imports)


def _said(group: Group, module: Module, name: str) -> bool:
    """Whether the group writes the name."""
    replaced = group.changes.replaced.get(id(module), {}).values()
    inserted = [text for texts in group.changes.before.get(id(module), {}).values() for _, text in texts]
    return any(re.search(rf"\b{name}\b", text) for text in (*replaced, *inserted))


def _overwritten(module: Module, groups: list[Group]) -> set[int]:
    """Reads of names inside a text that a change replaces without saying the name again."""
    spans = [(*span, text) for group in groups for span, text in group.changes.replaced.get(id(module), {}).items()]
    found = set()
    for name, reads in module.loads.items():
        word = re.compile(rf"\b{re.escape(name)}\b")
        for read in reads:
            start, end = module.span(read)
            if any(first <= start and end <= last and not word.search(text) for first, last, text in spans):
                found.add(id(read))
    return found
