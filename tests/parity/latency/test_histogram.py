from __future__ import annotations

import numpy as np
import pytest

from migrate.parity.latency.bootstrap import compare_quantiles
from migrate.parity.latency.histogram import WIDTH, Histogram
from migrate.parity.latency.measures import Values


def sample(seed: int, blocks: int = 10, size: int = 200) -> Values:
    chance = np.random.default_rng(seed)
    block = np.repeat(np.arange(blocks), size)
    return Values(np.exp(chance.normal(3, 1, len(block))), block)


def both(*parts: Values) -> Values:
    return Values(np.concatenate([part.ms for part in parts]), np.concatenate([part.block for part in parts]))


def test_a_sum_is_the_histogram_of_all_values() -> None:
    parts = [sample(seed) for seed in (1, 2, 3)]
    added = Histogram.of(parts[0]) + Histogram.of(parts[1]) + Histogram.of(parts[2])
    assert added == Histogram.of(both(*parts))


@pytest.mark.parametrize("ms", [0.0015, 0.5, 12.3, 250.0, 3_600_000.0])
def test_a_value_is_kept_to_a_tenth_of_a_per_cent(ms: float) -> None:
    found = Histogram.of(Values(np.array([ms]), np.array([4]))).values()
    assert found.ms[0] == pytest.approx(ms, rel=WIDTH / 2 + 1e-9)
    assert found.count is not None
    assert (found.block.tolist(), found.count.tolist()) == ([4], [1])


def test_zero_is_less_than_a_microsecond() -> None:
    assert Histogram.of(Values(np.array([0.0]), np.array([0]))).values().ms[0] < 0.0011


def test_nothing() -> None:
    empty = Histogram.of(Values(np.array([]), np.array([], dtype=np.int64)))
    assert empty == Histogram()
    assert len(empty.values().ms) == 0


def test_the_comparison_of_histograms_is_that_of_the_values() -> None:
    first, second = sample(1), sample(2)
    exact = compare_quantiles(first, second, (0.5, 0.95), draws=500)
    bucketed = compare_quantiles(Histogram.of(first).values(), Histogram.of(second).values(), (0.5, 0.95), draws=500)
    assert exact is not None
    assert bucketed is not None
    for one, other in zip(exact, bucketed, strict=True):
        assert other.ratio.value == pytest.approx(one.ratio.value, rel=0.003)
        assert other.ratio.low == pytest.approx(one.ratio.low, rel=0.003)
        assert other.ratio.high == pytest.approx(one.ratio.high, rel=0.003)
