from __future__ import annotations

import time

import numpy as np
import pytest

from migrate.parity.evidence import Outcome
from migrate.parity.latency.bootstrap import DRAWS, Cumulative, compare_quantiles, draw_blocks, widened_tail
from migrate.parity.latency.judging import STATISTICS, Criteria, metrics
from migrate.parity.latency.measures import Values

BLOCKS, SIZE = 20, 26
MEDIAN, P95, _ = STATISTICS.values()


class Engine:
    """Latencies of an engine: every block has a state of its own (shared by both engines), every prompt a length."""

    def __init__(self, seed: int, blocks: int = BLOCKS, size: int = SIZE) -> None:
        self.chance = np.random.default_rng(seed)
        self.block = np.repeat(np.arange(blocks), size)
        self.shared = np.repeat(self.chance.normal(0, 0.1, blocks), size)
        self.prompts = np.tile(np.random.default_rng(5).normal(3, 0.3, size), blocks)

    def values(self, factor: float = 1.0) -> Values:
        own = self.chance.normal(0, 0.05, len(self.block))
        return Values(np.exp(self.prompts + self.shared + own) * factor, self.block)


def truth(share: float) -> float:
    """The quantile of very many blocks."""
    return float(np.quantile(Engine(0, 20_000).values().ms, share))


def test_quantiles_of_all_blocks_are_those_of_the_values() -> None:
    values = Engine(1).values()
    seen = Cumulative.of(values, np.arange(BLOCKS)).quantiles(np.ones((1, BLOCKS)), (0.5, 0.95, 0.99))[0]
    assert seen.tolist() == np.quantile(values.ms, (0.5, 0.95, 0.99), method="inverted_cdf").tolist()


def test_a_draw_counts_a_block_as_often_as_it_was_drawn() -> None:
    values = Values(np.array([1.0, 2.0, 10.0, 20.0]), np.array([0, 0, 1, 1]))
    drawn = Cumulative.of(values, np.arange(2)).quantiles(np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]]), (0.5, 1.0))
    assert drawn.tolist() == [[1.0, 2.0], [10.0, 20.0], [2.0, 20.0]]


def test_many_values_are_grouped_with_a_small_error_of_rank() -> None:
    values = Engine(2, size=4000).values()
    seen = Cumulative.of(values, np.arange(BLOCKS)).quantiles(np.ones((1, BLOCKS)), (0.5, 0.95, 0.99))[0]
    for share, value in zip((0.5, 0.95, 0.99), seen, strict=True):
        assert np.mean(values.ms <= value) == pytest.approx(share, abs=0.001)


def test_blocks_are_drawn_whole_and_the_same_each_time() -> None:
    weights = draw_blocks(7, 50)
    assert set(weights.sum(axis=1)) == {7.0}
    assert (weights == draw_blocks(7, 50)).all()


@pytest.mark.parametrize(("blocks", "tail"), [(5, 0.00094), (20, 0.0159), (1000, 0.0248)])
def test_few_blocks_have_wider_intervals(blocks: int, tail: float) -> None:
    assert widened_tail(0.025, blocks) == pytest.approx(tail, rel=0.02)


def test_equal_samples_have_a_ratio_of_one_and_no_spread() -> None:
    values = Engine(3).values()
    found = compare_quantiles(values, values, (0.5, 0.95))
    assert found is not None
    for item in found:
        assert (item.ratio.value, item.ratio.low, item.ratio.high) == (1.0, 1.0, 1.0)
        assert item.first == item.second


def test_pairing_takes_out_what_both_engines_share() -> None:
    engine = Engine(4)
    first, second = engine.values(), engine.values()
    shuffled = Values(second.ms, (second.block + 7) % BLOCKS)
    paired, apart = compare_quantiles(first, second, (P95,)), compare_quantiles(first, shuffled, (P95,))
    assert paired is not None
    assert apart is not None
    assert paired[0].spread < apart[0].spread / 1.5


@pytest.mark.parametrize("blocks", [0, 1, 4])
def test_too_few_blocks_are_not_judged(blocks: int) -> None:
    values = Engine(5, blocks).values()
    assert compare_quantiles(values, values, (0.5,)) is None


