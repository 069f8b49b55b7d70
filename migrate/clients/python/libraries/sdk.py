"""Client libraries: an object, what is called on it, what comes back, and the imports, moved together."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import structs

from migrate.clients.outcome import Collected
from migrate.clients.python.addresses.evidence import Sure, judge
from migrate.clients.python.addresses.texts import UNKNOWN, Address, text_of
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.clients.python.edits.entries import Entries, entries_of, keywords_of
from migrate.clients.python.edits.report import Group, group_of
from migrate.clients.python.given.arguments import address_of, named
from migrate.clients.python.libraries.addressless import addressed, environment
from migrate.clients.python.libraries.called import Called
from migrate.clients.python.libraries.chat_classes import ChatClasses
from migrate.clients.python.libraries.constructors import settle_arguments
from migrate.clients.python.libraries.kept import Kept
from migrate.clients.python.libraries.keys import relied_on
from migrate.clients.python.libraries.references import References
from migrate.clients.python.libraries.reported import Reported
from migrate.clients.python.libraries.standins import patched, stands
from migrate.clients.python.libraries.wrapped import Wrapping
from migrate.clients.python.openai.calls import TAKERS
from migrate.clients.python.openai.fields import Fields
from migrate.clients.rules import Book
from migrate.clients.variables import Variables
from migrate.rulebook.constructors import Call, ConstructorRule
from migrate.rulebook.model import as_list

MODELS = ("model", "model_id", "model_name")  # arguments that hold a model's name or an address


class Libraries:
    """Finds the objects of client libraries in a project and makes a group of each."""

    def __init__(self, project: Project, book: Book, collected: Collected, variables: Variables) -> None:
        self.project, self.book, self.collected, self.variables = project, book, collected, variables
        self.fields = Fields(project, book, collected.budget)
        self.references = References(project, book)
        self.constructors = book.constructors
        self.wrapping = Wrapping(project, book, collected.budget, self.references)
        self.reported = Reported(project, book, self.constructors)
        self.chats = ChatClasses(project, collected, self.fields, self.references)
        self.called = Called(project, book, collected, self.fields, self.chats)
        self.stands: list[Group] = []  # mocks of clients in tests
        self.made: dict[int, list[At]] = {}  # by group: the calls on its object
        self.imports, self.needs = self.references.imports, self.references.needs

    def groups(self, modules: Iterable[Module]) -> list[Group]:
        found = []
        for module in modules:
            for call in module.calls:
                rule = self.constructors.get(self.project.foreign(module, call.func) or "") or self._taken(module, call)
                group = self._object(At(module, call), rule) if rule else None
                if group is not None:
                    found.append(group)
            found += self._dicts(module)
            found += self._parameters(module)
            found += self.reported.groups(module)
        return [*found, *self.chats.beside]

    def tests(self) -> list[Group]:
        """What the written groups mean for tests that put something in a client's place."""
        rules = {rule.id: rule for rule in self.book.constructors.values()}
        written = {(id(module), rule.id): (module, rule) for module, group in self.references.written()
                   if (rule := rules.get(group.rule)) is not None}  # fmt: skip
        known = {rule.id for _, rule in written.values()}
        found = [group for group in self.stands if group.rule in known]
        return [*found, *patched(self.project, written.values())]

    def _taken(self, module: Module, call: ast.Call) -> ConstructorRule | None:
        """A function that goes to what calls it with the other arguments: `partial(completion, model=...)`."""
        first = call.args[0] if name_of(call.func) in TAKERS and len(call.args) == 1 else None
        rule = self.constructors.get(self.project.foreign(module, first) or "") if first is not None else None
        return rule if rule and rule.becomes == "same" else None

    def _parameters(self, module: Module) -> Iterator[Group]:
        """Objects that come in through an annotated parameter, made where it cannot be seen."""
        for node in module.nodes:
            rule = self._annotated(module, node)
            if rule is None or not isinstance(node, ast.arg):
                continue
            at = At(module, node)
            flow = Flow(self.project, {}, {})
            flow.reads(module, node, "object")
            seen = {id(call.node) for group in self.made.values() for call in group}
            if all(id(place.node) in seen for place, _ in flow.calls):
                continue
            group = group_of(at, rule)
            self.called.settle(flow.calls, rule, group)
            self.references.replace(at, rule, group, [place for place, _ in flow.calls])
            yield group

    def _dicts(self, module: Module) -> Iterator[Group]:
        """Dicts that hold the arguments of a call for later: the model list of a router, settings of a module."""
        said = {rule.id: rule for rule in self.constructors.values() if rule.dicts and self._said(module, rule)}
        users = [module, *self.project.importing(module)] if said else []
        libraries = {dotted.split(".")[0] for one in users for dotted in one.imports.values()}
        known = {name: rule for name, rule in said.items() if rule.dicts in libraries}
        for node in module.nodes if known else ():
            entries = entries_of(At(module, node)) if isinstance(node, ast.Dict) else None
            for rule in known.values() if entries else ():
                assert entries is not None
                entry, found = address_of(self.project, entries, rule)
                if (
                    entry
                    and found
                    and self._where(entries, rule)
                    and self._sure(entries.at, entry.name, found) is Sure.YES
                ):
                    group = group_of(entries.at, rule)
                    group.address = found.base or None
                    self._settle(entries, rule, group)
                    yield group

    def _annotated(self, module: Module, node: ast.AST) -> ConstructorRule | None:
        annotation = node.annotation if isinstance(node, ast.arg) else None
        dotted = self.project.foreign(module, annotation) if annotation is not None else None
        rule = self.constructors.get(dotted or "")
        known = rule is not None and rule.calls and not rule.shared
        return rule if known else None

    # --- one object ---

    def _object(self, at: At, rule: ConstructorRule) -> Group | None:
        taken = isinstance(at.node, ast.Call) and self._taken(at.module, at.node) is rule
        entries = keywords_of(at, at.node) if taken and isinstance(at.node, ast.Call) else named(at, rule.positional)
        if entries is None:
            return None
        if rule.wraps:
            return self.wrapping.group(at, entries, rule, self._sure)
        entry, found = address_of(self.project, entries, rule)
        optional = any(rule.arguments[name].default is not None for name in rule.address)
        if entry is None and not optional:
            if rule.environment and self._where(entries, rule):
                return environment(self.project, at, rule, self.variables)
            return addressed(self.project, at, rule, self._sure)
        if not self._where(entries, rule):
            return None
        sure = Sure.YES if found is None else self._sure(at, entry.name if entry else None, found)
        if sure is Sure.NO:
            return None
        group = group_of(at, rule)
        group.address = found.base if found and found.base else None
        return self.chats.wrapped(entries, rule, group) or self._converted(at, entries, rule, group, sure)

    def _where(self, entries: Entries, rule: ConstructorRule) -> bool:
        found = [self._begins(entries, name, as_list(prefixes)) for name, prefixes in rule.where.items()]
        return any(found) if rule.either else all(found)

    @staticmethod
    def _said(module: Module, rule: ConstructorRule) -> bool:
        return any(one in module.fragment.text for prefixes in rule.where.values() for one in as_list(prefixes))

    def _begins(self, entries: Entries, name: str, prefixes: Sequence[str]) -> bool:
        entry = entries.get(name)
        pieces = text_of(self.project, At(entries.module, entry.value)) if entry else ()
        text = "".join(piece.hint or piece.text for piece in pieces)
        member = entries.module.text(entry.value).lower() if entry else ""  # of an enumeration
        return any(text.startswith(one) or member.endswith(f".{one}") for one in prefixes)

    def _sure(self, at: At, name: str | None, found: Address) -> Sure:
        if not found.base and found.path.strip("/"):
            return Sure.NO  # a model's name: the hosted service
        sure = judge(self.project, at.module, found, "", False, self.collected.launched)
        if sure is Sure.ASK and (found.base.startswith("http") or name not in MODELS):
            return Sure.YES
        return Sure.ASK if sure is Sure.ASK and UNKNOWN in found.words else sure

    def _converted(self, at: At, entries: Entries, rule: ConstructorRule, group: Group, sure: Sure) -> Group | None:
        flow = Flow(self.project, {}, {})
        calls: Mapping[str, Call] = rule.calls
        if calls:
            flow.follow(at, "object")
            known = [(place, path) for place, path in flow.calls if path in calls]
            named = flow.escapes and any(one.attributes.get(path) for one in self.project.modules for path in calls)
            if not known and not named and (rule.shared or not flow.escapes):
                return None
            if known and all(calls[path].keep is not None for _, path in known):
                return self.called.keep(known, calls, group)
            group.manual += [
                (
                    place,
                    rule.id,
                    f"{path}: {rule.others.get(path, 'this method has no counterpart that is known here')}",
                )
                for place, path in flow.calls
                if path not in calls
            ]
            group.manual += [(place, rule.id, reason) for place, reason in flow.escapes]
        if sure is not Sure.YES:
            group.manual.append((at, "client/check", "check which server answers here: TGI and others share this form"))
            return group
        self._settle(entries, self._keyed(at, rule, group), group)
        if rule.keeps:
            Kept(self.project, entries, rule, rule.keeps, group).settle(at)
        self.made[id(group)] = [place for place, _ in flow.calls]
        self.stands += [stands(place, rule) for place in flow.stands]
        self.called.settle(flow.calls, rule, group)
        self.references.replace(at, rule, group, [place for place, _ in flow.calls])
        return group

    def _keyed(self, at: At, rule: ConstructorRule, group: Group) -> ConstructorRule:
        """The rule with the token that the old class sent unasked, where that may be needed."""
        ambient, protected = rule.ambient, self.collected.protected
        if ambient is None or not relied_on(self.project, at, ambient, group.address or "", protected):
            return rule
        return structs.replace(rule, adds=rule.adds | {ambient.argument: ambient.becomes})

    def _settle(self, entries: Entries, rule: ConstructorRule, group: Group) -> None:
        settle_arguments(self.project, entries, rule, group)
        if rule.stops:
            self.fields.stops(self.fields.read(entries, "chat"), group)
