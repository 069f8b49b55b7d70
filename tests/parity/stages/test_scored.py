from __future__ import annotations

import pytest

from migrate.parity.answer import Answer, Token
from migrate.parity.evidence import Outcome, Pair, Thresholds
from migrate.parity.score import Scored
from migrate.parity.stages.scored import margin, scored

LIKELY = Scored("a", (0.0, 0.4), (0.01, 0.03), ("x", "y"))
UNLIKELY = Scored("b", (0.0, 0.75), (), ("x", "y"))
LEFT = Scored("c", why="the answer has 2 tokens here, 1 in the recording")


def against_itself(change: float) -> Pair:
    return Pair("n", Answer(tokens=(Token("x", None, -1.0),)), Answer(tokens=(Token("x", None, -1.0 - change),)))


def test_tokens_that_the_other_engine_would_nearly_have_chosen() -> None:
    stage = scored([LIKELY] * 24, (), Thresholds())
    assert stage.outcome is Outcome.PASS
    assert "0 of 48 tokens; log-probabilities differ by 0.020 nats on average" in stage.summary


@pytest.mark.parametrize(("unlikely", "outcome"), [(12, Outcome.FAIL), (2, Outcome.INCONCLUSIVE)])
def test_tokens_that_it_would_not_have_chosen(unlikely: int, outcome: Outcome) -> None:
    stage = scored([LIKELY] * (24 - unlikely) + [UNLIKELY] * unlikely, (), Thresholds())
    assert stage.outcome is outcome
    assert stage.differences[0].detail == "token 1 'y': 0.750 nats below the best"


@pytest.mark.parametrize(("change", "expected"), [(0.0, 0.51), (0.1, 0.26), (0.2, 0.41), (0.5, 1.01)])
def test_the_margin_is_what_the_recorded_engine_shows_against_itself(change: float, expected: float) -> None:
    assert margin([against_itself(change)], Thresholds()) == pytest.approx(expected)
    assert margin([], Thresholds()) == pytest.approx(0.51)


def test_an_engine_as_noisy_as_that_passes() -> None:
    assert scored([UNLIKELY] * 24, [against_itself(0.5)], Thresholds()).outcome is Outcome.PASS


@pytest.mark.parametrize(("left", "outcome"), [(24, Outcome.PASS), (25, Outcome.INCONCLUSIVE)])
def test_what_could_not_be_scored_is_told(left: int, outcome: Outcome) -> None:
    stage = scored([LIKELY] * 24 + [LEFT] * left, (), Thresholds())
    assert stage.outcome is outcome
    assert stage.summary.endswith(f"; {left} answers could not be scored")
    assert stage.differences[-1].detail == "not scored: the answer has 2 tokens here, 1 in the recording"


def test_nothing_could_be_scored() -> None:
    stage = scored([LEFT], (), Thresholds())
    assert (stage.outcome, stage.summary) == (Outcome.INCONCLUSIVE, "no answer could be scored")
