"""The rules that come with the program: their own examples, and that nothing of TGI is without one."""

import pytest

from migrate.rulebook import load
from migrate.rulebook.examples import judge
from migrate.rulebook.model import Example, Rule, as_list

RULEBOOK = load()
CASES = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in RULEBOOK.rules.values()
    for number, example in enumerate(rule.examples, 1)
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_example(rule: Rule, example: Example) -> None:
    assert list(judge(rule, example, RULEBOOK)) == []


@pytest.mark.parametrize(
    ("example", "complaint"),
    [
        (Example(tgi="--model-id a/b --quantize fp8", vllm="--quantization awq"), "writes"),
        (Example(tgi="--model-id a/b --quantize fp8", safety="safe"), "no safe finding"),
        (Example(tgi="--model-id a/b --quantize fp8", says="eight bits"), "no finding says"),
        (Example(tgi="--model-id a/b --quantize fp8", unchanged=True), "says something"),
    ],
    ids=["words", "safety", "message", "unchanged"],
)
def test_an_example_that_does_not_hold_is_told(example: Example, complaint: str) -> None:
    assert any(complaint in text for text in judge(RULEBOOK.rules["launch/quantize"], example, RULEBOOK))


def test_a_reason_for_everything_that_is_not_safe() -> None:
    silent = [
        rule.id
        for rule in RULEBOOK.rules.values()
        for case in rule.outcomes
        if case.safety in ("review", "manual") and not (case.why or case.say)
    ]
    assert silent == []


def test_launch_rules_have_examples() -> None:
    """Rules without one: builds of which no name is known, and what a single command line cannot show."""
    without = {
        rule.id for rule in RULEBOOK.rules.values() if not rule.examples and not rule.alias and not rule.match.mention
    }
    assert without <= {"launch/image-nix", "launch/image-file", "launch/words-in-a-definition"}


def names_of(key: str) -> set[str]:
    return {name for rule in RULEBOOK.rules.values() for name in as_list(getattr(rule.match, key))}
