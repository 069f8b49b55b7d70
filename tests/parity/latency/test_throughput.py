from __future__ import annotations

import pytest

from migrate.parity.evidence import Outcome
from migrate.parity.exchange import Engine
from migrate.parity.latency.arrivals import Load, Shape
from migrate.parity.latency.client import Ran
from migrate.parity.latency.loaded import Loaded
from migrate.parity.latency.measures import Slo
from migrate.parity.latency.plan import Plan
from migrate.parity.latency.reading import read
from migrate.parity.latency.samples import Metric
from migrate.parity.latency.throughput import rates
from tests.parity.latency.streams import arrived
from tests.parity.latency.test_measures import table

LOAD = Load(Shape.CLOSED, 1)


def loaded(walls: list[float], tokens: int = 3) -> Loaded:
    """Two answers a block of so many tokens, the first token after 0.75 s."""
    rows = [("p", block, tokens, [1.0, 2.0]) for block in range(len(walls)) for _ in range(2)]
    return Loaded(Engine("e"), table(*rows), tuple(Ran(0.0, wall, 0.0) for wall in walls))


def found(first: Loaded, second: Loaded, slo: Slo | None = None) -> dict[str, Metric]:
    return {metric.name: metric for metric in rates(first, second, Plan(LOAD, slo=slo or Slo()))}


def test_rates_are_all_that_came_over_all_the_time() -> None:
    metrics = found(loaded([1.0, 2.0, 1.0, 2.0, 4.0]), loaded([2.0, 4.0, 2.0, 4.0, 8.0], tokens=6))
    assert set(metrics) == {"requests", "tokens"}
    requests, tokens = metrics["requests"], metrics["tokens"]
    assert (requests.first.value, requests.second.value, requests.ratio.value) == (1.0, 0.5, 0.5)
    assert (tokens.first.value, tokens.second.value, tokens.ratio.value) == (3.0, 3.0, 1.0)
    assert requests.first.low < 1.0 < requests.first.high
    assert (requests.ratio.low, requests.ratio.high) == (0.5, 0.5)
    assert (requests.outcome, requests.unit) == (Outcome.DIFFERS, "1/s")


@pytest.mark.parametrize(("limit", "goodput"), [(750, 2.0), (749, 0.0)])
def test_goodput_counts_what_keeps_the_slo(limit: float, goodput: float) -> None:
    side = loaded([1.0] * 5)
    assert found(side, side, Slo(ttft_ms=limit))["goodput"].first.value == goodput


def test_failed_requests_bring_nothing() -> None:
    side = loaded([1.0] * 5)
    raw = arrived(failure="connect: x")
    side.table.add("p", 0, raw, read(raw))
    assert found(side, side)["requests"].first.value == 2.0


@pytest.mark.parametrize("blocks", [0, 4])
def test_too_few_blocks(blocks: int) -> None:
    assert rates(loaded([1.0] * blocks), loaded([1.0] * 9), Plan(LOAD)) == ()
