"""A constructor's arguments as its successor's, by a rule."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from migrate.clients.python.addresses import joined, with_path
from migrate.clients.python.arguments import Built, prefixed, rename
from migrate.clients.python.entries import Draft, Entries, Entry, entries_of, spread
from migrate.clients.python.given import literal
from migrate.clients.python.project import At, Project
from migrate.clients.python.uses import subscripts
from migrate.rulebook.clients import Argument, ConstructorRule, Held
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
            self.given.add(entry.name)
            spec = self.specs.get(entry.name)
            if spec is not None:
                self._one(draft, entry, spec)
            elif not self.rule.rest:
                self.found.manual.append((At(holder.module, entry.value), f"{entry.name}: {UNSEEN}"))

    def _one(self, draft: Draft, entry: Entry, spec: Argument) -> None:
        module = draft.entries.module
        at = At(module, entry.value)
        text = module.text(entry.value)
        off = text in as_list(spec.unset)
        if off:
            draft.dropped.append(entry)
        elif spec.manual and not (spec.literal and self._number(at)):
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
            new = self._text(at, text, spec)
            rename(draft, entry, spec.to, None if new == text else new)
        if spec.review and not off:
            self.found.notes.append((at, spec.review))

    def _number(self, at: At) -> bool:
        """Whether a value is one number: written out, or made by `int(...)`."""
        made = [value.node for value in self.project.values(at)]
        return isinstance(literal(self.project, at), int) or all(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "int" for node in made
        )

    def _collected(self, spec: Argument, text: str) -> None:
        assert spec.into is not None
        self.into.setdefault(spec.into, []).append((spec.to or "", text))
        self.into[spec.into] += list(spec.together.items())

    def _text(self, at: At, text: str, spec: Argument) -> str:
        if spec.value == "address":
            return self._joined(spec) or with_path(at, text)
        if spec.value is not None:
            return prefixed(self.project, at, text, spec.value, self.found)
        if spec.least is not None:
            value = literal(self.project, at)
            if isinstance(value, int | float):
                return str(spec.least) if value < spec.least else text
            return f"max({spec.least}, {text})"
        return text

    def _hoist(self, draft: Draft, entry: Entry, specs: Mapping[str, Held]) -> None:
        """The entries of a dict become arguments of their own."""
        module = draft.entries.module
        inner = entries_of(At(module, entry.value))
        draft.dropped.append(entry)
        if inner is None:
            at = At(module, entry.value)
            self.found.manual.append((at, f"{entry.name}: what it holds cannot be seen"))
            return
        for one in inner.entries:
            spec = specs.get(one.name or "")
            at = At(inner.module, one.value)
            if spec is None or spec.manual:
                reason = (spec.manual if spec else None) or UNSEEN
                self.found.manual.append((at, f"{one.name or WHAT}: {reason}"))
            elif not spec.drop and spec.to:
                self.taken.add(spec.to)
                text = inner.module.text(one.value)
                self.draft.added.append((spec.to, with_path(at, text) if spec.value == "address" else text))

    def _keys(self, draft: Draft, entry: Entry, spec: Argument) -> None:
        """The keys of a dict argument become others."""
        module = draft.entries.module
        at = At(module, entry.value)
        values = self.project.values(at)
        inner = entries_of(values[0]) if len(values) == 1 else None
        self.taken.add(spec.to or "")
        rename(draft, entry, spec.to or "")
        if inner is None or subscripts(inner):
            self.found.manual.append((at, f"{entry.name}: what it holds cannot be seen"))
            return
        mine = Draft(inner)
        self.drafts.append(mine)
        for one in inner.entries:
            known = spec.keys.get(one.name or "")
            place = At(inner.module, one.value)
            if known is None or known.manual:
                reason = (known.manual if known else None) or UNSEEN
                self.found.manual.append((place, f"{one.name or WHAT}: {reason}"))
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

    def _joined(self, spec: Argument) -> str | None:
        if spec.joins is None:
            return None
        name = next(name for name, one in self.specs.items() if one is spec)
        text = joined(self.project, self.entries, name, spec.joins)
        if text is None:
            reason = f"{name} and {spec.joins.argument} are put together in a way that cannot be followed"
            self.found.manual.append((self.entries.at, reason))
        return text

    def done(self) -> Built:
        """What is written out because the successor's default is another, and all edits."""
        for name, spec in self.specs.items():
            if spec.default is not None and spec.to is not None:
                if spec.into and name not in self.given:
                    self._collected(spec, spec.default)
                elif not spec.into and spec.to not in self.taken:
                    self.draft.added.append((spec.to, self._joined(spec) or spec.default))
                    self.taken.add(spec.to)
            if spec.review and spec.always and name not in self.given:
                self.found.notes.append((self.entries.at, spec.review))
        self.draft.added += [
            (name, "{" + ", ".join(f'"{key}": {text}' for key, text in pairs) + "}")
            for name, pairs in self.into.items()
        ]
        fixed = self.rule.adds
        self.draft.added += [(name, text) for name, text in fixed.items() if name not in self.taken]
        for draft in self.drafts:
            for start, end, text in draft.edits():
                self.found.changes.replace(draft.entries.module, start, end, text)
        return self.found
