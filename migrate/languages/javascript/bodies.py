"""The object that a program sends: TGI's `inputs` and `parameters` as a body of vLLM's completions route, in place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ast_grep_py import SgNode

from migrate.clients.parameters import UNKNOWN, Given, Spelling, Translation, translate
from migrate.languages.javascript.changes import Changes
from migrate.languages.javascript.script import QUOTES, Script, entries, same, span, value
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


@dataclass(frozen=True)
class Parameters:
    """The entries of a request's parameters, and where they stand: in the body, or in an object by a name."""

    holder: SgNode | None
    inner: Mapping[str, SgNode]
    apart: bool = False


def is_body(node: SgNode) -> bool:
    """Whether an object is a request in TGI's form."""
    pairs = entries(node)
    return "inputs" in pairs and not (pairs.keys() - FIELDS)


def rewrite(script: Script, changes: Changes, body: SgNode, rules: Mapping[str, ParameterRule], wanted: Wanted) -> None:
    """Edits the body, or says why it stays."""
    pairs = entries(body)
    found = _parameters(script, pairs.get("parameters"))
    if found is None:
        holder = value(pairs["parameters"])
        changes.escape(holder, "parameters: they are built elsewhere and cannot be seen; write vLLM's names there")
        return
    if "..." in found.inner or "..." in pairs:
        changes.escape(body, "parameters: what ... brings in cannot be seen")
        return
    spelling = replace(SPELLING, grammar=_grammar)
    done = translate(
        _given(found.inner), rules, spelling, budget=wanted.budget, parameters="parameters" in pairs
    )  # fmt: skip
    _full_text(changes, body, found.inner, done, wanted)
    _notes(changes, body, found.inner, done)
    changes.adapters += done.names
    taken = {pair[0] for pair in done.becomes.values() if pair}
    done.added += [(name, text.lower()) for name, text in changes.needs.items() if name not in taken]
    _write(changes, body, pairs, found, done, wanted)


SPELLING = Spelling(
    "true", "false", "null", "({flag} ? {value} : {other})", "({value} == null || {value} === 1)", "!{flag} && "
)


def _parameters(script: Script, entry: SgNode | None) -> Parameters | None:
    """The parameters; None: they cannot be seen, or are used for something else, too."""
    if entry is None:
        return Parameters(None, {})
    holder = value(entry)
    if holder.kind() == "object":
        return Parameters(holder, entries(holder))
    declared = script.declared(holder) if holder.kind() in ("identifier", "shorthand_property_identifier") else None
    binding = script.binding(holder)
    if declared is None or binding is None or declared.kind() != "object" or len(script.uses(binding)) != 1:
        return None
    return Parameters(declared, entries(declared), apart=True)


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


def _full_text(
    changes: Changes, body: SgNode, inner: Mapping[str, SgNode], done: Translation, wanted: Wanted
) -> None:  # fmt: skip
    said = inner.get("return_full_text")
    if wanted.streams:
        done.becomes.pop("return_full_text", None)
        done.notes = [note for note in done.notes if note.parameter != "return_full_text"]
    elif wanted.echo and (said is None or value(said).text() in ("null", "undefined")):
        done.added.append(("echo", "true"))
        text = "return_full_text is not sent, so the old answer held the prompt: echo keeps that"
        changes.note(body, FULL_TEXT, text)


def _notes(changes: Changes, body: SgNode, inner: Mapping[str, SgNode], done: Translation) -> None:
    for note in done.notes:
        node = inner.get(note.parameter, body)
        if note.manual:
            changes.escape(node, note.message)
        else:
            changes.note(node, note.rule, note.message)


def _write(
    changes: Changes, body: SgNode, pairs: Mapping[str, SgNode], found: Parameters, done: Translation, wanted: Wanted
) -> None:
    inputs = pairs["inputs"]
    quote = inputs.text()[:1] if inputs.text()[:1] in QUOTES else ""

    def key(name: str) -> str:
        return f"{quote}{name}{quote}"

    named = wanted.model and not any(pair and pair[0] == "model" for pair in done.becomes.values())
    lead = f'{key("model")}: "", ' if named and "model" not in pairs else ""
    key_node = inputs.field("key")
    place = span(key_node) if key_node else span(inputs)
    changes.replace(place.start, place.end, lead + key("prompt") + ("" if key_node else ": inputs"))
    new = _entries(found.inner, done, key)
    if wanted.streams and "stream" not in pairs:
        new.append(f"{key('stream')}: true")
    entry = pairs.get("parameters")
    if entry is None:
        end = span(inputs).end
        changes.replace(end, end, "".join(f", {one}" for one in new))
        return
    at = entry
    if found.apart and found.holder is not None:
        name = value(entry).text()
        changes.replace(span(entry).start, span(entry).end, f"...{name}")
        at = found.holder
        text = _joined(changes, at, found.holder, new)
        changes.replace(span(at).start, span(at).end, "{ " + text + " }" if "\n" not in text else text)
    else:
        changes.replace(span(at).start, span(at).end, _joined(changes, at, found.holder, new))
    if found.holder is not None and any(found.holder.find_all(kind="comment")):
        changes.escape(found.holder, "parameters: comments stand between them, which would be lost")


def _entries(inner: Mapping[str, SgNode], done: Translation, key: object) -> list[str]:
    """The new entries: those that stay, in their order, and what is added."""
    assert callable(key)
    new = []
    for name, entry in inner.items():
        pair = done.becomes.get(name)
        if pair:
            new.append(entry.text() if pair == (name, value(entry).text()) else f"{key(pair[0])}: {pair[1]}")
    return new + [f"{key(name)}: {text.replace(chr(34) * 2, chr(34))}" for name, text in done.added]


def _joined(changes: Changes, at: SgNode, holder: SgNode | None, new: list[str]) -> str:
    """The entries on one line, or one a line where they stood so."""
    source = changes.script.source.text
    line = re.match(r"\{[ \t]*\r?\n([ \t]*)", holder.text()) if holder else None
    if line is None:
        return ", ".join(new)
    if holder is not None and same(at, holder):
        close = re.search(r"\n([ \t]*)\}\Z", holder.text())
        inside = "".join(f"\n{line[1]}{one}," for one in new)
        return "{" + inside + f"\n{close[1] if close else ''}" + "}"
    before = re.search(r"[ \t]*\Z", source[: span(at).start])
    return f",\n{before[0] if before else ''}".join(new)
