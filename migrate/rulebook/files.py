"""Reads one rule file: all errors at once, each with its file, line and path inside the rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import yaml

from migrate.mistakes import Mistake, not_yaml
from migrate.rulebook.checks import client_complaints, complaints
from migrate.rulebook.client_rule import ClientRule
from migrate.rulebook.clients import FORMS, form_of
from migrate.rulebook.model import Rule

# The keys of a place inside a rule, and what is wrong there.
Complaint = tuple[tuple[str, ...], str]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_file(path: Path, errors: list[Mistake]) -> Iterator[tuple[Rule | ClientRule, int]]:
    """The rules of a file with the line that each begins on; what is none goes to `errors`."""
    text = path.read_text("utf-8")
    try:
        entries = yaml.load(text, _LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        errors.append(not_yaml(str(path), text, error))
        return
    if not isinstance(entries, list):
        errors.append(Mistake(str(path), 1, "a rule file is a list of rules"))
        return
    starts = [match.start() for match in re.finditer(r"(?m)^-(?= |$)", text)]
    lines = [text.count("\n", 0, start) + 1 for start in starts]
    if len(lines) != len(entries):
        lines = [1] * len(entries)
    for entry, line in zip(entries, lines, strict=True):
        rule, mistakes = read_entry(entry)
        errors += [Mistake(str(path), _line(text, line, keys), message) for keys, message in mistakes]
        if rule is not None:
            yield rule, line


def read_entry(entry: Any) -> tuple[Rule | ClientRule | None, list[Complaint]]:
    """A rule, or its mistakes: for each the keys of its path inside the entry, and what is wrong."""
    if not isinstance(entry, dict) or not all(isinstance(key, str) for key in entry):
        return None, [((), "a rule is a mapping of names")]
    kind: type[Rule | ClientRule] | None = Rule if "match" in entry else form_of(entry)
    name = entry.get("id", "?")
    if kind is None:
        return None, [((), f"{name}: one of {', '.join(['match', *FORMS])} is needed: what the rule is about")]
    if kind is not Rule and isinstance(entry.get("why"), str):
        entry = {**entry, "why": " ".join(entry["why"].split())}
    try:
        rule: Rule | ClientRule = msgspec.convert(entry, kind)
    except msgspec.ValidationError as error:
        mistakes = list(_mistakes(entry, kind)) or [((), str(error))]
        return None, [(keys, f"{name}: {message}") for keys, message in mistakes]
    more = complaints(rule) if isinstance(rule, Rule) else client_complaints(rule)
    return rule, [((), f"{name}: {message}") for message in more]


def _mistakes(entry: Mapping[str, Any], kind: type[Rule | ClientRule]) -> Iterator[Complaint]:
    """Every field of a rule by itself, so that one mistake does not hide another."""
    fields = {one.encode_name: one for one in msgspec.structs.fields(kind)}
    for unknown in entry.keys() - fields.keys():
        yield (unknown,), f"unknown field {unknown}; this form has {', '.join(fields)}"
    for name, one in fields.items():
        if name not in entry:
            if one.required:
                yield (), f"`{name}` is missing"
            continue
        yield from _wrong(entry[name], one.type, name)


def _wrong(value: Any, kind: Any, path: str) -> Iterator[Complaint]:
    """A value of another type than its field's; of a mapping every entry by itself, which keeps its key."""
    if get_origin(kind) is dict and isinstance(value, dict):
        for key, one in value.items():
            yield from _wrong(one, get_args(kind)[1], f"{path}.{key}")
        return
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        place = path + where.rstrip("`")
        keys = [re.sub(r"\[[^]]*\]", "", key) for key in place.split(".")]
        yield (*keys, *re.findall(r"unknown field `(\w+)`", message)), f"{message} - at `{place}`"


def _line(text: str, first: int, keys: tuple[str, ...]) -> int:
    """The line of the last key of a path in the entry that begins on a line, as near as the entry's own lines tell."""
    lines = text.splitlines()[first - 1 :]
    end = next((number for number, line in enumerate(lines) if number and line.startswith("-")), len(lines))
    at = 0
    for key in keys:
        pattern = re.compile(rf"(?<![\w-]){re.escape(key)}[\"']?\s*:")
        at = next((number for number in range(at, end) if pattern.search(lines[number])), at)
    return first + at
