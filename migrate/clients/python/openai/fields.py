"""One call in OpenAI's format: what TGI ignored goes, what the two engines read otherwise is rewritten or told."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping

from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import is_none
from migrate.clients.python.edits.drafts import Draft, displayed
from migrate.clients.python.edits.entries import Entries, Entry
from migrate.clients.python.edits.report import Group
from migrate.clients.python.openai.format import settle_format, settle_where_written
from migrate.clients.python.openai.reading import read_fields
from migrate.clients.python.openai.reasons import Asked, reasons
from migrate.clients.python.openai.sent import BODY, Sent
from migrate.clients.python.openai.text import limit, usage
from migrate.clients.rules import Book
from migrate.rulebook.openai import SpeaksRule

TOGETHER = ("top_logprobs", "logprobs", "stream")
VISIBLE = "include_stop_str_in_output"
PARSER = "tool-call-parser"
OPEN = (
    "what is brought in here cannot be seen: a stop string needs include_stop_str_in_output (extra_body) to stay in "
    "the text, and n, top_k or repetition_penalty, which TGI ignored, have an effect on vLLM"
)
CHOICE = "tool_choice: the plain name of a function is refused by vLLM, which takes auto, none, required or an object"


class Fields:
    """Settles the fields of calls, by the rules `ignored`, `differs` and `requires`.

    `budget` is the token budget of TGI's launch, None where it is not known.
    """

    def __init__(self, project: Project, book: Book, budget: str | None) -> None:
        self.project, self.budget = project, budget
        self.differs, self.requires, self.ignored = book.differs, book.requires, book.unread

    def read(self, entries: Entries, kind: str, more: Iterable[Entries] = (), holds: Collection[str] = ()) -> Sent:
        """The fields of a call: see `read_fields`."""
        return read_fields(self.project, entries, kind, more, holds)

    def settle(
        self,
        sent: Sent,
        group: Group,
        *,
        flat: bool = False,
        bounded: bool = False,
        names: Mapping[str, str | None] | None = None,
    ) -> None:
        """The edits and notes of one call go into the group.

        `flat`: fields beyond OpenAI's stand beside the others (SDK 0.x), not in `extra_body`. `bounded`: the library
        sends a token limit of its own. `names`: fields that must be there by name, with the text of an absent one.
        """
        for body in (False, True):
            for draft, entry in sent.entries(body):
                self._one(draft, entry, sent, group)
        for name, at in sent.later:
            self._set_later(name, at, sent, group)
        self._gone(sent, group)
        self._together(sent)
        self._names(sent, names or {})
        if sent.kind == "text" and not bounded:
            limit(self.project, sent, self.budget, group)
            if self._value("stream", sent):
                usage(sent, group)
        module = sent.holders[0].module
        asked = Asked(VISIBLE in sent.extra and not sent.has(VISIBLE), sent.has("tools"))
        self._extra(sent, flat)
        sent.write(group.changes)
        group.notes += [(at, "client/openai-open", OPEN) for at in sent.unseen]
        reasons(module, group, asked)

    def stops(self, sent: Sent, group: Group) -> None:
        """Stop strings alone, in a call whose other fields another rule settles."""
        if any(literal(self.project, at) not in (None, []) for at in [sent.place("stop")] if at):
            sent.extra[VISIBLE] = "True"
            self._extra(sent, False)
            sent.write(group.changes)

    def later(self, flow: Flow, rule: SpeaksRule, sent: Sent) -> None:
        """Stop strings that calls on an object send: `llm.invoke(text, stop=[...])`, `llm.bind(stop=[...])`."""
        for place, path in flow.calls:
            keywords = place.node.keywords if isinstance(place.node, ast.Call) and path in rule.stops else []
            if any(one.arg == "stop" and not is_none(one.value) for one in keywords):
                sent.extra[VISIBLE] = "True"

    def tools(self, flow: Flow, methods: Iterable[str], hands: Iterable[str], group: Group) -> None:
        """Calls on an object that send tools, or functions (`hands`) that it goes to: the server needs a parser."""
        places = [place for place, path in flow.calls if path in methods and not _by_schema(place.node)]
        for place, _ in flow.escapes:
            call = next((one for one in place.module.up(place.node) if isinstance(one, ast.Call | ast.stmt)), None)
            dotted = self.project.foreign(place.module, call.func) if isinstance(call, ast.Call) else None
            if dotted in set(hands) and call is not None:
                places.append(At(place.module, call))
        for place in places:
            self._parser("tools", place, group)

    def _parser(self, name: str, place: At, group: Group) -> None:
        group.needs.add(PARSER)
        group.notes.append((place, self.requires[name].id, self.requires[name].why))

    # --- single fields ---

    def _one(self, draft: Draft, entry: Entry, sent: Sent, group: Group) -> None:
        place = At(draft.entries.module, entry.value)
        name = entry.name or ""
        if (sent.kind, name) in self.ignored:
            if literal(self.project, place) is None:
                return
            draft.dropped.append(entry)
            sent.gone.setdefault(id(draft), []).append((place, name))
        elif name in self.differs and literal(self.project, place) not in (0, 0.0, None):
            group.notes.append((place, self.differs[name].id, self.differs[name].why))
        elif name in self.requires:
            if name != "response_model" or not _in_json(place.module):
                self._parser(name, place, group)
        elif name == "tool_choice":
            self._choice(place, entry, draft, group)
        elif name == "response_format":
            settle_format(self.project, place, entry, draft, sent, group)
        elif name in ("stop", "stop_sequences") and literal(self.project, place) not in (None, []):
            sent.extra[VISIBLE] = "True"

    def _set_later(self, name: str, at: At, sent: Sent, group: Group) -> None:
        """A field that is set by key: nothing but a stop string and tools can be settled from elsewhere."""
        if (sent.kind, name) in self.ignored and literal(self.project, at) is not None:
            rule = self.ignored[sent.kind, name]
            group.notes.append((at, rule.id, f"{name}: leave it out where it is set: {rule.why}"))
        elif name in self.differs:
            group.notes.append((at, self.differs[name].id, self.differs[name].why))
        elif name in self.requires:
            self._parser(name, at, group)
        elif name == "response_format":
            settle_where_written(self.project, at, group)
        elif name == "stop" and literal(self.project, at) is not None:
            sent.extra[VISIBLE] = "True"

    def _gone(self, sent: Sent, group: Group) -> None:
        """One note for the fields that go out of one place by one rule."""
        for found in sent.gone.values():
            by_rule: dict[str, list[tuple[At, str]]] = {}
            for place, name in found:
                by_rule.setdefault(self.ignored[sent.kind, name].id, []).append((place, name))
            for several in by_rule.values():
                place, first = several[0]
                rule = self.ignored[sent.kind, first]
                group.notes.append((place, rule.id, f"{', '.join(name for _, name in several)}: {rule.why}"))

    def _choice(self, place: At, entry: Entry, draft: Draft, group: Group) -> None:
        value = literal(self.project, place)
        known = ("auto", "none", "required")
        text = place.module.text(place.node)
        if value is None:
            draft.revalued.append((entry, '"auto"'))
        elif isinstance(value, str) and value not in known:
            draft.revalued.append((entry, f'{{"type": "function", "function": {{"name": {text}}}}}'))
        elif any(isinstance(one.node, ast.arg) for one in self.project.values(place)):
            group.notes.append((place, "client/openai-tools", CHOICE))

    # --- what is added ---

    def _names(self, sent: Sent, names: Mapping[str, str | None]) -> None:
        main = sent.main
        for name, text in names.items():
            entry = main.entries.get(name)
            if entry is not None and entry.key[0] == entry.key[1]:
                main.renamed.append((entry, f"{name}="))
            elif text is not None and sent.find(name) is None:
                main.added.insert(0, (name, text))

    def _together(self, sent: Sent) -> None:
        """What vLLM takes only with another field: `top_logprobs` with `logprobs`, `stream_options` with `stream`."""
        found = {name: self._value(name, sent) for name in TOGETHER}
        if sent.kind == "chat" and found["top_logprobs"] and not found["logprobs"] and not sent.open:
            if pair := sent.find("logprobs"):
                pair[0].revalued.append((pair[1], "True"))
            else:
                sent.main.added.append(("logprobs", "True"))
        call = sent.main.entries.at.node
        helper = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "stream"
        later = any(name == "stream" for name, _ in sent.later)
        pair = sent.find("stream_options")
        if not (found["stream"] or sent.open or helper or later) and pair:
            pair[0].dropped.append(pair[1])

    def _value(self, name: str, sent: Sent) -> object:
        """What a field is given, None where it is absent."""
        pair = sent.find(name) or sent.find(name, True)
        return literal(self.project, At(pair[0].entries.module, pair[1].value)) if pair else None

    def _extra(self, sent: Sent, flat: bool) -> None:
        """Where the body's further fields are written: in the dicts that stand for it, else in the call."""
        if flat:
            sent.main.added += [pair for pair in sent.extra.items() if not sent.has(pair[0])]
            return
        for body in sent.bodies:
            draft = sent.draft(body)
            draft.added = [pair for pair in sent.extra.items() if not sent.has(pair[0])]
        holding = [pair for pair in sent.entries() if pair[1].name == BODY]
        if not holding and not any(name == BODY for name, _ in sent.later) and sent.extra:
            sent.main.added.append((BODY, displayed(sent.extra.items())))
        for draft, entry in holding:
            inner = sent.drafts.get(id(entry.value))
            if inner and not inner.kept and not inner.added:
                draft.dropped.append(entry)
                del sent.drafts[id(entry.value)]


def _in_json(module: Module) -> bool:
    """Whether a mode that sends no tools is chosen: `instructor.from_openai(client, mode=instructor.Mode.JSON)`."""
    modes = [one.value for one in module.nodes if isinstance(one, ast.keyword) and one.arg == "mode"]
    return any("JSON" in module.text(one).upper() for one in modes)


def _by_schema(node: ast.AST) -> bool:
    """`with_structured_output(..., method="json_schema")`: no tools are sent."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    words = [one.value.value for one in keywords if one.arg == "method" and isinstance(one.value, ast.Constant)]
    return any(str(word).startswith("json") for word in words)