def test_only_common_blocks_count() -> None:
    values = Engine(6).values()
    more = Values(np.append(values.ms, 1e9), np.append(values.block, BLOCKS))
    found, same = compare_quantiles(values, more, (1.0,)), compare_quantiles(values, values, (1.0,))
    assert found is not None
    assert same is not None
    assert found[0].second == same[0].second


def test_values_of_zero_are_no_error() -> None:
    values = Engine(7).values()
    found = compare_quantiles(Values(values.ms * 0, values.block), values, (0.5,))
    assert found is not None
    assert found[0].ratio.value > 1


def _covered(runs: int, blocks: int, share: float, draws: int) -> tuple[float, float]:
    """How often the interval of a quantile, and of the ratio, holds the true value."""
    true = truth(share)
    hits = ratios = 0
    for seed in range(runs):
        engine = Engine(1000 + seed, blocks)
        found = compare_quantiles(engine.values(), engine.values(1.1), (share,), draws=draws)
        assert found is not None
        hits += found[0].first.low <= true <= found[0].first.high
        ratios += found[0].ratio.low <= 1.1 <= found[0].ratio.high
    return hits / runs, ratios / runs


def _outcomes(runs: int, factor: float, blocks: int = BLOCKS) -> list[set[Outcome]]:
    criteria = Criteria(judged=(("ttft", "p95"), ("tpot", "p95"), ("e2e_prefix", "p95")), draws=1000)
    found = []
    for seed in range(runs):
        engines = [Engine(3 * seed + at + 9000, blocks) for at in range(3)]
        values = {
            name: (engine.values(), engine.values(factor))
            for (name, _), engine in zip(criteria.judged, engines, strict=True)
        }
        found.append({each.outcome for each in metrics(values, criteria, blocks * SIZE)} - {Outcome.DIFFERS})
    return found


@pytest.mark.parametrize("share", [MEDIAN, P95])
def test_intervals_cover_the_truth(share: float) -> None:
    values, ratios = _covered(40, BLOCKS, share, 300)
    assert values >= 0.78
    assert ratios >= 0.78


def test_equal_engines_raise_no_alarm_and_a_slower_one_is_found() -> None:
    assert not any(Outcome.FAIL in each for each in _outcomes(4, 1.0))
    assert all(Outcome.FAIL in each for each in _outcomes(4, 1.15))


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [6, 20, 40])
@pytest.mark.parametrize("share", [MEDIAN, P95])
def test_intervals_cover_the_truth_in_many_runs(share: float, blocks: int) -> None:
    values, ratios = _covered(400, blocks, share, 500)
    # 90 % are promised (95 % for each bound); three standard errors of 400 runs are 4.5 %.
    assert values >= 0.855
    assert ratios >= 0.855


@pytest.mark.slow
def test_false_alarms_power_and_passes() -> None:
    runs, blocks = 100, 40
    equal = _outcomes(runs, 1.0, blocks)
    assert sum(Outcome.FAIL in each for each in equal) <= 5
    assert sum(each == {Outcome.PASS} for each in equal) >= 80
    slower = _outcomes(runs, 1.10, blocks)
    assert sum(Outcome.FAIL in each for each in slower) >= 80
    assert not any(each == {Outcome.PASS} for each in slower)
    # At the very edge of the tolerance each of the two claims may be wrong in at most one run of twenty.
    edge = _outcomes(runs, 1.05, blocks)
    assert sum(Outcome.FAIL in each for each in edge) <= 12
    assert sum(each == {Outcome.PASS} for each in edge) <= 12


@pytest.mark.slow
def test_ten_thousand_draws_take_less_than_two_seconds() -> None:
    engine = Engine(8, size=500)
    first, second = engine.values(), engine.values()
    times = []
    for _ in range(3):
        start = time.process_time()
        compare_quantiles(first, second, tuple(STATISTICS.values()), draws=DRAWS)
        times.append(time.process_time() - start)
    assert min(times) < 2
