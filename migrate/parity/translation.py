"""A request that TGI is asked, as the other engine is asked it: by the rules that rewrite client code.

So a comparison tests the migration itself: what the rules get wrong shows as a difference, with the rule's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from migrate.clients.parameters import Given, Note, Spelling
from migrate.clients.rules import Book
from migrate.clients.translating import translate
from migrate.parity.exchange import Json, Request

FULL_TEXT, LIMIT = "client/parameter-return-full-text", "client/parameter-max-new-tokens"
STOP, TEMPERATURE, SDK = "client/parameter-stop", "client/parameter-temperature", "client/openai-sdk"
_NATIVE = frozenset({"inputs", "parameters", "stream", "model"})
_CHOICES = ("auto", "none", "required")


@dataclass(frozen=True, slots=True)
class Translated:
    """`request` is None where a rule leaves something to a person; `rules` are the ids of all that took part."""

    request: Request | None
    rules: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def manual(self) -> str:
        """What is left to a person, empty where nothing is."""
        return "; ".join(f"{note.message} ({note.rule})" for note in self.notes if note.manual)


def translate_request(request: Request, book: Book, budget: int | None = None) -> Translated:
    """The request for vLLM's OpenAI routes, without the model's name, which the engine decides.

    `budget` is how many tokens TGI gave where a request names no limit (its version and launch decide).
    """
    if not isinstance(request.body, dict):
        return Translated(None, notes=(Note("body", SDK, "the body is no JSON object", True),))
    body, path = request.body, request.path.partition("?")[0].rstrip("/")
    if isinstance(body.get("inputs"), str):
        return _native(path, body, book, budget)
    return _openai(path, body, book, budget)


@dataclass(slots=True)
class _Draft:
    body: dict[str, Json] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, parameter: str, rule: str, message: str, manual: bool = False) -> None:
        self.rules.append(rule)
        self.notes.append(Note(parameter, rule, message, manual))

    def done(self, path: str) -> Translated:
        rules, notes = tuple(dict.fromkeys(self.rules)), tuple(self.notes)
        if any(note.manual for note in notes):
            return Translated(None, rules, notes)
        return Translated(Request("POST", path, self.body, {"content-type": "application/json"}), rules, notes)


def _native(path: str, body: Mapping[str, Json], book: Book, budget: int | None) -> Translated:
    stated = body.get("parameters")
    parameters = stated if isinstance(stated, dict) else {}
    streams = path.endswith("/generate_stream") or (body.get("stream") is True and not path.endswith("/generate"))
    draft = _Draft({"prompt": body["inputs"]})
    _parameters(draft, parameters, book, str(budget) if budget else None, present=isinstance(stated, dict))
    if streams:
        draft.body.pop("echo", None)
        draft.body["stream"] = True
    elif path in ("", "/invocations") and parameters.get("return_full_text") is None:
        draft.body["echo"] = True
        draft.note("return_full_text", FULL_TEXT, "the route puts the prompt in front of the answer: echo keeps that")
    for name in sorted(body.keys() - _NATIVE):
        draft.note(name, "client/parameter-unknown", f"{name} is no field of TGI's request", True)
    return draft.done("/v1/completions")


def _parameters(draft: _Draft, stated: Mapping[str, Json], book: Book, budget: str | None, *, present: bool) -> None:
    rules = book.parameters
    given = [Given(name, json.dumps(value), value) for name, value in stated.items()]
    done = translate(given, rules, _JSON, budget=budget, parameters=present)
    draft.rules += [rules[name].id for name in stated if name in rules]
    draft.notes += done.notes
    draft.rules += [note.rule for note in done.notes]
    pairs = [pair for pair in done.becomes.values() if pair] + done.added
    draft.body |= {name: json.loads(text) for name, text in pairs}
    if "temperature" not in stated:
        draft.rules.append(TEMPERATURE)


def _grammar(text: str) -> tuple[str, str] | None:
    """TGI's {type, value} as vLLM's structured_outputs."""
    grammar = json.loads(text)
    kind, value = (grammar.get("type"), grammar.get("value")) if isinstance(grammar, dict) else (None, None)
    if kind == "regex" and isinstance(value, str):
        return "", json.dumps({"regex": value})
    if kind == "json_schema" and isinstance(value, dict):
        value = value.get("schema")
    if kind in ("json", "json_object", "json_schema") and value is not None:
        return "", json.dumps({"json": value})
    return None


_JSON = replace(Spelling(true="true", false="false", null="null"), grammar=_grammar)


def _openai(path: str, body: Mapping[str, Json], book: Book, budget: int | None) -> Translated:
    chat = "messages" in body
    ignored, differs, requires = book.ignored, book.differs, book.requires
    draft = _Draft()
    for name, value in body.items():
        if name in ignored and (chat or name != "n"):
            if value is not None:
                draft.note(name, ignored[name].id, f"{name}: {ignored[name].why}")
            continue
        draft.body[name] = value
        if name in differs and value not in (0, None):
            draft.note(name, differs[name].id, f"{name}: {differs[name].why}")
        elif name in requires and value:
            draft.note(name, requires[name].id, f"{name}: {requires[name].why}")
    _forms(draft)
    if not (chat or body.get("max_tokens")):
        _limit(draft, budget)
    return draft.done(path)


def _forms(draft: _Draft) -> None:
    """Values that TGI takes in a form of its own."""
    body = draft.body
    if body.get("stop"):
        body["include_stop_str_in_output"] = True
        draft.rules.append(STOP)
    choice, form = body.get("tool_choice"), body.get("response_format")
    if isinstance(choice, str) and choice not in _CHOICES:
        body["tool_choice"] = {"type": "function", "function": {"name": choice}}
        draft.rules.append(SDK)
    if isinstance(form, dict) and form.get("value") is not None and form.get("type") != "regex":
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": form["value"]}}
        draft.rules.append(SDK)


def _limit(draft: _Draft, budget: int | None) -> None:
    if budget is None:
        reason = "TGI 3 fills the context where max_tokens is absent, vLLM stops after 16 tokens: write max_tokens"
        draft.note("max_tokens", LIMIT, reason, True)
    else:
        draft.body["max_tokens"] = budget
        draft.rules.append(LIMIT)
