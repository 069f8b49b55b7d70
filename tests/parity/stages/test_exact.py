from __future__ import annotations

from dataclasses import replace

import pytest

from migrate.parity.answer import Answer, Failure
from migrate.parity.evidence import Evidence, Outcome, Pair, Stage
from migrate.parity.stages import exact

GOOD = Answer("a", (), "stop", (1, 2), 2, 1)
TOO_LONG = Answer(failure=Failure(422, "too long", "validation"))


def evidence(*both: tuple[Answer, Answer]) -> Evidence:
    return Evidence(tuple(Pair(f"p{at}", first, second) for at, (first, second) in enumerate(both)))


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (Failure(404, "The model `x` does not exist", "NotFoundError"), "served-model-name"),
        (Failure(200, "the stream ended before the answer did", "truncated"), "break off"),
        (Failure(0, "refused", "connection"), "not reached"),
        (Failure(400, "at most 20", "BadRequestError"), "refuses"),
    ],
)
def test_a_request_that_fails_now(failure: Failure, cause: str) -> None:
    stage = exact.accepted(evidence((GOOD, GOOD), (GOOD, Answer(failure=failure))))
    assert stage.outcome is Outcome.FAIL
    assert stage.summary.startswith("1 of 2")
    assert cause in stage.cause
    assert stage.differences[0].prompt == "p1"


def test_a_request_that_only_the_second_engine_answers_is_no_loss() -> None:
    assert exact.accepted(evidence((GOOD, GOOD), (TOO_LONG, GOOD))).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "stage",
    [exact.accepted, exact.errors, exact.prompt, exact.endings, exact.translated],
    ids=lambda stage: stage.__name__,
)
def test_nothing_is_judged_without_evidence(stage: type) -> None:
    result = stage(Evidence(()))
    assert isinstance(result, Stage)
    assert result.outcome is Outcome.SKIPPED


def test_refusals() -> None:
    assert exact.errors(evidence((TOO_LONG, TOO_LONG))).outcome is Outcome.PASS
    refused = Answer(failure=Failure(400, "too long", "BadRequestError"))
    stage = exact.errors(evidence((TOO_LONG, refused), (GOOD, GOOD)))
    assert stage.outcome is Outcome.DIFFERS
    assert stage.differences[0].detail == "422 validation: too long became 400 BadRequestError: too long"


@pytest.mark.parametrize(
    ("ids", "count", "detail", "cause"),
    [
        ((1, 3), 2, "token 1 is 3 instead of 2", "chat template"),
        ((1, 1, 2), 3, "token 1 is 1 instead of 2", "twice"),
        ((1,), 1, "1 tokens instead of 2", "one token less"),
        ((1, 2, 3, 4), 4, "4 tokens instead of 2", "chat template"),
        (None, 3, "3 tokens instead of 2", "twice"),
    ],
)
def test_other_prompt_tokens(ids: tuple[int, ...] | None, count: int, detail: str, cause: str) -> None:
    stage = exact.prompt(evidence((GOOD, replace(GOOD, prompt_ids=ids, prompt_tokens=count))))
    assert stage.outcome is Outcome.FAIL
    assert stage.differences[0].detail == detail
    assert cause in stage.cause


@pytest.mark.parametrize(
    "second",
    [GOOD, replace(GOOD, prompt_ids=None), replace(GOOD, prompt_tokens=None), replace(GOOD, prompt_ids=(1, 2))],
    ids=["same", "only-the-number", "only-ids", "equal-ids"],
)
def test_the_same_prompt_tokens(second: Answer) -> None:
    assert exact.prompt(evidence((GOOD, second))).outcome is Outcome.PASS


def test_an_engine_that_does_not_say_what_it_was_given() -> None:
    silent = replace(GOOD, prompt_ids=None, prompt_tokens=None)
    assert exact.prompt(evidence((GOOD, silent))).outcome is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        (replace(GOOD, finish="length"), "finish length instead of stop"),
        (replace(GOOD, completion_tokens=2), "2 tokens counted instead of 1"),
    ],
)
def test_equal_answers_that_end_in_another_way(changed: Answer, detail: str) -> None:
    stage = exact.endings(evidence((GOOD, changed)))
    assert stage.outcome is Outcome.FAIL
    assert stage.differences[0].detail == detail


@pytest.mark.parametrize(
    "changed",
    [GOOD, replace(GOOD, finish=""), replace(GOOD, completion_tokens=None), replace(GOOD, text="b", finish="length")],
    ids=["same", "no-reason-given", "no-count-given", "another-text"],
)
def test_endings_that_are_no_difference(changed: Answer) -> None:
    assert exact.endings(evidence((GOOD, GOOD), (GOOD, changed))).outcome is Outcome.PASS


LEFT = Answer(failure=Failure(0, "best_of: choose one (client/parameter-best-of)", "translation"))


def test_what_the_rules_leave_to_a_person_is_told_and_is_no_loss() -> None:
    both = evidence((GOOD, GOOD), (GOOD, LEFT), (TOO_LONG, LEFT))
    assert exact.accepted(both).outcome is Outcome.PASS
    assert exact.errors(both).outcome is Outcome.SKIPPED
    stage = exact.translated(replace(both, rules={"p0": ("client/parameter-stop",)}))
    assert (stage.outcome, stage.summary[:6]) == (Outcome.INCONCLUSIVE, "2 of 3")
    assert stage.differences[0].detail.startswith("best_of")


def test_translated_requests_are_counted() -> None:
    both = replace(evidence((GOOD, GOOD), (GOOD, GOOD)), rules={"p0": ("a", "b"), "p1": ("b",)})
    assert exact.translated(both).summary == "2 requests were translated by 2 rules"
    assert exact.translated(evidence((GOOD, GOOD))).outcome is Outcome.SKIPPED


@pytest.mark.parametrize(("optional", "outcome"), [({"p1"}, Outcome.DIFFERS), ({"p0"}, Outcome.FAIL)])
def test_a_feature_that_clients_may_not_need(optional: set[str], outcome: Outcome) -> None:
    refused = Answer(failure=Failure(400, "no tool parser", "BadRequestError"))
    both = replace(evidence((GOOD, GOOD), (GOOD, refused)), optional=frozenset(optional))
    assert exact.accepted(both).outcome is outcome
