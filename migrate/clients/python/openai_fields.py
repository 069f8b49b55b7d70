"""One call in OpenAI's format: what TGI ignored goes, what the two engines read otherwise is rewritten or told.

A call's fields may stand in the call, in dicts that `**` brings in, and in `extra_body`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from migrate.clients.python.entries import Draft, Entries, Entry, entries_of, spread
from migrate.clients.python.flow import Flow
from migrate.clients.python.given import literal
from migrate.clients.python.openai_format import settle_format
from migrate.clients.python.openai_reasons import reasons
from migrate.clients.python.openai_sent import Sent
from migrate.clients.python.project import At, Project
from migrate.clients.python.report import Group
from migrate.clients.rules import Book

TOGETHER = ("top_logprobs", "logprobs", "stream")
VISIBLE = "include_stop_str_in_output"


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
        self._together(sent, body)
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

    def tools(self, at: At, methods: list[str], group: Group) -> None:
        """Calls on an object that send tools: the server needs a parser."""
        flow = Flow(self.project, {}, {})
        if methods:
            flow.follow(at, "object")
        for place in [place for place, path in flow.calls if path in methods]:
            group.needs.add("tool-call-parser")
            group.notes.append((place, self.requires["tools"].id, self.requires["tools"].why))

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
            settle_format(self.project, place, entry, draft, sent, group)
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
        if value is None:
            draft.revalued.append((entry, '"auto"'))
        if isinstance(value, str) and value not in known and isinstance(place.node, ast.Constant):
            name = place.module.text(place.node)
            draft.revalued.append((entry, f'{{"type": "function", "function": {{"name": {name}}}}}'))

    # --- what is added ---

    def _names(self, sent: Sent, names: Mapping[str, str | None]) -> None:
        main = sent.drafts[id(sent.holders[0])]
        for name, text in names.items():
            entry = main.entries.get(name)
            if entry is not None and entry.key[0] == entry.key[1]:
                main.renamed.append((entry, f"{name}="))
            elif text is not None and sent.find(name) is None:
                main.added.insert(0, (name, text))

    def _together(self, sent: Sent, body: Sent | None) -> None:
        """What vLLM takes only with another field: `top_logprobs` with `logprobs`, `stream_options` with `stream`."""
        main = sent.drafts[id(sent.holders[0])]
        found = {name: self._value(name, sent) or (self._value(name, body) if body else None) for name in TOGETHER}
        if sent.kind == "chat" and found["top_logprobs"] and not found["logprobs"] and not sent.open:
            if pair := sent.find("logprobs"):
                pair[0].revalued.append((pair[1], "True"))
            else:
                main.added.append(("logprobs", "True"))
        call = main.entries.at.node
        helper = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "stream"
        if not found["stream"] and not sent.open and not helper and (pair := sent.find("stream_options")):
            pair[0].dropped.append(pair[1])

    def _value(self, name: str, sent: Sent) -> object:
        """What a field is given, None where it is absent."""
        pair = sent.find(name)
        return literal(self.project, At(pair[0].entries.module, pair[1].value)) if pair else None

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
