"""Programs that use the OpenAI SDK on TGI: the name they send, and fields that the two engines read otherwise."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.clients.outcome import Collected
from migrate.clients.python.constructors import named
from migrate.clients.python.entries import Draft, Entries, Entry, entries_of
from migrate.clients.python.evidence import Sure, judge
from migrate.clients.python.flow import Flow
from migrate.clients.python.given import literal
from migrate.clients.python.module import Module
from migrate.clients.python.project import At, Project
from migrate.clients.python.report import Group
from migrate.clients.python.texts import address, text_of
from migrate.clients.rules import Book

CALLS = {
    "chat.completions.create": "chat",
    "completions.create": "text",
    "beta.chat.completions.parse": "chat",
    "chat.completions.parse": "chat",
}
MODULE_CALLS = {
    f"openai.{name}": kind
    for name, kind in (
        ("ChatCompletion.create", "chat"),
        ("ChatCompletion.acreate", "chat"),
        ("Completion.create", "text"),
        ("Completion.acreate", "text"),
        ("chat.completions.create", "chat"),
        ("completions.create", "text"),
    )
}
ALIAS = "tgi"


class OpenAi:
    """Finds the calls and makes a group of each that goes to TGI."""

    def __init__(self, project: Project, book: Book, collected: Collected) -> None:
        self.project, self.collected = project, collected
        self.speaks, self.ignored = book.speaks, book.ignored
        self.differs, self.requires = book.differs, book.requires

    def groups(self, modules: Iterable[Module]) -> list[Group]:
        found = []
        for module in modules:
            for call in module.calls:
                dotted = self.project.foreign(module, call.func) or ""
                at = At(module, call)
                if dotted in MODULE_CALLS:
                    found += self._sent(at, MODULE_CALLS[dotted], Sure.ASK, None)
                rule = self.speaks.get(dotted)
                if rule is None:
                    continue
                entries = named(at, [])
                if entries is None:
                    continue
                sure, base = self._sure(entries)
                if rule.names:
                    group = Group(at, rule.id, rule.summary, "model-name", address=base)
                    entry = next((one for name in rule.names if (one := entries.get(name))), None)
                    if self._named(entries, entry, sure, group):
                        found.append(group)
                else:
                    found += self._client(at, sure, base)
        return found

    def _sure(self, entries: Entries) -> tuple[Sure, str | None]:
        for name in ("base_url", "openai_api_base", "api_base"):
            entry = entries.get(name)
            if entry is not None:
                found = address(text_of(self.project, At(entries.module, entry.value)))
                if found.base.startswith("http") and not found.local and "." in found.host and ALIAS not in found.host:
                    return Sure.NO, found.base
                sure = judge(self.project, entries.module, found, "", False, self.collected.launched and found.local)
                return (sure if self.collected.launched or sure is Sure.NO else Sure.ASK), found.base or None
        return Sure.ASK, None

    def _named(self, entries: Entries, entry: Entry | None, sure: Sure, group: Group) -> bool:
        """Records the name; True where the call goes to TGI."""
        if entry is None or sure is Sure.NO:
            return False
        values = [self._default(value) for value in self.project.values(At(entries.module, entry.value))]
        names = [
            value.node.value
            for value in values
            if isinstance(value.node, ast.Constant) and isinstance(value.node.value, str)
        ]
        if not names or set(names) <= self.collected.served or (ALIAS not in names and sure is not Sure.YES):
            return False
        group.names += names
        if not self.collected.launched:
            text = (
                f"vLLM refuses names that it does not serve: add {ALIAS} to --served-model-name, or write the name here"
            )
            group.notes.append((At(entries.module, entry.value), "client/model-name", text))
        return True

    @staticmethod
    def _default(at: At) -> At:
        """The default of `os.getenv("MODEL", "tgi")`, else the expression itself."""
        call = at.node
        name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
        if isinstance(call, ast.Call) and name in ("getenv", "get") and len(call.args) == 2:
            return At(at.module, call.args[1])
        return at

    def _client(self, at: At, sure: Sure, base: str | None) -> list[Group]:
        flow = Flow(self.project, {}, {})
        flow.follow(at, "object")
        found = []
        for place, path in flow.calls:
            if path in CALLS:
                found += self._sent(place, CALLS[path], sure, base)
        return found

    def _sent(self, at: At, kind: str, sure: Sure, base: str | None) -> list[Group]:
        entries = named(at, [])
        message = "fields that vLLM reads otherwise than TGI are settled"
        group = Group(at, "client/openai-sdk", message, address=base)
        if entries is None or not self._named(entries, entries.get("model"), sure, group):
            return []
        self._call(at, entries, kind, group)
        return [group]

    # --- one call ---

    def _call(self, at: At, entries: Entries, kind: str, group: Group) -> None:
        draft = Draft(entries)
        extra: list[tuple[str, str]] = []
        for entry in entries.entries:
            place = At(entries.module, entry.value)
            if entry.name in self.differs and literal(self.project, place) not in (0, 0.0, None):
                rule = self.differs[entry.name]
                group.notes.append((place, rule.id, rule.why))
            elif entry.name in self.requires:
                needed = self.requires[entry.name]
                group.needs.add("tool-call-parser")
                group.notes.append((place, needed.id, needed.why))
            elif entry.name == "tool_choice":
                self._choice(place, entry, draft)
            elif entry.name == "response_format":
                self._format(place, entry, draft)
            elif entry.name == "stop" and literal(self.project, place) is not None:
                extra.append(("include_stop_str_in_output", "True"))
            elif entry.name == "n" and kind == "chat":
                draft.dropped.append(entry)
                group.notes.append((place, "client/openai-ignored", self.ignored["n"].why))
        if kind == "text" and not (entries.get("max_tokens") or any(entry.name is None for entry in entries.entries)):
            self._limit(at, draft, group)
        self._extra(entries, extra, draft, group)
        for start, end, text in draft.edits():
            group.changes.replace(entries.module, start, end, text)
        self._reasons(at, group)

    def _choice(self, place: At, entry: Entry, draft: Draft) -> None:
        value = literal(self.project, place)
        if (
            isinstance(value, str)
            and value not in ("auto", "none", "required")
            and isinstance(place.node, ast.Constant)
        ):
            draft.revalued.append(
                (entry, f'{{"type": "function", "function": {{"name": {place.module.text(place.node)}}}}}')
            )

    def _format(self, place: At, entry: Entry, draft: Draft) -> None:
        form = entries_of(place)
        value = form.get("value") if form else None
        kind = form.get("type") if form else None
        if form is None or value is None or kind is None:
            return
        said = literal(self.project, At(form.module, kind.value))
        text = form.module.text(value.value)
        if said in ("json_object", "json", "json_schema"):
            draft.revalued.append(
                (entry, f'{{"type": "json_schema", "json_schema": {{"name": "answer", "schema": {text}}}}}')
            )

    def _limit(self, at: At, draft: Draft, group: Group) -> None:
        if self.collected.budget is None:
            reason = "TGI 3 fills the context where max_tokens is absent, vLLM stops after 16 tokens: write max_tokens"
            group.manual.append((at, "client/parameter-max-new-tokens", reason))
        else:
            draft.added.append(("max_tokens", self.collected.budget))

    def _extra(self, entries: Entries, extra: list[tuple[str, str]], draft: Draft, group: Group) -> None:
        entry = entries.get("extra_body")
        if entry is None:
            if extra:
                draft.added.append(("extra_body", "{" + ", ".join(f'"{name}": {text}' for name, text in extra) + "}"))
            return
        body = entries_of(At(entries.module, entry.value))
        if body is None:
            return
        inner = Draft(body)
        inner.dropped = [one for one in body.entries if one.name in self.ignored]
        if inner.dropped:
            names = ", ".join(str(one.name) for one in inner.dropped)
            group.notes.append(
                (At(entries.module, entry.value), "client/openai-ignored", f"{names}: {self.ignored['top_k'].why}")
            )
        inner.added = [pair for pair in extra if pair[0] not in body.names()]
        if not inner.kept and not inner.added:
            draft.dropped.append(entry)
            return
        for start, end, text in inner.edits():
            group.changes.replace(entries.module, start, end, text)

    def _reasons(self, at: At, group: Group) -> None:
        """`finish_reason` compared with TGI's own words."""
        module = at.module
        for one in module.attributes.get("finish_reason", []):
            compare = module.parents[one]
            if not isinstance(compare, ast.Compare) or len(compare.ops) != 1 or compare.left is not one:
                continue
            other = compare.comparators[0]
            equal = isinstance(compare.ops[0], ast.Eq)
            if not isinstance(other, ast.Constant) or not isinstance(compare.ops[0], ast.Eq | ast.NotEq):
                continue
            start, end = module.span(one.value)[1], module.span(compare)[1]
            if other.value == "stop_sequence":
                group.changes.replace(module, start, end, f".stop_reason is {'not ' if equal else ''}None")
            elif other.value == "eos_token":
                sign, join = ("==", "and") if equal else ("!=", "or")
                base = module.text(one.value)
                tail = f'.finish_reason {sign} "stop" {join} {base}.stop_reason is {"" if equal else "not "}None'
                group.changes.replace(module, start, end, tail)
