"""A constructor's arguments as its successor's, by a rule."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.drafts import Draft, displayed
from migrate.clients.python.edits.entries import Entries, Entry, reads, spread
from migrate.clients.python.edits.flatten import emit
from migrate.clients.python.edits.report import Group
from migrate.clients.python.given.arguments import Built, model_sent, prefixed, rename, seen
from migrate.clients.python.given.values import may_be_none, number
from migrate.clients.python.libraries.addresses import joined, with_path
from migrate.clients.python.libraries.keys import spared
from migrate.clients.python.libraries.sampled import settle_temperature
from migrate.rulebook.constructors import Argument, ConstructorRule, Held
from migrate.rulebook.model import as_list

WHAT = "**"
UNSEEN = "this argument has no counterpart that is known here"


def build(project: Project, entries: Entries, rule: ConstructorRule) -> Built:
    """The edits of the arguments, those in dicts that `**` brings in included."""
    built = Building(project, entries, rule)
    built.arguments(entries)
    for entry in entries.entries:
        if entry.name is None:
            inner = spread(project, entries, entry)
            if inner is None:
                built.found.manual.append((At(entries.module, entry.value), f"{WHAT}: {UNSEEN}"))
            else:
                built.arguments(inner)
    return built.done()


def settle_arguments(project: Project, entries: Entries, rule: ConstructorRule, group: Group) -> None:
    """The same into a group, with the model names that the call sends."""
    built = build(project, entries, rule)
    group.changes.merge(built.changes)
    group.notes += [(place, rule.id, text) for place, text in built.notes]
    group.manual += [(place, rule.id, text) for place, text in built.manual]
    for name, spec in rule.arguments.items():
        if isinstance(spec.value, dict):
            sent = model_sent(project, entries, "", name) or ""
            group.names += [rest for old in spec.value if (rest := sent.removeprefix(old))]


class Building:
    """The arguments of one call on their way: a draft for each place that they stand in."""

    def __init__(self, project: Project, entries: Entries, rule: ConstructorRule) -> None:
        self.project, self.entries, self.rule = project, entries, rule
        self.specs = rule.arguments
        self.found = Built()
        self.draft = Draft(entries)
        self.drafts = [self.draft]
        self.into: dict[str, list[tuple[str, str]]] = {}
        self.given: set[str] = set()
        self.taken: set[str] = set()

    def arguments(self, holder: Entries) -> None:
        draft = self.draft if holder is self.entries else Draft(holder)
        if draft is not self.draft:
            self.drafts.append(draft)
        for entry in holder.entries:
            if entry.name is None:
                continue
            spec = self.specs.get(entry.name)
            if spec is not None and holder.module.text(entry.value) in as_list(spec.absent):
                draft.dropped.append(entry)
                continue
            self.given.add(entry.name)
            if spec is not None:
                self._one(draft, entry, spec)
            elif not self.rule.rest:
                self.found.manual.append((At(holder.module, entry.value), f"{entry.name}: {UNSEEN}"))

    def _one(self, draft: Draft, entry: Entry, spec: Argument) -> None:
        module = draft.entries.module
        at = At(module, entry.value)
        text = module.text(entry.value)
        off = text in as_list(spec.unset)
        if off or (text == "None" and spec.to in self.rule.adds):
            draft.dropped.append(entry)
        elif spec.manual and not (spec.literal and number(self.project, at)):
            self.found.manual.append((at, f"{entry.name}: {spec.manual}"))
        elif spec.hoist:
            self._hoist(draft, entry, spec.hoist)
        elif spec.keys:
            self._keys(draft, entry, spec)
        elif spec.into:
            draft.dropped.append(entry)
            self._collected(spec, text)
        elif spec.drop or spec.to is None:
            draft.dropped.append(entry)
        else:
            self.taken.add(spec.to)
            new = self._or_absent(at, self._text(at, text, spec), spec.to)
            if entry.name == spec.to and (self.rule.becomes == "same" or entry.name == self.rule.wraps):
                draft.revalued += [(entry, new)] if new != text else []  # it stays in its place
            else:
                rename(draft, entry, spec.to, None if new == text else new)
        if spec.review and not off:
            self.found.notes.append((at, spec.review))

    def _collected(self, spec: Argument, text: str) -> None:
        assert spec.into is not None
        self.into.setdefault(spec.into, []).append((spec.to or "", text))
        self.into[spec.into] += list(spec.together.items())

    def _text(self, at: At, text: str, spec: Argument) -> str:
        if spec.value == "address":
            return self._joined(spec) or with_path(at, text)
        if spec.value is not None:
            return prefixed(self.project, at, spec.value, self.rule, self.found)
        if spec.least is not None:
            value = literal(self.project, at)
            if isinstance(value, int | float):
                return str(spec.least) if value < spec.least else text
            return f"max({spec.least}, {text})"
        return text

    def _or_absent(self, at: At, text: str, name: str) -> str:
        """What is written where the argument is absent also stands in for None, which the successor refuses."""
        absent = self.rule.adds.get(name)
        if absent is None or not may_be_none(self.project, at):
            return text
        absent = spared(self.project, at, self.rule.ambient, absent)
        return f"({text}) or {absent}" if isinstance(at.node, ast.IfExp | ast.Lambda) else f"{text} or {absent}"

    def _hoist(self, draft: Draft, entry: Entry, specs: Mapping[str, Held]) -> None:
        """The entries of a dict become arguments of their own."""
        here = At(draft.entries.module, entry.value)
        inner = seen(self.project, here)
        draft.dropped.append(entry)
        if inner is None:
            self.found.manual.append((here, f"{entry.name}: what it holds cannot be seen"))
            return
        for one in inner.entries:
            spec = specs.get(one.name or "")
            at = At(inner.module, one.value)
            if spec is None or spec.manual:
                self._refused(at, one, spec)
            elif not spec.drop and spec.to:
                self.taken.add(spec.to)
                at, text = self._item(here, at, one.name or "")
                self.draft.added.append((spec.to, with_path(at, text) if spec.value == "address" else text))

    def _refused(self, at: At, entry: Entry, spec: Held | None) -> None:
        """An entry of a dict argument that is left to a person."""
        reason = (spec.manual if spec else None) or UNSEEN
        self.found.manual.append((at, f"{entry.name or WHAT}: {reason}"))

    @staticmethod
    def _item(holder: At, at: At, name: str) -> tuple[At, str]:
        """An entry's value: its own text where the dict is written in place, else the look-up in what holds it."""
        if at.module.around(at.node, ast.Dict, ast.Call) is holder.node:
            return at, at.module.text(at.node)
        return holder, f'{holder.module.text(holder.node)}["{name}"]'

    def _keys(self, draft: Draft, entry: Entry, spec: Argument) -> None:
        """The keys of a dict argument become others."""
        module = draft.entries.module
        at = At(module, entry.value)
        inner = seen(self.project, at)
        self.taken.add(spec.to or "")
        rename(draft, entry, spec.to or "")
        if inner is None or not all(self._passed(inner.module, read, entry.name) for read in reads(inner)):
            self.found.manual.append((at, f"{entry.name}: what it holds cannot be seen"))
            return
        mine = Draft(inner)
        self.drafts.append(mine)
        for one in inner.entries:
            known = spec.keys.get(one.name or "")
            place = At(inner.module, one.value)
            if known is None or known.manual:
                self._refused(place, one, known)
                continue
            if known.drop:
                mine.dropped.append(one)
            elif known.to and known.to != one.name:
                mine.renamed.append((one, known.to))
            if known.review:
                self.found.notes.append((place, known.review))
        have = inner.names()
        absent = [(name, one.default) for name, one in spec.keys.items() if name not in have]
        mine.added += [(name, text) for name, text in absent if text is not None]

    def _passed(self, module: Module, read: ast.AST, name: str | None) -> bool:
        """Whether a dict's name is read as this argument of such a call, and as nothing else."""
        keyword = module.parents[read]
        call = module.parents[keyword] if isinstance(keyword, ast.keyword) and keyword.arg == name else None
        return isinstance(call, ast.Call) and self.project.foreign(module, call.func) in self.rule.constructor

    def _joined(self, spec: Argument) -> str | None:
        if spec.joins is None:
            return None
        name = next(name for name, one in self.specs.items() if one is spec)
        return joined(self.project, self.entries, name, spec.joins)

    def _looked(self, name: str, text: str) -> str:
        """Where the old class looks in a variable that the program speaks of, it is asked by name now."""
        said = {
            node.value for module in self.project.modules for node in module.nodes if isinstance(node, ast.Constant)
        }
        found = next((one for one in self.rule.variables.get(name, []) if one in said), None)
        return f'os.environ.get("{found}", {text})' if found else text

    def done(self) -> Built:
        """What is written out because the successor's default is another, and all edits."""
        settle_temperature(self.project, self.rule, self.drafts, self.given)
        for name, spec in self.specs.items():
            if spec.default is not None and spec.to is not None:
                if spec.into and name not in self.given:
                    self._collected(spec, spec.default)
                elif not spec.into and spec.to not in self.taken and name not in self.given:
                    self.draft.added.append((spec.to, self._joined(spec) or spec.default))
                    self.taken.add(spec.to)
            if spec.review and spec.always and name not in self.given:
                self.found.notes.append((self.entries.at, spec.review))
        self.draft.added += [(name, displayed(pairs)) for name, pairs in self.into.items()]
        fixed = self.rule.adds
        self.draft.added += [(name, self._looked(name, text)) for name, text in fixed.items() if name not in self.taken]
        for draft in self.drafts:
            emit(draft, self.found.changes)
        return self.found
