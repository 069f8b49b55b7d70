"""Rates of both engines over their blocks: requests, tokens and goodput a second, told with bounds and not judged."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.parity.evidence import Outcome
from migrate.parity.latency.arrays import np
from migrate.parity.latency.bootstrap import FEWEST, draw_blocks, widened_tail
from migrate.parity.latency.judging import TOLD_DRAWS
from migrate.parity.latency.loaded import Loaded
from migrate.parity.latency.measures import Floats, tokens_of, within
from migrate.parity.latency.plan import Plan
from migrate.parity.latency.samples import Interval, Metric


def rates(first: Loaded, second: Loaded, plan: Plan) -> tuple[Metric, ...]:
    """What came of all blocks over the time that they took; the ratio is above 1 where the second engine does more."""
    blocks = min(len(first.ran), len(second.ran))
    if blocks < FEWEST:
        return ()
    one, other = ({name: amounts[:blocks] for name, amounts in _amounts(side, plan)} for side in (first, second))
    return tuple(_metric(name, one, other, plan) for name in one if name != "wall")


def _amounts(side: Loaded, plan: Plan) -> Iterator[tuple[str, Floats]]:
    """By block: seconds, answered requests, tokens, and with an SLO the requests that kept it."""
    table, size = side.table, len(side.ran)
    rows = np.array(list(table.whole()), dtype=np.int64)
    block = np.array(table.block, dtype=np.int64)
    yield "wall", np.array([ran.wall_s for ran in side.ran])
    yield "requests", np.bincount(block[rows], minlength=size).astype(np.float64)
    tokens = np.array([tokens_of(table, row) for row in table.whole()], dtype=np.float64)
    yield "tokens", np.bincount(block[rows], tokens, size).astype(np.float64)
    if plan.slo.asked:
        kept = np.array(list(within(table, plan.slo)), dtype=np.int64)
        yield "goodput", np.bincount(block[kept], minlength=size).astype(np.float64)


def _metric(name: str, first: dict[str, Floats], second: dict[str, Floats], plan: Plan) -> Metric:
    blocks = len(first["wall"])
    weights = np.concatenate([np.ones((1, blocks)), draw_blocks(blocks, TOLD_DRAWS)])
    one, other = ((weights @ each[name]) / (weights @ each["wall"]) for each in (first, second))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = other / one
    tail = widened_tail(1 - plan.criteria.confidence, blocks)
    intervals = [_interval(drawn, tail) for drawn in (one, other, ratio)]
    return Metric(name, "mean", "1/s", intervals[0], intervals[1], intervals[2], Outcome.DIFFERS)


def _interval(drawn: Floats, tail: float) -> Interval:
    """The first is what was seen; draws without a value (nothing was answered) do not count."""
    known = drawn[1:][np.isfinite(drawn[1:])]
    low, high = np.quantile(known, (tail, 1 - tail)) if len(known) else (np.nan, np.nan)
    return Interval(float(drawn[0]), float(low), float(high))
