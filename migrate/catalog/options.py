"""vLLM's command-line options as the catalog states them, by version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from migrate.catalog.versions import Spans, spans, version

SWITCHES = frozenset({"bool", "flag"})
_HUMAN = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<suffix>[kKmMgGtT])")
_PAIRS = re.compile(r"\w+=\d+(?:,\w+=\d+)*")
_LORA = re.compile(r"[^={]+=.*|\s*\{.*\}\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Form:
    """How one version reads an option.

    `kind`: bool and flag take no value; choice, int, float, str, human-int (4096, 4k, 4K), human-int-or-auto, json,
    json-config (JSON that a configuration class checks too), json-or-str, and some old ones; a trailing `?` allows the
    empty text and `None`. `nargs`: None one value, `+` one or more, `?` none or one.
    """

    kind: str
    nargs: str | int | None = None
    choices: tuple[str, ...] = ()
    default: Any = None
    deprecated: bool = False

    @property
    def takes_value(self) -> bool:
        """Whether a value may follow the option."""
        return self.kind not in SWITCHES

    def refuses(self, value: str) -> str | None:
        """Why the parser refuses `value`, in its own terms, or None where it takes it."""
        kind = self.kind.removesuffix("?")
        if self.kind.endswith("?") and value in ("", "None"):
            return None
        if self.choices:
            return (
                None if value in self.choices else f"invalid choice {value!r} (choose from {', '.join(self.choices)})"
            )
        problem = _CHECKS[kind](value) if kind in _CHECKS else None
        return f"invalid value {value!r}: {problem}" if problem else None


def _integer(value: str) -> str | None:
    try:
        int(value)
    except ValueError:
        return "not an integer"
    return None


def _number(value: str) -> str | None:
    try:
        float(value)
    except ValueError:
        return "not a number"
    return None


def _human(value: str) -> str | None:
    match = _HUMAN.fullmatch(value.strip())
    if match and match["suffix"].isupper() and "." in match["number"]:
        return "no decimals before K, M, G and T"
    return None if match else _integer(value)


def _human_or_auto(value: str) -> str | None:
    return None if value.strip().lower() == "auto" else _human(value)


def _json(value: str) -> str | None:
    try:
        json.loads(value)
    except json.JSONDecodeError:
        return "not JSON"
    return None


def _json_object(value: str) -> str | None:
    return _json(value) or (None if isinstance(json.loads(value), dict) else "not a JSON object")


def _json_or_text(value: str) -> str | None:
    return _json(value) if re.fullmatch(r"(?s)\s*\{.*\}\s*", value) else None


def _adapter(value: str) -> str | None:
    return None if value in ("", "None") or _LORA.fullmatch(value) else "neither name=path nor a JSON object"


def _pairs(value: str) -> str | None:
    return None if _PAIRS.fullmatch(value) else "not of the form name=number"


_CHECKS = {
    "key=value,...": _pairs,
    "int": _integer,
    "float": _number,
    "human-int": _human,
    "human-int-or-auto": _human_or_auto,
    "json": _json,
    "json-config": _json_object,
    "json-or-str": _json_or_text,
    "name=path-or-json list": _adapter,
}


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `name` is its destination with dashes; `flags` maps each spelling to the versions that take it."""

    name: str
    within: Spans
    flags: Mapping[str, Spans]
    forms: tuple[tuple[str, Mapping[str, Any]], ...]
    note: str = ""
    positional: bool = False
    hidden: frozenset[str] = frozenset()

    @classmethod
    def of(cls, name: str, entry: Mapping[str, Any]) -> Option:
        """An option from its entry in the data file."""
        within = spans(entry["in"])
        return cls(
            name,
            within,
            {flag: spans(text) if text else within for flag, text in entry.get("flags", {}).items()},
            tuple(entry["forms"].items()),
            entry.get("note", ""),
            bool(entry.get("positional")),
            frozenset(entry.get("hidden", ())),
        )

    def at(self, covered: str) -> Form | None:
        """How a covered version reads the option; None where it does not have it."""
        if not self.within.holds(covered):
            return None
        facts: dict[str, Any] = {}
        for since, changed in self.forms:
            if version(since) <= version(covered):
                facts |= changed
        choices = tuple(str(choice) for choice in facts.get("choices") or ())
        return Form(facts["kind"], facts.get("nargs"), choices, facts.get("default"), bool(facts.get("deprecated")))

    def spellings(self, covered: str) -> Iterable[str]:
        """The spellings that a covered version takes."""
        return (flag for flag, within in self.flags.items() if within.holds(covered))

    def negated(self, flag: str) -> bool:
        """Whether a spelling switches the option off (`--no-x`, or `--disable-x` for `--enable-x`)."""
        main = f"--{self.name}"
        return flag != main and (flag.startswith("--no-") or _swapped(flag) == main)


def _swapped(flag: str) -> str:
    for one, other in (("--disable-", "--enable-"), ("--enable-", "--disable-")):
        if flag.startswith(one):
            return other + flag.removeprefix(one)
    return flag
