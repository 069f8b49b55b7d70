"""A constructor's arguments as its successor's, by a rule."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrate.clients.python.addresses import joined, with_path
from migrate.clients.python.changes import Changes
from migrate.clients.python.entries import Draft, Entries, Entry, entries_of, keywords_of, spread
from migrate.clients.python.given import literal
from migrate.clients.python.project import At, Project
from migrate.clients.python.texts import Address, address, text_of
from migrate.clients.python.uses import subscripts
from migrate.rulebook.clients import Argument, ConstructorRule, Held
from migrate.rulebook.model import as_list

WHAT = "**"
UNSEEN = "this argument has no counterpart that is known here"


@dataclass
class Built:
    """The outcome of one constructor call."""

    changes: Changes = field(default_factory=Changes)
    notes: list[tuple[At, str]] = field(default_factory=list)
    manual: list[tuple[At, str]] = field(default_factory=list)


def named(at: At, positional: list[str]) -> Entries | None:
    """All arguments of a call as entries; positional ones get their parameter's name and a key without length."""
    call = at.node
    assert isinstance(call, ast.Call)
    found = keywords_of(at, call)
    extra = []
    for index, value in enumerate(call.args):
        if isinstance(value, ast.Starred) or index >= len(positional):
            return None
        start, end = at.module.span(value)
        extra.append(Entry(positional[index], value, start, end, (start, start)))
    found.entries[:0] = extra
    return found


def rename(draft: Draft, entry: Entry, name: str, text: str | None = None) -> None:
    """Gives an entry its new name; a positional one gets name and equals sign."""
    if entry.key[0] == entry.key[1]:
        draft.renamed.append((entry, f"{name}="))
    elif name != entry.name:
        draft.renamed.append((entry, name))
    if text is not None:
        draft.revalued.append((entry, text))


def address_of(project: Project, entries: Entries, rule: ConstructorRule) -> tuple[Entry | None, Address | None]:
    """The argument that holds the server's address, and what is known of it."""
    for name in rule.address:
        entry = entries.get(name)
        if entry is not None and not (isinstance(entry.value, ast.Constant) and not entry.value.value):
            held = _held(entries, entry, rule)
            return entry, address(text_of(project, At(entries.module, held)))
    return None, None


def _held(entries: Entries, entry: Entry, rule: ConstructorRule) -> ast.expr:
    """The address itself where an argument is a dict that holds it."""
    inside = rule.arguments[entry.name or ""].hoist
    inner = entries_of(At(entries.module, entry.value)) if inside else None
    found = [inner.get(name) for name, spec in inside.items() if spec.value == "address"] if inner else []
    return found[0].value if found and found[0] else entry.value


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
        elif spec.manual and not (spec.literal and isinstance(literal(self.project, at), int)):
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

    def _collected(self, spec: Argument, text: str) -> None:
        assert spec.into is not None
        self.into.setdefault(spec.into, []).append((spec.to or "", text))
        self.into[spec.into] += list(spec.together.items())

    def _text(self, at: At, text: str, spec: Argument) -> str:
        if spec.value == "address":
            return self._joined(spec) or with_path(at, text)
        if spec.value is not None:
            return _prefixed(at, text, spec.value, self.found)
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
        text = joined(self.project, self.entries, spec.joins)
        if text is None:
            reason = "url and port are put together in a way that cannot be followed"
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


def _prefixed(at: At, text: str, value: str | Mapping[str, str], found: Built) -> str:
    node = at.node
    quoted = isinstance(node, ast.Constant) and isinstance(node.value, str) and text[0] in "\"'"
    if isinstance(value, str):
        return f"{text[0]}{value}{text[1:]}" if quoted else f'"{value}" + {text}'
    for old, new in value.items():
        start = text.find(old)
        if 0 < start <= 2 and text[start - 1] in "\"'":
            return text[:start] + new + text[start + len(old) :]
    found.manual.append((at, "the name is put together in a way that cannot be followed"))
    return text
