"""TGI's request parameters as vLLM's, by the rules: what is copied, renamed, added, dropped, or left to a person.

Works on values as text, so that every language can use it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from migrate.rulebook.clients import ParameterRule


class _Unknown:
    """The value of an expression that is no literal."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()
NEUTRAL_TEMPERATURE = (None, 1.0)


@dataclass(frozen=True)
class Given:
    """A parameter as it is written: `literal` is its value where that is known, else UNKNOWN; `text` its source.

    `nullable`: it may be null, which is to TGI as if it was not there.
    """

    name: str
    text: str
    literal: Any = UNKNOWN
    simple: bool = False  # it may be written twice
    nullable: bool = False


@dataclass(frozen=True)
class Note:
    """Something a person should know; `manual` ones stop the edit."""

    parameter: str
    rule: str
    message: str
    manual: bool = False


@dataclass
class Translation:
    """For each given parameter its new name and text (None: it goes), what is added, and what is to be said."""

    becomes: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    added: list[tuple[str, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # model names (adapters) that are sent now

    @property
    def manual(self) -> bool:
        return any(note.manual for note in self.notes)


@dataclass(frozen=True)
class Spelling:
    """How a language writes literals, and the choice between two values."""

    true: str = "True"
    false: str = "False"
    null: str = "None"
    greedy_unless: str = "({value} if {flag} else {other})"
    neutral: str = "{value} in (None, 1.0)"
    negate: str = "not {flag} and "
    given: str = "{value} is not None"
    missing: str = "{value} is None"
    either: str = " or "
    grammar: Callable[[str], tuple[str, str] | None] = lambda _: None

    def literal(self, value: Any) -> str:
        if isinstance(value, bool):
            return self.true if value else self.false
        return f'"{value}"' if isinstance(value, str) else str(value)


def translate(
    given: Sequence[Given],
    rules: Mapping[str, ParameterRule],
    spelling: Spelling,
    *,
    budget: str | None,
    parameters: bool = True,
) -> Translation:
    """The whole set.

    `parameters` False: the request has no `parameters` key, so TGI samples. `budget`: TGI's limit where none is given.

    Everything that the rules do not know is left to a person, by name.
    """
    found = Translation()
    by_name = {one.name: one for one in given}
    for one in given:
        rule = rules.get(one.name)
        if rule is None:
            found.notes.append(
                Note(one.name, "client/parameter-unknown", f"{one.name} is no parameter that is known here", True)
            )
        else:
            _one(one, rule, found, spelling)
    _sampling(by_name, found, spelling, parameters)
    limit = by_name.get("max_new_tokens")
    if not {"max_new_tokens", "max_tokens"} & by_name.keys() or _is_null(limit):
        _limit(found, budget, by_name)
    elif limit is not None and limit.nullable:
        _maybe_unlimited(limit, found, budget, spelling)
    return found


def _is_null(one: Given | None) -> bool:
    return one is not None and one.literal is None


def _one(one: Given, rule: ParameterRule, found: Translation, spelling: Spelling) -> None:
    if (
        one.literal is not UNKNOWN
        and one.literal in rule.neutral
        and type(one.literal) in {type(value) for value in rule.neutral}
    ):
        found.becomes[one.name] = None
        return
    if rule.safety == "manual":
        found.notes.append(Note(one.name, rule.id, f"{one.name}: {rule.why}", True))
        return
    if rule.value == "grammar":
        _grammar(one, rule, found, spelling)
        return
    if rule.field is None:
        found.becomes[one.name] = None
    else:
        found.becomes[one.name] = (rule.field, one.text)
        found.added += [(name, spelling.literal(value)) for name, value in rule.adds.items()]
    if rule.field == "model" and isinstance(one.literal, str):
        found.names.append(one.literal)
    if rule.safety == "review":
        found.notes.append(Note(one.name, rule.id, f"{one.name}: {rule.why}"))


def _grammar(one: Given, rule: ParameterRule, found: Translation, spelling: Spelling) -> None:
    parts = spelling.grammar(one.text)
    if parts is None:
        found.notes.append(
            Note(one.name, rule.id, f"{one.name}: its form cannot be read here; vLLM takes structured_outputs", True)
        )
        return
    found.becomes[one.name] = (rule.field or "structured_outputs", parts[1])


NARROWING = ("top_k", "top_p", "typical_p")
TEMPERATURE = "client/parameter-temperature"
EXACTLY_ONE = "temperature: exactly 1.0 was greedy on TGI unless do_sample was true"


def _sampling(given: Mapping[str, Given], found: Translation, spelling: Spelling, parameters: bool) -> None:
    """Writes the temperature that TGI used: 0 where it was greedy, 1.0 where it sampled without saying one."""
    if not parameters:
        found.added.append(("temperature", "1.0"))
        return
    flag = given.get("do_sample")
    narrow = [one for name, one in given.items() if name in NARROWING and one.literal not in NEUTRAL_TEMPERATURE]
    narrowing = any(not (one.nullable and one.simple) for one in narrow)
    flag = _asked(flag, narrow, spelling) if narrow and not narrowing else flag
    sampled = narrowing or (flag is not None and flag.literal is True)
    temperature = given.get("temperature")
    if temperature is None:
        found.added.append(("temperature", _absent(sampled, flag, spelling)))
    elif temperature.literal is None:
        found.becomes["temperature"] = ("temperature", _absent(sampled, flag, spelling))
    elif not sampled and temperature.literal == 1.0:
        found.becomes["temperature"] = ("temperature", _unless(flag, temperature.text, spelling))
    elif not sampled and temperature.literal is UNKNOWN:
        _undecided(temperature, flag, found, spelling)


def _asked(flag: Given | None, narrow: Sequence[Given], spelling: Spelling) -> Given | None:
    """do_sample as it would have to be said: true as well where one of the parameters that make TGI sample is given."""
    if flag is not None and (flag.literal is True or (flag.literal is UNKNOWN and not flag.simple)):
        return flag
    tests = [flag.text] if flag is not None and flag.literal is UNKNOWN else []
    tests += [spelling.given.format(value=_closed(one.text)) for one in narrow]
    return Given("do_sample", spelling.either.join(tests), UNKNOWN, simple=True)


def _decided(flag: Given | None) -> bool:
    return flag is None or flag.literal is not UNKNOWN


def _absent(sampled: bool, flag: Given | None, spelling: Spelling) -> str:
    """The temperature of a request that names none."""
    return "1.0" if sampled else _unless(flag, "1.0", spelling)


def _unless(flag: Given | None, value: str, spelling: Spelling) -> str:
    """0, or the value where do_sample turns out to be true."""
    if flag is None or _decided(flag):
        return "0"
    return spelling.greedy_unless.format(value=value, flag=flag.text, other="0")


def _undecided(temperature: Given, flag: Given | None, found: Translation, spelling: Spelling) -> None:
    """A temperature that is known at run time only: 1.0 means greedy, everything else itself."""
    if not temperature.simple or not (_decided(flag) or (flag is not None and flag.simple)):
        found.notes.append(Note("temperature", TEMPERATURE, EXACTLY_ONE))
        return
    doubt = spelling.neutral.format(value=_closed(temperature.text))
    if flag is not None and not _decided(flag):
        doubt = _denied(flag, spelling) + doubt
    text = spelling.greedy_unless.format(value="0", flag=doubt, other=temperature.text)
    found.becomes["temperature"] = ("temperature", text)


def _denied(flag: Given, spelling: Spelling) -> str:
    """The test that do_sample, or what stands for it, is not given."""
    mark = spelling.given.format(value="")
    if flag.text.endswith(mark) and spelling.either not in flag.text:
        return f"{spelling.missing.format(value=flag.text.removesuffix(mark))} and "
    return spelling.negate.format(flag=_closed(flag.text))


def _closed(text: str) -> str:
    """The text as one operand."""
    return text if re.fullmatch(r"[\w.]+(\(.*\)|\[.*\])?", text, re.DOTALL) else f"({text})"


def _maybe_unlimited(limit: Given, found: Translation, budget: str | None, spelling: Spelling) -> None:
    """The limit may be null at run time."""
    if budget is not None and limit.simple:
        test = spelling.missing.format(value=_closed(limit.text))
        text = spelling.greedy_unless.format(value=budget, flag=test, other=limit.text)
        found.becomes[limit.name] = ("max_tokens", text)
    else:
        reason = "max_new_tokens: where it is None, TGI 3 fills the context, vLLM stops after 16 tokens: give a number"
        found.notes.append(Note(limit.name, "client/parameter-max-new-tokens", reason))


def _limit(found: Translation, budget: str | None, given: Mapping[str, Given]) -> None:
    if budget is None:
        reason = "TGI 3 fills the context where max_new_tokens is absent, vLLM stops after 16 tokens: write max_tokens"
        found.notes.append(Note("max_new_tokens", "client/parameter-max-new-tokens", reason, True))
    elif "max_new_tokens" in given:
        found.becomes["max_new_tokens"] = ("max_tokens", budget)
    else:
        found.added.append(("max_tokens", budget))
