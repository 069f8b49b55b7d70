"""Rules for people: a list, one rule with its reason, its examples and links; and the JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import msgspec

from migrate.rulebook.client_rule import ClientRule
from migrate.rulebook.clients import FORMS
from migrate.rulebook.loader import Rulebook
from migrate.rulebook.model import Case, Comparison, Example, Result, Rule, Value, When, as_list


def overview(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """(id, summary) of every rule, in order of the ids."""
    yield from ((rule.id, rule.summary) for rule in sorted(rulebook.rules.values(), key=lambda rule: rule.id))


def explain(rule: Rule, place: str = "") -> str:
    """One rule as plain text: what it matches, what becomes of it, how safe, why, with its examples and sources."""
    lines = [rule.id, f"  {rule.summary}", "", f"matches   {_match(rule)}"]
    for number, case in enumerate(rule.outcomes):
        lines += ["", *_case(rule, case, number)]
    if rule.verified:
        lines += ["", f"verified  {rule.verified}"]
    if rule.examples:
        lines += ["", "examples"]
        lines += [f"  {text}" for example in rule.examples for text in _example(example)]
    if rule.see:
        lines += ["", "see", *(f"  {source}" for source in rule.see)]
    if place:
        lines += ["", f"defined in {place}"]
    return "\n".join(lines)


def explain_client(rule: ClientRule, place: str = "") -> str:
    """A rule for clients as plain text, its examples and sources as its file has them."""
    fields = msgspec.to_builtins(rule)
    lines = [rule.id, f"  {rule.summary}", "", f"matches   {rule.form} {_shown(fields.pop(rule.form))}"]
    common = {one.encode_name for one in msgspec.structs.fields(ClientRule)}
    for name, value in fields.items():
        if name not in common:
            lines += _block(name, value)
    lines += [f"safety    {rule.safety}", f"why       {rule.why}"]
    if rule.examples:
        lines += ["", "examples"]
        lines += [line for one in fields["examples"] for key, text in one.items() for line in _lines(key, text)]
    if rule.see:
        lines += ["", "see", *(f"  {source}" for source in rule.see)]
    if place:
        lines += ["", f"defined in {place}"]
    return "\n".join(lines)


def _block(name: str, value: Any) -> list[str]:
    """A field of a rule: one line, or one for each entry of a mapping."""
    head = f"{name:<9}"
    if isinstance(value, dict) and value:
        entries = [f"{key}: {_shown(one)}" for key, one in value.items()]
        return [f"{head if number == 0 else ' ' * len(head)} {text}" for number, text in enumerate(entries)]
    return [f"{head} {_shown(value)}"]


def _lines(key: str, text: str) -> list[str]:
    """A text of an example: behind its key, or below it where it is a program."""
    if "\n" not in text:
        return [f"  {key}: {text}"]
    return [f"  {key}:", *(f"    {line}".rstrip() for line in text.splitlines())]


def _match(rule: Rule) -> str:
    for key in ("option", "variable", "absent", "image", "mention", "remark"):
        names = as_list(getattr(rule.match, key))
        if names:
            how = {"absent": "a launch without", "image": "image build", "variable": "variable"}.get(key, key)
            return f"{how} {', '.join(names)}"
    return "every launch"


def _case(rule: Rule, case: Case, number: int) -> Iterator[str]:
    conditions = [text for when in (rule.when, case.when) for text in _conditions(when)]
    head = "when      " if number == 0 else "else when "
    if conditions:
        yield head + ", ".join(conditions)
    elif number:
        yield "else"
    yield f"becomes   {', '.join(map(_result, case.becomes)) or ('stays' if case.keeps else 'nothing')}"
    yield f"safety    {case.safety}{' (the whole launch stays as it is)' if case.blocks else ''}"
    if case.why or case.say:
        yield f"why       {case.why or case.say}"


def _conditions(when: When) -> Iterator[str]:
    for name in when.__struct_fields__:
        value = getattr(when, name)
        if value is not None:
            yield f"{name.replace('_', ' ')} {_shown(value)}"


def _shown(value: Any) -> str:
    if isinstance(value, Comparison):
        return " and ".join(
            f"{key} {_shown(one)}" for key, one in msgspec.structs.asdict(value).items() if one is not None
        )
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(one)}" for key, one in value.items())
    return " or ".join(map(_shown, value)) if isinstance(value, list) else str(value)


def _result(result: Result) -> str:
    value = result.value
    shown = ""
    if isinstance(value, Value):
        shown = ", ".join(f"{key} {one}" for key, one in msgspec.structs.asdict(value).items() if one is not None)
    elif value is not None:
        shown = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    if result.option:
        return f"--{result.option} {shown}".strip()
    if result.variable:
        return f"{result.variable}={shown}"
    return shown if result.positional or result.image else result.text or ""


def _example(example: Example) -> Iterator[str]:
    scene = [f"TGI {example.source}" if example.source else "", f"to vLLM {example.target}" if example.target else ""]
    scene += [f"{name}={value}" for name, value in example.env.items()]
    scene += [example.docker, example.image or "", example.tgi or example.text or ""]
    yield " ".join(filter(None, scene))
    if example.unchanged:
        yield "    -> nothing"
        return
    env = " ".join(f"{name}={value}" for name, value in (example.vllm_env or {}).items())
    result = " ".join(filter(None, [env, example.vllm or "", example.becomes or ""]))
    yield f"    -> {result or 'not written'}{f'  ({example.safety})' if example.safety else ''}"


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a rule file, for editors; docstrings are cleaned here as Python 3.13 does itself."""
    shapes, parts = msgspec.json.schema_components([Rule, *FORMS.values()], ref_template="#/$defs/{name}")
    for part in parts.values():
        if "description" in part:
            part["description"] = cleandoc(part["description"])
    return {"type": "array", "items": {"anyOf": list(shapes)}, "$defs": parts}
