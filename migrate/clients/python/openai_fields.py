"""One call in OpenAI's format: what TGI ignored goes, what the two engines read otherwise is rewritten or told.

A call's fields may stand in the call, in dicts that `**` brings in, and in `extra_body`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from migrate.clients.python.entries import Draft, Entries, Entry, entries_of, spread
from migrate.clients.python.given import literal
from migrate.clients.python.module import Module
from migrate.clients.python.project import At, Project
from migrate.clients.python.report import Group
from migrate.clients.rules import Book

FORMAT = "client/openai-format"
SCHEMAS = ("json_object", "json", "json_schema")
VISIBLE = "include_stop_str_in_output"
TGI_REASONS = ("eos_token", "stop_sequence")


@dataclass
class Sent:
    """The fields of one call: where each stands, and what the body gets besides (`extra`)."""

    kind: str  # `chat` or `text`
    holders: list[Entries] = field(default_factory=list)  # the call first
    drafts: dict[int, Draft] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    gone: list[tuple[At, str]] = field(default_factory=list)  # fields that TGI ignored
    wraps: bool = False  # the library turns schemas into TGI's form
    open: bool = False  # `**` of something that cannot be seen

    def add(self, holder: Entries) -> None:
        self.holders.append(holder)
        self.drafts[id(holder)] = Draft(holder)

    def entries(self) -> Iterator[tuple[Draft, Entry]]:
        for holder in self.holders:
            yield from ((self.drafts[id(holder)], entry) for entry in holder.entries if entry.name is not None)

    def find(self, name: str) -> tuple[Draft, Entry] | None:
        return next((pair for pair in self.entries() if pair[1].name == name), None)


class Fields:
    """Settles the fields of calls, by the rules `ignored`, `differs` and `requires`.

    `budget` is the token budget of TGI's launch, None where it is not known.
    """

    def __init__(self, project: Project, book: Book, budget: str | None) -> None:
        self.project, self.budget = project, budget
        self.differs, self.requires, self.ignored = book.differs, book.requires, book.unread

    def settle(
        self,
        entries: Entries,
        kind: str,
        group: Group,
        *,
        flat: bool = False,
        wraps: bool = False,
        names: Mapping[str, str | None] | None = None,
    ) -> None:
        """The edits and notes of one call go into the group.

        `flat`: fields beyond OpenAI's stand beside the others (SDK 0.x), not in `extra_body`. `wraps`: the library
        turns schemas into TGI's form. `names`: fields that must be there by name, with the text of an absent one.
        """
        sent = self._sent(entries, kind)
        sent.wraps = wraps
        for draft, entry in sent.entries():
            self._one(draft, entry, sent, group)
        body = self._body(sent)
        if body is not None:
            for entry in body.holders[0].entries:
                self._one(body.drafts[id(body.holders[0])], entry, body, group)
            sent.extra |= body.extra
        for one in [sent, *([body] if body else [])]:
            self._gone(one, group)
        self._names(sent, names or {})
        if kind == "text":
            self._limit(sent, group)
        self._extra(sent, body, flat)
        for one in [sent, *([body] if body else [])]:
            for draft in one.drafts.values():
                for start, end, text in draft.edits():
                    group.changes.replace(draft.entries.module, start, end, text)
        module = entries.module
        streams = any(isinstance(one, ast.keyword) and one.arg == "stream" for one in module.nodes)
        there = [holder.names() for one in (sent, body) if one for holder in one.holders]
        fresh = VISIBLE in sent.extra and not any(VISIBLE in names for names in there)
        reasons(module, group, streams, fresh)

    # --- where the fields stand ---

    def _sent(self, entries: Entries, kind: str) -> Sent:
        found = Sent(kind)
        found.add(entries)
        for entry in entries.entries:
            if entry.name is None:
                inner = spread(self.project, entries, entry)
                if inner is None:
                    found.open = True
                else:
                    found.add(inner)
        return found

    def _body(self, sent: Sent) -> Sent | None:
        """The `extra_body` that is written where it can be edited."""
        pair = sent.find("extra_body")
        holder = entries_of(At(pair[0].entries.module, pair[1].value)) if pair else None
        if holder is None:
            return None
        body = Sent(sent.kind)
        body.add(holder)
        return body

    # --- single fields ---

    def _one(self, draft: Draft, entry: Entry, sent: Sent, group: Group) -> None:
        place = At(draft.entries.module, entry.value)
        name = entry.name or ""
        if (sent.kind, name) in self.ignored:
            if literal(self.project, place) is None:
                return
            draft.dropped.append(entry)
            sent.gone.append((place, name))
        elif name in self.differs and literal(self.project, place) not in (0, 0.0, None):
            group.notes.append((place, self.differs[name].id, self.differs[name].why))
        elif name in self.requires:
            group.needs.add("tool-call-parser")
            group.notes.append((place, self.requires[name].id, self.requires[name].why))
        elif name == "tool_choice":
            self._choice(place, entry, draft)
        elif name == "response_format":
            self._format(place, entry, draft, sent, group)
        elif name in ("stop", "stop_sequences") and literal(self.project, place) not in (None, []):
            sent.extra[VISIBLE] = "True"

    def _gone(self, sent: Sent, group: Group) -> None:
        """One note for the fields that go out of one place."""
        if sent.gone:
            place, first = sent.gone[0]
            rule = self.ignored[sent.kind, first]
            group.notes.append((place, rule.id, f"{', '.join(name for _, name in sent.gone)}: {rule.why}"))

    def _choice(self, place: At, entry: Entry, draft: Draft) -> None:
        value = literal(self.project, place)
        known = ("auto", "none", "required")
        if isinstance(value, str) and value not in known and isinstance(place.node, ast.Constant):
            name = place.module.text(place.node)
            draft.revalued.append((entry, f'{{"type": "function", "function": {{"name": {name}}}}}'))

    def _format(self, place: At, entry: Entry, draft: Draft, sent: Sent, group: Group) -> None:
        """TGI's `{"type": ..., "value": ...}` as a schema in OpenAI's form, or as vLLM's own field."""
        values = self.project.values(place)
        form = entries_of(values[0]) if len(values) == 1 else None
        kind = form.get("type") if form else None
        said = literal(self.project, At(form.module, kind.value)) if form and kind else None
        value = form.get("value") if form else None
        if form is not None and value is not None and said in ("regex", *SCHEMAS):
            text = _member(place, form, value)
            if said == "json_schema":
                inner = entries_of(At(form.module, value.value))
                text = f'{text}["schema"]' if inner is None else _inner(place, form, inner, text)
            self._constrained(entry, draft, sent, "regex" if said == "regex" else "json", text)
        elif form is not None and sent.wraps and (outer := form.get("json_schema")):
            inner = entries_of(At(form.module, outer.value))
            text = _member(place, form, outer)
            text = f'{text}["schema"]' if inner is None else _inner(place, form, inner, text)
            self._constrained(entry, draft, sent, "json", text)
        elif value is not None:
            group.notes.append(
                (place, FORMAT, "response_format: TGI's form with `value` is refused or ignored by vLLM")
            )

    def _constrained(self, entry: Entry, draft: Draft, sent: Sent, kind: str, text: str) -> None:
        if kind == "regex" or sent.wraps:
            draft.dropped.append(entry)
            sent.extra["structured_outputs"] = f'{{"{kind}": {text}}}'
        else:
            schema = f'{{"type": "json_schema", "json_schema": {{"name": "answer", "schema": {text}}}}}'
            draft.revalued.append((entry, schema))

    # --- what is added ---

    def _names(self, sent: Sent, names: Mapping[str, str | None]) -> None:
        main = sent.drafts[id(sent.holders[0])]
        for name, text in names.items():
            entry = main.entries.get(name)
            if entry is not None and entry.key[0] == entry.key[1]:
                main.renamed.append((entry, f"{name}="))
            elif text is not None and sent.find(name) is None:
                main.added.insert(0, (name, text))

    def _limit(self, sent: Sent, group: Group) -> None:
        if sent.find("max_tokens") or sent.open:
            return
        if self.budget is None:
            reason = "TGI 3 fills the context where max_tokens is absent, vLLM stops after 16 tokens: write max_tokens"
            group.manual.append((sent.holders[0].at, "client/parameter-max-new-tokens", reason))
        else:
            sent.drafts[id(sent.holders[0])].added.append(("max_tokens", self.budget))

    def _extra(self, sent: Sent, body: Sent | None, flat: bool) -> None:
        main = sent.drafts[id(sent.holders[0])]
        if flat:
            main.added += [pair for pair in sent.extra.items() if sent.find(pair[0]) is None]
            return
        pair = sent.find("extra_body")
        if body is None:
            if sent.extra and pair is None:
                fields = ", ".join(f'"{name}": {text}' for name, text in sent.extra.items())
                main.added.append(("extra_body", f"{{{fields}}}"))
            return
        inner = body.drafts[id(body.holders[0])]
        inner.added = [pair for pair in sent.extra.items() if pair[0] not in body.holders[0].names()]
        if pair is not None and not inner.kept and not inner.added:
            pair[0].dropped.append(pair[1])
            body.drafts.clear()


