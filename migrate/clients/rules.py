"""The client rules as data: what a parameter, a result's member, a call or a constructor becomes.

Errors of a rule file name the file, the path inside it and the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FOLDER = Path(__file__).resolve().parents[2] / "rules" / "clients"
PACKAGED = Path(__file__).resolve().parents[1] / "_rules" / "clients"
COMMON = {"id", "summary", "safety", "why", "see", "examples"}
FORMS: dict[str, set[str]] = {
    "parameter": {"parameter", "becomes", "adds", "neutral", "value"},
    "member": {"of", "member", "becomes", "gives", "truth", "not", "needs", "present", "style"},
    "library": {"library", "functions", "sessions", "requests", "base", "body", "status", "lines", "openers"},
    "constructor": {
        "constructor",
        "becomes",
        "arguments",
        "adds",
        "package",
        "positional",
        "address",
        "calls",
        "unless",
        "served",
        "where",
        "rest",
        "imports",
        "dicts",
    },
    "report": {"report", "when", "methods", "calls"},
    "speaks": {"speaks", "names", "libraries", "positional", "address", "fields"},
    "ignored": {"ignored", "route"},
    "differs": {"differs"},
    "requires": {"requires"},
    "exception": {"exception", "becomes", "beside"},
    "status": {"status", "becomes"},
}


class RuleError(ValueError):
    """A rule file that cannot be used: `file:line: path: reason`."""


@dataclass(frozen=True)
class Rule:
    """What all rules have. `form` is the kind of rule, `fields` what it says besides."""

    id: str
    summary: str
    safety: str
    why: str
    see: tuple[str, ...] = ()
    examples: tuple[Mapping[str, Any], ...] = ()
    form: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True)
class ParameterRule:
    """One request parameter: `field` its name on vLLM (None: it goes).

    `adds` is what comes with it, `neutral` are values that do nothing.
    """

    id: str
    safety: str
    why: str
    field: str | None
    adds: Mapping[str, Any]
    neutral: tuple[Any, ...]
    value: str | None


def load(folders: Iterable[Path]) -> tuple[Rule, ...]:
    """All rules of the folders' YAML files, in the order of their names.

    Raises:
        RuleError: something in a file is no rule.
    """
    found: list[Rule] = []
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            found += parse(path.read_text("utf-8"), path.name)
    seen: dict[str, str] = {}
    for rule in found:
        if rule.id in seen:
            raise RuleError(f"{rule.place}: {rule.id}: also at {seen[rule.id]}")
        seen[rule.id] = rule.place
    return tuple(found)


def parse(text: str, name: str) -> list[Rule]:
    """The rules of one file.

    Raises:
        RuleError: see `load`.
    """
    try:
        data = yaml.load(text, _LOADER)
    except yaml.YAMLError as error:
        raise RuleError(f"{name}: {error}") from error
    lines = [text.count("\n", 0, match.start()) + 1 for match in re.finditer(r"(?m)^-(?= |$)", text)]
    if not isinstance(data, list) or len(data) != len(lines):
        raise RuleError(f"{name}:1: a rule file is a list of rules, each beginning in the first column")
    return [_rule(one, f"{name}:{line}") for one, line in zip(data, lines, strict=True)]


def _rule(data: Any, place: str) -> Rule:
    if not isinstance(data, dict):
        raise RuleError(f"{place}: a rule is a mapping")
    for name in ("id", "summary", "safety", "why"):
        if not isinstance(data.get(name), str):
            raise RuleError(f"{place}: {name}: a text is needed")
    if data["safety"] not in ("safe", "review", "manual", "none"):
        raise RuleError(f"{place}: safety: {data['safety']!r} is none of safe, review, manual, none")
    form = next((form for form in FORMS if form in data), None)
    if form is None:
        raise RuleError(f"{place}: {data['id']}: one of {', '.join(FORMS)} is needed")
    if unknown := data.keys() - COMMON - FORMS[form]:
        raise RuleError(f"{place}: {data['id']}: unknown field {', '.join(sorted(map(str, unknown)))}")
    return Rule(
        data["id"], data["summary"], data["safety"], " ".join(data["why"].split()), tuple(data.get("see", ())),
        tuple(data.get("examples", ())), form, {key: value for key, value in data.items() if key not in COMMON}, place,
    )  # fmt: skip


@dataclass(frozen=True)
class Book:
    """The rules by what they match."""

    rules: tuple[Rule, ...]

    def of(self, form: str) -> list[Rule]:
        return [rule for rule in self.rules if rule.form == form]

    def parameters(self) -> dict[str, ParameterRule]:
        found = {}
        for rule in self.of("parameter"):
            names = rule.fields["parameter"]
            for name in names if isinstance(names, list) else [names]:
                found[name] = ParameterRule(
                    rule.id, rule.safety, rule.why, rule.fields.get("becomes"), rule.fields.get("adds", {}),
                    tuple(rule.fields.get("neutral", ())), rule.fields.get("value"),
                )  # fmt: skip
        return found

    def members(self) -> dict[tuple[str, str], Rule]:
        return {(rule.fields["of"], rule.fields["member"]): rule for rule in self.of("member")}


@lru_cache(maxsize=1)
def built_in() -> Book:
    """The rules that come with the program."""
    return Book(load([PACKAGED if PACKAGED.is_dir() else FOLDER]))
