"""Programs that use the OpenAI SDK on TGI, or what is built on it: which calls go there, and with which name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from migrate.clients.outcome import Collected
from migrate.clients.python.addresses.evidence import Sure
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.configured import Configured
from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Function
from migrate.clients.python.edits.entries import Entries, entries_of, keywords_of
from migrate.clients.python.edits.report import Group
from migrate.clients.python.given.arguments import named
from migrate.clients.python.openai.calls import Calls, Sending
from migrate.clients.python.openai.errors import Errors
from migrate.clients.python.openai.fields import Fields
from migrate.clients.python.openai.reasons import elsewhere
from migrate.clients.python.openai.target import ALIAS, Target, Targets
from migrate.clients.rules import Book
from migrate.rulebook.openai import SpeaksRule

NAME = "client/model-name"
UNSERVED = "vLLM refuses names that it does not serve: add {} to --served-model-name, or write the name here"
UNKNOWN = (
    "the name is set outside of what can be seen here, and vLLM refuses one that --served-model-name does not list"
)


class OpenAi:
    """Finds the calls and makes a group of each that goes to TGI."""

    def __init__(self, project: Project, book: Book, collected: Collected, configured: Configured) -> None:
        self.project, self.collected = project, collected
        self.fields = Fields(project, book, collected.budget)
        self.targets = Targets(project, configured, collected)
        self.errors = Errors(project, book.exceptions, book.statuses)
        self.speaks = book.speaks
        modules = [(name, rule) for name, rule in book.speaks.items() if rule.settings]
        self.functions = {f"{name}.{path}": (rule, path) for name, rule in modules for path in rule.calls}
        self.settings = [f"{name}.{one}" for name, rule in modules for one in rule.settings]
        self.seen: set[At] = set()  # calls whose client was found
        self.in_dicts = [rule for rule in book.speaks.values() if rule.libraries]

    def groups(self, modules: Iterable[Module]) -> list[Group]:
        several = list(modules)
        made = [[*self._calls(one), *self._subclasses(one), *self._dicts(one)] for one in several]
        found: list[Group] = []
        for module, groups in zip(several, made, strict=True):
            mine = [*groups, *self._parameters(module)]
            if mine:
                self.errors.settle(module, mine[0])
                elsewhere(module, mine[0])
            found += mine
        return found

    # --- where clients are made ---

    def _calls(self, module: Module) -> Iterator[Group]:
        for call in module.calls:
            dotted = self.project.foreign(module, call.func) or ""
            at = At(module, call)
            if dotted in self.functions:
                speaker, path = self.functions[dotted]
                yield from self._of_module(at, speaker, path)
            elif rule := self.speaks.get(dotted):
                entries = named(at, rule.positional)
                if entries is None:
                    continue
                if rule.names:
                    yield from self._class(entries, rule)
                else:
                    target = self.targets.of(self.fields.read(entries, "chat"), rule)
                    yield from self._sent_by(Calls(self.project, rule).of(at), target)

    def _of_module(self, at: At, rule: SpeaksRule, path: str) -> Iterator[Group]:
        """The module is the client; its address stands in the call, or in what the program sets."""
        entries = named(at, [])
        if entries is None:
            return
        given = self.fields.read(entries, "chat")
        here = any(given.place(name) for name in rule.address)
        target = self.targets.of(given, rule) if here else self.targets.of_module(at.module, self.settings)
        if target.base is None:
            target = min((target, self.targets.of(given, rule)), key=lambda one: one.sure is not Sure.YES)
        yield from self._sent(Sending(at, rule.calls[path]), target, flat=path in rule.flat)

    def _subclasses(self, module: Module) -> Iterator[Group]:
        """Classes of the repository that are clients themselves: what their methods send, and their instances."""
        for owner in module.nodes:
            bases = owner.bases if isinstance(owner, ast.ClassDef) else []
            rules = [self.speaks.get(self.project.foreign(module, base) or "") for base in bases]
            rule = next((one for one in rules if one is not None), None)
            if rule is None or rule.names or not isinstance(owner, ast.ClassDef):
                continue
            flow = Flow(self.project, {}, {})
            made = [At(module, call) for call in ast.walk(owner) if isinstance(call, ast.Call) and _is_init(call)]
            instances = [At(one, call) for one in self.project.modules for call in one.calling(owner.name)]
            for method in owner.body:
                if isinstance(method, Function) and method.args.args:
                    flow.reads(module, method.args.args[0], "object")
            for instance in instances:
                flow.follow(instance, "object")
            told = [one for at in [*made, *instances] if (one := named(at, rule.positional))]
            found = [self.targets.of(self.fields.read(one, "chat"), rule) for one in told]
            target = min(found, key=lambda one: one.sure is not Sure.YES, default=Target(Sure.ASK))
            yield from self._sent_by(Calls(self.project, rule).along(flow), target)

    def _parameters(self, module: Module) -> Iterator[Group]:
        """Clients that come in through an annotated parameter, made where it cannot be seen."""
        for node in module.nodes:
            annotation = node.annotation if isinstance(node, ast.arg) else None
            dotted = self.project.foreign(module, annotation) if annotation is not None else None
            rule = self.speaks.get(dotted or "")
            if rule is None or rule.names or not isinstance(node, ast.arg):
                continue
            flow = Flow(self.project, {}, {})
            flow.reads(module, node, "object")
            unseen = [one for one in Calls(self.project, rule).along(flow) if one.at not in self.seen]
            yield from self._sent_by(unseen, Target(Sure.ASK))

    def _dicts(self, module: Module) -> Iterator[Group]:
        """Dicts with a name and an address that a framework makes its client from (`config_list`)."""
        libraries = {dotted.split(".")[0] for dotted in module.imports.values()}
        rules = [rule for rule in self.in_dicts if libraries & set(rule.libraries)]
        for node in module.nodes if rules else ():
            entries = entries_of(At(module, node)) if isinstance(node, ast.Dict) else None
            rule = rules[0]
            address = next((found for name in rule.address if entries and (found := entries.get(name))), None)
            if entries and address:
                target = self.targets.judged(At(module, address.value))
                group = Group(entries.at, rule.id, rule.summary, "model-name", address=target.base)
                entry = entries.get("model")
                if entry and self._named(At(module, entry.value), target, group):
                    yield group

    # --- what is sent ---

    def _class(self, entries: Entries, rule: SpeaksRule) -> Iterator[Group]:
        """A class that is told the model's name and all fields when it is made."""
        at = entries.at
        sent = self.fields.read(entries, rule.fields or "chat", holds=rule.holds)
        target = self.targets.of(sent, rule)
        group = Group(at, rule.id, rule.summary, "model-name", address=target.base)
        place = next((one for name in rule.names if (one := sent.place(name))), None)
        if place is None or not self._named(place, target, group, rule.prefixes):
            return
        flow = Flow(self.project, {}, {})
        flow.follow(at, "object")
        if rule.fields:
            self.fields.later(flow, rule, sent)
            self.fields.settle(sent, group, bounded=True)
        self.fields.tools(flow, rule.tools, rule.hands, group)
        yield group

    def _sent_by(self, sendings: Iterable[Sending], target: Target) -> Iterator[Group]:
        for sending in sendings:
            if sending.at not in self.seen:
                self.seen.add(sending.at)
                yield from self._sent(sending, target)

    def _sent(self, sending: Sending, target: Target, flat: bool = False) -> Iterator[Group]:
        at = sending.at
        assert isinstance(at.node, ast.Call)
        message = "fields that vLLM reads otherwise than TGI are settled"
        group = Group(at, "client/openai-sdk", message, address=target.base)
        if any(isinstance(one, ast.Starred) for one in at.node.args):
            return
        more = [keywords_of(one, one.node) for one in sending.more if isinstance(one.node, ast.Call)]
        sent = self.fields.read(keywords_of(at, at.node), sending.kind, more)
        place = sent.place("model") or sent.place("engine")
        if sending.kind == "text" and place and literal(self.project, place) == "":
            return  # what raw prompts become: nothing of it is TGI's any more
        if self._named(place, target, group):
            self.fields.settle(sent, group, flat=flat)
            yield group

    def _named(self, place: At | None, target: Target, group: Group, prefixes: list[str] | None = None) -> bool:
        """Records the name; True where the call goes to TGI."""
        names = self.targets.names(place, target.sure is Sure.YES) if place else []
        if prefixes:
            names = [_bare(name, prefixes) for name in names if name.startswith(tuple(prefixes))]
        if target.sure is Sure.NO or (prefixes and not names) or (names and set(names) <= self.collected.served):
            return False
        if (ALIAS not in names and target.sure is not Sure.YES) or (target.sure is Sure.SWITCH and len(names) > 1):
            return False
        group.names += names
        if place is not None and names and not self.collected.launched:
            group.notes.append((place, NAME, UNSERVED.format(", ".join(names))))
        elif place is not None and not names and not self.targets.served_by_itself(place):
            group.notes.append((place, NAME, UNKNOWN))
        return True


def _bare(name: str, prefixes: list[str]) -> str:
    return name.removeprefix(next(one for one in prefixes if name.startswith(one)))


def _is_init(call: ast.Call) -> bool:
    """`super().__init__(...)`."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"