def _member(place: At, form: Entries, entry: Entry) -> str:
    """The text of a form's entry: as it is written in the call, else read from the name that holds the form."""
    if form.at.node is place.node:
        return form.module.text(entry.value)
    return f'{place.module.text(place.node)}["{entry.name}"]'


def _inner(place: At, form: Entries, inner: Entries, text: str) -> str:
    """The schema inside a form that may be wrapped in its name; TGI takes it bare too."""
    schema = inner.get("schema")
    if schema is None:
        return text
    return form.module.text(schema.value) if form.at.node is place.node else f'{text}["schema"]'


def reasons(module: Module, group: Group, streams: bool, stops: bool) -> None:
    """`finish_reason` compared with TGI's own words.

    `streams`: a stream's events have a `stop_reason` only at the end; `stops`: a stop string is sent, for which TGI did
    not say `stop`.
    """
    for one in module.attributes.get("finish_reason", []):
        compare = module.parents[one]
        simple = isinstance(compare, ast.Compare) and len(compare.ops) == 1 and compare.left is one
        if isinstance(compare, ast.Compare) and simple and module.placed(compare):
            _reason(module, one, compare, group, streams, stops)


def _reason(module: Module, one: ast.Attribute, compare: ast.Compare, group: Group, streams: bool, stops: bool) -> None:
    other = compare.comparators[0]
    base = module.text(one.value)
    stop = f'getattr({base}, "stop_reason", None)' if streams else f"{base}.stop_reason"
    equal = isinstance(compare.ops[0], ast.Eq)
    if isinstance(compare.ops[0], ast.In | ast.NotIn) and isinstance(other, ast.Tuple | ast.List | ast.Set):
        _among(module, other, group)
    elif not isinstance(other, ast.Constant) or not isinstance(compare.ops[0], ast.Eq | ast.NotEq):
        return
    elif other.value == "stop_sequence":
        group.changes.replace(module, *module.span(compare), f"{stop} is {'not ' if equal else ''}None")
    elif other.value == "eos_token" or (other.value == "stop" and stops):
        sign, join = ("==", "and") if equal else ("!=", "or")
        text = f'{base}.finish_reason {sign} "stop" {join} {stop} is {"" if equal else "not "}None'
        tight = isinstance(module.parents[compare], ast.BoolOp | ast.UnaryOp | ast.Compare)
        group.changes.replace(module, *module.span(compare), f"({text})" if tight else text)


def _among(module: Module, words: ast.Tuple | ast.List | ast.Set, group: Group) -> None:
    """`in ("eos_token", "stop_sequence")`: both are vLLM's `stop`; one alone cannot be told apart here."""
    mine = [one for one in words.elts if isinstance(one, ast.Constant) and one.value in TGI_REASONS]
    said = {one.value for one in words.elts if isinstance(one, ast.Constant)}
    if len(mine) == 2 or (mine and "stop" in said):
        for one in mine:
            start, end = module.span(one)
            quote = module.fragment.text[start]
            group.changes.replace(module, start, end, f"{quote}stop{quote}")
    elif mine:
        text = "finish_reason: vLLM says stop where TGI said eos_token or stop_sequence; stop_reason tells them apart"
        group.notes.append((At(module, words), "client/openai-finish-reason", text))
