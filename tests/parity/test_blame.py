from __future__ import annotations

from migrate.parity.blame import blame
from migrate.parity.evidence import Difference, Outcome, Stage

LIMIT, STOP, GRAMMAR = "client/parameter-max-new-tokens", "client/parameter-stop", "client/parameter-grammar"


def stage(*prompts: str) -> Stage:
    return Stage("endings", Outcome.FAIL, "", differences=tuple(Difference(prompt, "x") for prompt in prompts))


def rules_of(blamed: Stage) -> dict[str, tuple[str, ...]]:
    return {item.prompt: item.rules for item in blamed.differences}


def test_a_rule_that_only_affected_prompts_have_is_named() -> None:
    rules = {"a": (LIMIT, STOP), "b": (LIMIT,), "c": (LIMIT, STOP), "d": (LIMIT, GRAMMAR)}
    assert rules_of(blame(stage("a", "c"), rules)) == {"a": (STOP,), "c": (STOP,)}


def test_the_likeliest_comes_first() -> None:
    rules = {"a": (GRAMMAR, STOP), "b": (STOP,), "c": (LIMIT,)}
    assert rules_of(blame(stage("a", "b"), rules)) == {"a": (STOP, GRAMMAR), "b": (STOP,)}


def test_where_all_prompts_differ_any_rule_may_be_the_cause() -> None:
    assert rules_of(blame(stage("a"), {"a": (LIMIT,)})) == {"a": (LIMIT,)}


def test_without_rules_nothing_is_blamed() -> None:
    assert blame(stage("a"), {}) == stage("a")
    assert blame(stage(), {"a": (STOP,)}) == stage()
    assert rules_of(blame(stage("a", "b"), {"b": (STOP,), "c": ()})) == {"a": (), "b": (STOP,)}
