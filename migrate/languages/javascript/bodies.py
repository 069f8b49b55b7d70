"""The object that a program sends: TGI's `inputs` and `parameters` as a body of vLLM's completions route, in place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ast_grep_py import SgNode

from migrate.clients.parameters import UNKNOWN, Given, Spelling, Translation
from migrate.clients.translating import translate
from migrate.languages.javascript.changes import Changes
from migrate.languages.javascript.modules import Scripts
from migrate.languages.javascript.parts import SPREAD, Part, all_of, parts
from migrate.languages.javascript.script import entries, value
from migrate.languages.javascript.types import untype
from migrate.languages.javascript.writing import write, write_part
from migrate.rulebook.clients import ParameterRule

FIELDS = frozenset({"inputs", "parameters", "stream", "model", "options"})
FULL_TEXT = "client/parameter-return-full-text"
LITERALS = {"true": True, "false": False, "null": None, "undefined": None}
_GRAMMAR = re.compile(
    r"""\{\s*["']?type["']?:\s*["'](json|regex)["']\s*,\s*(?:["']?value["']?:\s*(.+?)|(value))\s*,?\s*\}""", re.DOTALL
)


@dataclass(frozen=True)
class Wanted:
    """What the new request needs besides its parameters."""

    echo: bool = False  # the old call put the prompt in front
    streams: bool = False
    model: bool = False  # an SDK's call, which must name a model
    budget: str | None = None


def is_body(node: SgNode) -> bool:
    """Whether an object is a request in TGI's form."""
    pairs = entries(node)
    return "inputs" in pairs and not (pairs.keys() - FIELDS)


def rewrite(
    scripts: Scripts, changes: Changes, body: SgNode, rules: Mapping[str, ParameterRule], wanted: Wanted
) -> None:
    """Edits the body with all objects that its parameters stand in, or says why it stays."""
    pairs = entries(body)
    found = parts(scripts, changes.script, pairs.get("parameters"))
    for place, reason in found.troubles:
        changes.at(place.script).escape(place.node, reason)
    if "..." in pairs:
        changes.escape(body, SPREAD)
    if found.troubles or "..." in pairs:
        return
    given = [one for part in found.base for one in _given(part.inner)]
    inner = {name: (part, entry) for part in found.base for name, entry in part.inner.items()}
    done = Translation()
    if found.base or "parameters" not in pairs:
        done = _translated(given, rules, wanted, parameters="parameters" in pairs)
        _full_text(changes, body, inner, done, wanted)
        _notes(changes, body, inner, done)
        changes.adapters += done.names
        taken = {pair[0] for pair in done.becomes.values() if pair}
        done.added += [(name, text.lower()) for name, text in changes.needs.items() if name not in taken]
    for part in found.callers:
        _caller(changes, part, given, done, rules, wanted, alone=not found.base)
    write(changes, body, found, done, streams=wanted.streams, model=wanted.model)
    for part in all_of(found):
        untype(changes.at(part.script), part.holder)
    untype(changes, body)


def _translated(
    given: list[Given], rules: Mapping[str, ParameterRule], wanted: Wanted, *, parameters: bool = True
) -> Translation:
    return translate(given, rules, replace(SPELLING, grammar=_grammar), budget=wanted.budget, parameters=parameters)


def _caller(
    changes: Changes, part: Part, given: list[Given], base: Translation, rules: Mapping[str, ParameterRule],
    wanted: Wanted, *, alone: bool,
) -> None:  # fmt: skip
    """What one caller hands over, with what must be sent with it."""
    there = changes.at(part.script)
    mine = _given(part.inner)
    names = {one.name for one in mine}
    done = _translated([*(one for one in given if one.name not in names), *mine], rules, wanted)
    inner = {name: (part, entry) for name, entry in part.inner.items()}
    _full_text(there, part.holder, inner, done, wanted if alone else replace(wanted, echo=False))
    done.notes = [note for note in done.notes if note.parameter in names or alone]
    _notes(there, part.holder, inner, done)
    changes.adapters += [name for name in done.names if name not in changes.adapters]
    added = [pair for pair in done.added if pair not in base.added]
    if alone:
        taken = {pair[0] for pair in done.becomes.values() if pair}
        added += [(name, text.lower()) for name, text in changes.needs.items() if name not in taken]
    write_part(there, part, done, added)


SPELLING = Spelling(
    "true", "false", "null", "({flag} ? {value} : {other})", "({value} == null || {value} === 1)", "!{flag} && "
)


def _given(inner: Mapping[str, SgNode]) -> list[Given]:
    found = []
    for name, entry in inner.items():
        text = value(entry).text()
        simple = value(entry).kind() in ("identifier", "shorthand_property_identifier")
        found.append(Given(name, text, literal(text), simple))
    return found


def literal(text: str) -> object:
    """The value of a literal's text, else UNKNOWN."""
    if text in LITERALS:
        return LITERALS[text]
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d*\.\d+", text):
        return float(text)
    return text[1:-1] if re.fullmatch(r"\"[^\"\\]*\"|'[^'\\]*'", text) else UNKNOWN


def _grammar(text: str) -> tuple[str, str] | None:
    match = _GRAMMAR.fullmatch(text)
    return ("structured_outputs", f"{{ {match[1]}: {match[2] or match[3]} }}") if match else None


Inner = Mapping[str, tuple[Part, SgNode]]


def _full_text(changes: Changes, body: SgNode, inner: Inner, done: Translation, wanted: Wanted) -> None:
    said = inner.get("return_full_text")
    if wanted.streams:
        done.becomes.pop("return_full_text", None)
        done.notes = [note for note in done.notes if note.parameter != "return_full_text"]
    elif wanted.echo and (said is None or value(said[1]).text() in ("null", "undefined")):
        done.added.append(("echo", "true"))
        text = "return_full_text is not sent, so the old answer held the prompt: echo keeps that"
        changes.note(body, FULL_TEXT, text)


def _notes(changes: Changes, body: SgNode, inner: Inner, done: Translation) -> None:
    for note in done.notes:
        part, node = inner.get(note.parameter, (None, body))
        there = changes.at(part.script) if part is not None else changes
        if note.manual:
            there.escape(node, note.message)
        else:
            there.note(node, note.rule, note.message)
