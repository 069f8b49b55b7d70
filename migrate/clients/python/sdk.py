"""Client libraries: an object, what is called on it, what comes back, and the imports, moved together."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrate.clients.outcome import Collected
from migrate.clients.python.constructors import address_of, build, named
from migrate.clients.python.entries import Entries, entries_of
from migrate.clients.python.evidence import Sure, judge
from migrate.clients.python.flow import Flow
from migrate.clients.python.imports import tidy
from migrate.clients.python.methods import Methods, model_sent
from migrate.clients.python.module import Module
from migrate.clients.python.project import At, Project
from migrate.clients.python.report import Group
from migrate.clients.python.texts import UNKNOWN, Address, text_of
from migrate.clients.rules import Book
from migrate.dependencies import Need
from migrate.findings import Safety
from migrate.repository import Repository
from migrate.rulebook.clients import Call, ConstructorRule, ReportRule

SERVE = "--served-model-name"


@dataclass
class Used:
    """What the calls of one module leave behind for its imports."""

    groups: list[Group] = field(default_factory=list)
    replaced: dict[int, set[int]] = field(default_factory=dict)  # by group
    new: dict[int, set[str]] = field(default_factory=dict)
    libraries: set[str] = field(default_factory=set)


class Libraries:
    """Finds the objects of client libraries in a project and makes a group of each."""

    def __init__(self, project: Project, book: Book, collected: Collected) -> None:
        self.project, self.book, self.collected = project, book, collected
        self.methods = Methods(project, book.parameters, book.members, collected.budget)
        self.constructors, self.reports, self.exceptions = book.constructors, book.reports, book.exceptions
        self.made: dict[int, list[At]] = {}  # by group: the calls on its object
        self.gone: dict[int, set[str]] = {}
        self.used: dict[int, tuple[Module, Used]] = {}

    def groups(self, modules: Iterable[Module]) -> list[Group]:
        found = []
        for module in modules:
            used = self.used.setdefault(id(module), (module, Used()))[1]
            for call in module.calls:
                dotted = self.project.foreign(module, call.func)
                at = At(module, call)
                if dotted in self.constructors:
                    group = self._object(at, self.constructors[dotted], used)
                elif dotted in self.reports:
                    group = self._reported(at, self.reports[dotted])
                else:
                    continue
                if group is not None:
                    found.append(group)
            found += self._parameters(module, used)
        return found

    def _parameters(self, module: Module, used: Used) -> list[Group]:
        """Objects that come in through an annotated parameter, made where it cannot be seen."""
        found = []
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
            group = Group(at, rule.id, rule.summary, safety=Safety(rule.safety))
            self._methods(flow, rule, group)
            self._references(at, rule, group, used)
            found.append(group)
        return found

    def _annotated(self, module: Module, node: ast.AST) -> ConstructorRule | None:
        annotation = node.annotation if isinstance(node, ast.arg) else None
        dotted = self.project.foreign(module, annotation) if annotation is not None else None
        rule = self.constructors.get(dotted or "")
        known = rule is not None and rule.calls and not (rule.package and rule.package.stays)
        return rule if known else None

    def _reported(self, at: At, rule: ReportRule) -> Group | None:
        if rule.when is not None and rule.when not in at.module.text(at.node):
            return None
        group = Group(at, rule.id, "")
        group.manual.append((at, rule.id, rule.why))
        return group

    # --- one object ---

    def _object(self, at: At, rule: ConstructorRule, used: Used) -> Group | None:
        entries = named(at, rule.positional)
        if entries is None:
            return None
        entry, found = address_of(self.project, entries, rule)
        optional = any(rule.arguments[name].default is not None for name in rule.address)
        if (entry is None and not optional) or not self._where(entries, rule):
            return None
        sure = Sure.YES if found is None else self._sure(at, rule, entry.name if entry else None, found)
        if sure is Sure.NO:
            return None
        group = Group(at, rule.id, rule.summary, safety=Safety(rule.safety))
        group.address = found.base if found and found.base else None
        return self._wrapped(at, rule, group) or self._converted(at, entries, rule, group, sure, used)

    def _where(self, entries: Entries, rule: ConstructorRule) -> bool:
        for name, prefix in rule.where.items():
            entry = entries.get(name)
            pieces = text_of(self.project, At(entries.module, entry.value)) if entry else ()
            if not "".join(piece.text for piece in pieces).startswith(prefix):
                return False
        return True

    def _sure(self, at: At, rule: ConstructorRule, name: str | None, found: Address) -> Sure:
        if not found.base and found.path.strip("/"):
            return Sure.NO  # a model's name: the hosted service
        sure = judge(self.project, at.module, found, "", False, self.collected.launched)
        if sure is Sure.ASK and (found.base.startswith("http") or name != "model"):
            return Sure.YES
        return Sure.ASK if sure is Sure.ASK and UNKNOWN in found.words else sure

    def _wrapped(self, at: At, rule: ConstructorRule, group: Group) -> Group | None:
        """An object that a chat class wraps keeps working; the server needs the name that the class sends."""
        for call in at.module.calls:
            if self.project.foreign(at.module, call.func) in rule.unless:
                arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
                if any(value == at for argument in arguments for value in self.project.values(At(at.module, argument))):
                    self._serve(at, rule.served, group)
                    return group
        return None

    def _serve(self, at: At, name: str | None, group: Group) -> None:
        if name is None or name in self.collected.served:
            return
        group.names.append(name)
        if not self.collected.launched and name in ("tgi", "dummy"):
            text = f"vLLM refuses model names that it does not serve: add {name} to {SERVE} of the server"
            group.notes.append((at, "client/model-name", text))

    def _converted(
        self, at: At, entries: Entries, rule: ConstructorRule, group: Group, sure: Sure, used: Used
    ) -> Group | None:
        flow = Flow(self.project, {}, {})
        calls = rule.calls
        if calls:
            flow.follow(at, "object")
            known = [(place, path) for place, path in flow.calls if path in calls]
            stays = rule.package is not None and rule.package.stays
            if not known and (stays or not flow.escapes):
                return None
            if known and all(calls[path].keep is not None for _, path in known):
                return self._kept(known, calls, group)
            others = [
                (place, rule.id, f"{path}: this method has no counterpart that is known here")
                for place, path in flow.calls
                if path not in calls
            ]
            group.manual += others + [(place, rule.id, reason) for place, reason in flow.escapes]
        if sure is not Sure.YES:
            group.manual.append((at, "client/check", "check which server answers here: TGI and others share this form"))
            return group
        built = build(self.project, entries, rule)
        group.changes.merge(built.changes)
        group.notes += [(place, rule.id, text) for place, text in built.notes]
        group.manual += [(place, rule.id, text) for place, text in built.manual]
        self.made[id(group)] = [place for place, _ in flow.calls]
        self._methods(flow, rule, group)
        if rule.where:
            sent = model_sent(self.project, entries, "") or ""
            group.names += [sent.removeprefix(prefix) for prefix in rule.where.values() if sent]
        self._references(at, rule, group, used)
        return group

    def _methods(self, flow: Flow, rule: ConstructorRule, group: Group) -> None:
        for place, path in flow.calls:
            if path in rule.calls:
                self._call(place, path, rule.calls[path], rule, group)

    def _call(self, at: At, path: str, spec: Call, rule: ConstructorRule, group: Group) -> None:
        if spec.manual:
            group.manual.append((at, rule.id, f"{path}: {spec.manual}"))
        elif spec.keep is not None:
            group.manual.append((at, rule.id, f"{path} and raw prompts share one client: make two of them"))
        else:
            done = self.methods.convert(at, spec, rule.id)
            group.changes.merge(done.changes)
            group.notes += done.notes
            group.manual += done.manual
            group.adapters += done.names

    def _kept(self, known: list[tuple[At, str]], calls: Mapping[str, Call], group: Group) -> Group:
        """Calls that work as they are when the server knows the name they send."""
        for place, path in known:
            arguments = named(place, ["messages"])
            if arguments is None:
                continue
            self._serve(place, model_sent(self.project, arguments, calls[path].keep or ""), group)
            if arguments.get("tools"):
                group.needs.add("tool-call-parser")
            self._schema(arguments, group)
        return group

    def _schema(self, arguments: Entries, group: Group) -> None:
        """The library sends a json_schema in TGI's own form, which vLLM does not obey."""
        entry = arguments.get("response_format")
        form = entries_of(At(arguments.module, entry.value)) if entry else None
        outer = form.get("json_schema") if form else None
        inner = entries_of(At(arguments.module, outer.value)) if outer else None
        schema = inner.get("schema") if inner else None
        if entry is None or schema is None:
            return
        text = arguments.module.text(schema.value)
        group.changes.replace(
            arguments.module, entry.start, entry.end, f'extra_body={{"structured_outputs": {{"json": {text}}}}}'
        )

    # --- names of the library ---

    def _references(self, at: At, rule: ConstructorRule, group: Group, used: Used) -> None:
        """The class where it is called and where annotations name it."""
        becomes = rule.becomes
        if becomes == "same":
            return
        names = set(rule.constructor)
        module = at.module
        used.groups.append(group)
        replaced, new = used.replaced.setdefault(id(group), set()), used.new.setdefault(id(group), set())
        nodes = [*([at.node.func] if isinstance(at.node, ast.Call) else []), *self._annotations(module, names)]
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
        self._handlers(module, group, used, replaced, new)

    def _annotations(self, module: Module, names: set[str]) -> list[ast.expr]:
        """Where an annotation names one of the classes."""
        found: list[ast.expr] = []
        for node in module.nodes:
            annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
            inner = list(ast.walk(annotation)) if isinstance(annotation, ast.AST) else []
            found += [one for one in inner if isinstance(one, ast.expr) and self.project.foreign(module, one) in names]
        return found

    def _handlers(self, module: Module, group: Group, used: Used, replaced: set[int], new: set[str]) -> None:
        for handler in module.nodes:
            if not isinstance(handler, ast.ExceptHandler) or handler.type is None:
                continue
            for node in ast.walk(handler.type):
                rule = (
                    self.exceptions.get(self.project.foreign(module, node) or "")
                    if isinstance(node, ast.expr)
                    else None
                )
                if rule is None or not isinstance(node, ast.expr):
                    continue
                start, end = module.span(node)
                group.changes.replace(module, start, end, rule.becomes.split(".")[-1])
                replaced |= {id(one) for one in ast.walk(node)}
                new.add(rule.becomes)
                if rule.safety == "review":
                    group.notes.append((At(module, node), rule.id, rule.why))

    def needs(self, repository: Repository) -> list[Need]:
        """What the written groups mean for the packages that a project names."""
        rules = {rule.id: rule for rule in self.constructors.values()}
        found = []
        for group in [group for _, used in self.used.values() for group in used.groups if not group.manual]:
            package = rules[group.rule].package
            if package:
                gone = not package.stays and not self._still(repository, package.old, group.rule)
                found.append(Need(package.old, package.new, gone, group.id))
        return found

    def _still(self, repository: Repository, package: str, rule: str) -> bool:
        """Whether a module of the repository goes on importing the old package."""
        name = package.replace("-", "_")
        blocked = any(group.manual and group.rule == rule for _, used in self.used.values() for group in used.groups)
        imports = re.compile(rb"^[ \t]*\"?(?:from|import)[ \t]+" + name.encode() + rb"\b", re.MULTILINE)
        holding = {
            path
            for path in repository.paths
            if path.endswith((".py", ".ipynb")) and imports.search(repository.read(path))
        }
        return blocked or bool(
            holding - {module.path for module, _ in self.used.values() if name in self.gone.get(id(module), set())}
        )

    def imports(self) -> None:
        """Tidies the imports of every module after it is settled which groups are written."""
        for module, used in self.used.values():
            written = [group for group in used.groups if not group.manual]
            if not written:
                continue
            replaced = {node for group in written for node in used.replaced[id(group)]}
            new = {dotted for group in written for dotted in used.new[id(group)]}
            if new:
                self.gone[id(module)] = tidy(module, replaced, used.libraries, sorted(new), written[0].changes)
