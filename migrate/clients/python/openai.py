"""Programs that use the OpenAI SDK on TGI: which calls go to TGI, and the model name that they send."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migrate.clients.outcome import Collected
from migrate.clients.python.arguments import named
from migrate.clients.python.caught import caught
from migrate.clients.python.entries import Entries, Entry, entries_of
from migrate.clients.python.evidence import Sure, judge
from migrate.clients.python.flow import Flow
from migrate.clients.python.module import Module
from migrate.clients.python.openai_fields import Fields
from migrate.clients.python.openai_reasons import elsewhere
from migrate.clients.python.project import At, Project
from migrate.clients.python.report import Group
from migrate.clients.python.statuses import coded
from migrate.clients.python.texts import address, text_of
from migrate.clients.rules import Book
from migrate.rulebook.clients import SpeaksRule
from migrate.rulebook.model import as_list

ALIAS = "tgi"


@dataclass(frozen=True)
class Target:
    """Where calls go: how sure it is TGI, and the address where it is known."""

    sure: Sure
    base: str | None = None


class OpenAi:
    """Finds the calls and makes a group of each that goes to TGI."""

    def __init__(self, project: Project, book: Book, collected: Collected) -> None:
        self.project, self.collected = project, collected
        self.fields = Fields(project, book, collected.budget)
        self.speaks, self.statuses = book.speaks, book.statuses
        modules = [(name, rule) for name, rule in book.speaks.items() if rule.settings]
        self.functions = {f"{name}.{path}": (rule, path) for name, rule in modules for path in rule.calls}
        self.settings = [f"{name}.{one}" for name, rule in modules for one in rule.settings]
        self.configured = [rule for rule in book.speaks.values() if rule.libraries]
        self.exceptions = {name: rule for name, rule in book.exceptions.items() if name.startswith("openai.")}

    def groups(self, modules: Iterable[Module]) -> list[Group]:
        found = []
        for module in modules:
            mine = [*self._calls(module), *self._parameters(module), *self._dicts(module)]
            if mine:
                self._handlers(module, mine[0])
                elsewhere(module, mine[0])
            found += mine
        return found

    def _calls(self, module: Module) -> Iterator[Group]:
        for call in module.calls:
            dotted = self.project.foreign(module, call.func) or ""
            at = At(module, call)
            if dotted in self.functions:
                speaker, path = self.functions[dotted]
                yield from self._sent(at, speaker.calls[path], self._of_module(module), path in speaker.flat)
            elif rule := self.speaks.get(dotted):
                entries = named(at, rule.positional)
                if entries is None:
                    continue
                target = self._target(entries, rule)
                if rule.names:
                    yield from self._class(at, entries, rule, target)
                else:
                    yield from self._client(at, target, rule)

    def _dicts(self, module: Module) -> Iterator[Group]:
        """Dicts with a name and an address that a framework makes its client from (`config_list`)."""
        libraries = {dotted.split(".")[0] for dotted in module.imports.values()}
        rules = [rule for rule in self.configured if libraries & set(rule.libraries)]
        for node in module.nodes if rules else ():
            entries = entries_of(At(module, node)) if isinstance(node, ast.Dict) else None
            rule = rules[0]
            address = next((one for name in rule.address if entries and (one := entries.get(name))), None)
            if entries and address:
                target = self._judged(At(module, address.value))
                group = Group(entries.at, rule.id, rule.summary, "model-name", address=target.base)
                if self._named(entries, entries.get("model"), target, group):
                    yield group

    def _parameters(self, module: Module) -> Iterator[Group]:
        """Clients that come in through an annotated parameter, made where it cannot be seen."""
        for node in module.nodes:
            annotation = node.annotation if isinstance(node, ast.arg) else None
            dotted = self.project.foreign(module, annotation) if annotation is not None else None
            rule = self.speaks.get(dotted or "")
            if rule is None or rule.names or not isinstance(node, ast.arg):
                continue
            if all(isinstance(one.node, ast.arg) for one in self.project.passed(module, node)):
                flow = Flow(self.project, {}, {})
                flow.reads(module, node, "object")
                yield from self._methods(flow, Target(Sure.ASK), rule)

    # --- where it goes ---

    def _target(self, entries: Entries, rule: SpeaksRule) -> Target:
        for name in rule.address:
            entry = entries.get(name)
            if entry is not None:
                return self._judged(At(entries.module, entry.value))
        return Target(Sure.ASK)

    def _judged(self, at: At) -> Target:
        found = address(text_of(self.project, at))
        if found.base.startswith("http") and not found.local and "." in found.host and ALIAS not in found.host:
            return Target(Sure.NO, found.base)
        sure = judge(self.project, at.module, found, "", False, self.collected.launched and found.local)
        return Target(sure if self.collected.launched or sure is Sure.NO else Sure.ASK, found.base or None)

    def _of_module(self, module: Module) -> Target:
        """The address that a program gives the SDK as a whole: `openai.api_base = ...`."""
        for other in [module, *self.project.modules]:
            for dotted in self.settings:
                for one in other.attributes.get(dotted.rpartition(".")[2], []):
                    parent = other.parents[one]
                    if isinstance(parent, ast.Assign) and self.project.foreign(other, one) == dotted:
                        return self._judged(At(other, parent.value))
        return Target(Sure.ASK)

    # --- the name ---

    def _named(self, entries: Entries, entry: Entry | None, target: Target, group: Group) -> bool:
        """Records the name; True where the call goes to TGI."""
        if entry is None or target.sure is Sure.NO:
            return False
        names = self._names(At(entries.module, entry.value))
        if not names or set(names) <= self.collected.served or (ALIAS not in names and target.sure is not Sure.YES):
            return False
        group.names += names
        if not self.collected.launched:
            text = (
                f"vLLM refuses names that it does not serve: add {ALIAS} to --served-model-name, or write the name here"
            )
            group.notes.append((At(entries.module, entry.value), "client/model-name", text))
        return True

    def _names(self, at: At) -> list[str]:
        values = [_default(value) for value in self.project.values(at)]
        nodes = [value.node for value in values]
        return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]

    # --- calls ---

    def _class(self, at: At, entries: Entries, rule: SpeaksRule, target: Target) -> Iterator[Group]:
        """A class that is told the model's name and all fields when it is made."""
        group = Group(at, rule.id, rule.summary, "model-name", address=target.base)
        entry = next((one for name in rule.names if (one := entries.get(name))), None)
        if self._named(entries, entry, target, group):
            if rule.fields:
                self.fields.settle(entries, rule.fields, group)
            self.fields.tools(at, rule.tools, group)
            yield group

    def _client(self, at: At, target: Target, rule: SpeaksRule) -> Iterator[Group]:
        flow = Flow(self.project, {}, {})
        flow.follow(at, "object")
        yield from self._methods(flow, target, rule)

    def _methods(self, flow: Flow, target: Target, rule: SpeaksRule) -> Iterator[Group]:
        for place, path in flow.calls:
            if path in rule.again:
                yield from self._client(place, target, rule)
                continue
            plain = ".".join(part for part in path.split(".") if part not in rule.between)
            if plain in rule.calls:
                yield from self._sent(place, rule.calls[plain], target)

    def _sent(self, at: At, kind: str, target: Target, flat: bool = False) -> Iterator[Group]:
        entries = named(at, [])
        message = "fields that vLLM reads otherwise than TGI are settled"
        group = Group(at, "client/openai-sdk", message, address=target.base)
        if entries is not None and self._named(entries, entries.get("model"), target, group):
            self.fields.settle(entries, kind, group, flat=flat)
            yield group

    # --- errors ---

    def _handlers(self, module: Module, group: Group) -> None:
        """Exceptions of the SDK stand for status codes, of which TGI has others."""
        for handler in module.nodes:
            if isinstance(handler, ast.ExceptHandler) and handler.type is not None:
                types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                if any((self.project.foreign(module, one) or "").startswith("openai.") for one in types):
                    coded(self.project, module, handler, self.statuses, group)
        for one in caught(self.project, module, self.exceptions):
            name = as_list(one.rule.becomes)[0].split(".")[-1]
            end = module.span(one.node)[1]
            if one.rule.safety == "review":
                group.notes.append((At(module, one.node), one.rule.id, one.rule.why))
            elif isinstance(one.node, ast.Attribute):
                group.changes.replace(module, end - len(one.node.attr), end, name)
            else:
                self._imported(module, one.node, name, group)

    def _imported(self, module: Module, node: ast.expr, name: str, group: Group) -> None:
        """A class by its bare name: handler and import change together, where nothing else reads the name."""
        old = module.text(node)
        aliases = [alias for other in module.nodes if isinstance(other, ast.ImportFrom) for alias in other.names]
        mine = [alias for alias in aliases if alias.name == old and alias.asname is None]
        if len(mine) == 1 and len(module.loads.get(old, [])) == 1 and name not in module.imports:
            group.changes.replace(module, *module.span(node), name)
            group.changes.replace(module, *module.span(mine[0]), name)


def _default(at: At) -> At:
    """The default of `os.getenv("MODEL", "tgi")`, else the expression itself."""
    call = at.node
    name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
    if isinstance(call, ast.Call) and name in ("getenv", "get") and len(call.args) == 2:
        return At(at.module, call.args[1])
    return at
