"""TGI's request parameters as vLLM's, by the rules: what is copied, renamed, added, dropped, or left to a person.

Works on values as text, so that every language can use it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migrate.clients.parameters import UNKNOWN, Given, Note, Spelling, Translation, closed
from migrate.clients.temperature import sample
from migrate.rulebook.clients import ParameterRule


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
    sample(by_name, found, spelling, parameters)
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


def _maybe_unlimited(limit: Given, found: Translation, budget: str | None, spelling: Spelling) -> None:
    """The limit may be null at run time."""
    if budget is not None and limit.simple:
        test = spelling.missing.format(value=closed(limit.text))
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
