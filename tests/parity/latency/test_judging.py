from __future__ import annotations

import numpy as np
import pytest

from migrate.parity.evidence import Outcome
from migrate.parity.latency.judging import Criteria, holm, metrics
from migrate.parity.latency.measures import Values
from migrate.parity.latency.samples import Metric

CRITERIA = Criteria(judged=(("ttft", "median"),), draws=500)


def sample(seed: int, factor: float = 1.0, spread: float = 0.1, blocks: int = 20) -> Values:
    chance = np.random.default_rng(seed)
    block = np.repeat(np.arange(blocks), 20)
    return Values(np.exp(chance.normal(3, spread, len(block))) * factor, block)


def median(first: Values, second: Values, criteria: Criteria = CRITERIA) -> Metric:
    return next(each for each in metrics({"ttft": (first, second)}, criteria, 400) if each.statistic == "median")


@pytest.mark.parametrize(
    ("factor", "spread", "outcome"),
    [
        (1.0, 0.1, Outcome.PASS),
        (0.8, 0.1, Outcome.PASS),
        (1.2, 0.1, Outcome.FAIL),
        (1.0, 1.0, Outcome.INCONCLUSIVE),
        (1.1, 1.0, Outcome.INCONCLUSIVE),
    ],
)
def test_outcomes(factor: float, spread: float, outcome: Outcome) -> None:
    assert median(sample(1, spread=spread), sample(2, factor, spread)).outcome is outcome


def test_a_wider_tolerance_lets_more_pass() -> None:
    wide = Criteria(0.4, judged=CRITERIA.judged, draws=500)
    assert median(sample(1), sample(2, 1.2), wide).outcome is Outcome.PASS


def test_a_metric_that_is_not_judged_is_told() -> None:
    found = metrics({"itl": (sample(1), sample(2, 2.0))}, CRITERIA, 400)
    assert [each.statistic for each in found] == ["median", "p95", "p99"]
    assert {each.outcome for each in found} == {Outcome.DIFFERS}
    assert found[0].ratio.value == pytest.approx(2.0, rel=0.05)
    assert (found[0].p_slower, found[0].requests_needed) == (None, None)


@pytest.mark.parametrize("blocks", [0, 4])
def test_too_few_blocks_give_no_metric(blocks: int) -> None:
    assert metrics({"ttft": (sample(1, blocks=blocks), sample(2))}, CRITERIA, 400) == ()


def test_an_inconclusive_metric_says_how_many_requests_would_tell() -> None:
    few = median(sample(1, spread=0.5), sample(2, spread=0.5))
    assert few.outcome is Outcome.INCONCLUSIVE
    assert few.requests_needed is not None
    assert few.requests_needed > 400
    enough = few.requests_needed / 400
    more = [sample(seed, spread=0.5, blocks=round(20 * enough * 1.5)) for seed in (3, 4)]
    assert median(*more).outcome is Outcome.PASS


def test_a_ratio_at_the_tolerance_needs_more_than_anybody_has() -> None:
    first = sample(1)
    edge = Values(first.ms * 1.05, first.block)
    found = median(first, edge)
    assert (found.outcome, found.requests_needed) == (Outcome.INCONCLUSIVE, None)


@pytest.mark.parametrize(
    ("chances", "corrected"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.04, 0.01], [0.04, 0.02]),
        ([0.9, 0.8], [1.0, 1.0]),
    ],
)
def test_holm(chances: list[float], corrected: list[float]) -> None:
    assert holm(chances) == pytest.approx(corrected)


def test_many_judged_metrics_need_more_to_fail() -> None:
    pairs = {f"m{number}": (sample(number), sample(number + 50)) for number in range(20)}
    pairs["slow"] = (sample(1, spread=0.5), sample(2, 1.25, 0.5))
    alone = Criteria(judged=(("slow", "median"),), draws=500)
    among = Criteria(judged=tuple((name, "median") for name in pairs), draws=500)

    def chance(criteria: Criteria) -> float:
        found = next(
            each for each in metrics(pairs, criteria, 400) if (each.name, each.statistic) == ("slow", "median")
        )
        assert found.p_slower is not None
        return found.p_slower

    assert chance(among) > chance(alone)
