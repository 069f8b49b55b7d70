"""Samples of both engines into one result with notes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from migrate.parity.exchange import Engine
from migrate.parity.latency.arrays import np
from migrate.parity.latency.arrivals import Load
from migrate.parity.latency.calibration import Calibration
from migrate.parity.latency.client import Ran
from migrate.parity.latency.judging import metrics
from migrate.parity.latency.loaded import Loaded
from migrate.parity.latency.measures import PER_REQUEST, Slo, Values, equal_prefixes, p95, tokens_of, values, within
from migrate.parity.latency.plan import Plan
from migrate.parity.latency.samples import Latency, Metric, Point, Sample
from migrate.parity.latency.table import Table
from migrate.parity.latency.throughput import rates

Pairs = Mapping[str, tuple[Values, Values]]

# What reports draw; metrics are over all samples.
DRAWN = 2000
# A client that computes this share of the time adds to what it measures, and so does a send lag of this share of the
# TTFT at the 95th percentile, or more than this share of the requests that the client can do.
BUSY, LATE, NEAR = 0.85, 0.05, 0.8
# Milliseconds of lag that are a timer's own.
TIMER_MS = 1.5
KINDS = 3
# In a closed loop a request is due when it is sent: these say nothing there.
OPEN = ("ttft_scheduled", "e2e_scheduled", "send_lag")


@dataclass(frozen=True, slots=True)
class Totals:
    """One engine's load in numbers. `kept` are requests within the SLO, None without one; `busy` is the largest share
    of the time that a client computed; lag and TTFT are 95th percentiles in milliseconds, NaN where there is none."""

    engine: Engine
    requests: int
    failures: Mapping[str, int]
    tokens: int
    wall_s: float
    busy: float
    kept: int | None
    lag_ms: float
    ttft_ms: float
    samples: tuple[Sample, ...] = ()
    sweep: tuple[Point, ...] = ()
    gauges: str = ""

    @property
    def failed(self) -> int:
        return sum(self.failures.values())


def totals(loaded: Loaded, plan: Plan) -> Totals:
    """One engine's load in numbers. In a closed loop nothing is due at a time of its own: there is no lag."""
    table, slo = loaded.table, plan.slo
    wall, cpu = sum(ran.wall_s for ran in loaded.ran), sum(ran.cpu_s for ran in loaded.ran)
    return Totals(
        loaded.engine,
        len(table),
        Counter(table.failures.values()),
        _tokens(table),
        wall,
        cpu / wall if wall else 0.0,
        sum(1 for _ in within(table, slo)) if slo.asked else None,
        p95(values(table, "send_lag")) if plan.load.open_loop else math.nan,
        p95(values(table, "ttft")),
        table.thinned(DRAWN),
        loaded.sweep,
        loaded.gauges,
    )


def pairs_of(first: Table, second: Table, open_loop: bool) -> Pairs:
    """Every metric's values of both engines."""
    names = [name for name in (*PER_REQUEST, "itl") if open_loop or name not in OPEN]
    pairs = {name: (values(first, name), values(second, name)) for name in names}
    return pairs | {"e2e_prefix": equal_prefixes(first, second)}


def alone(loaded: Loaded, plan: Plan, calibration: Calibration | None) -> tuple[tuple[Metric, ...], list[str]]:
    """One engine's metrics with their bounds (as if held against itself), and notes."""
    pairs = dict(pairs_of(loaded.table, loaded.table, plan.load.open_loop))
    del pairs["e2e_prefix"]
    told = metrics(pairs, replace(plan.criteria, judged=()), len(loaded.table))
    found = totals(loaded, plan)
    limited = _limit(found, calibration)
    notes = [f"load {plan.load}, {plan.blocks} blocks", *_notes_of(loaded.engine.name, found)]
    return told, [*notes, *([limited] if limited else [])]


def latency_of(first: Loaded, second: Loaded, plan: Plan, calibration: Calibration | None, in_turns: bool) -> Latency:
    """Both engines' samples into one result."""
    how = "in turns" if in_turns else "one engine after the other: a change of the machine between them is not seen"
    pairs = pairs_of(first.table, second.table, plan.load.open_loop)
    latency = combined(pairs, totals(first, plan), totals(second, plan), plan, calibration, how)
    return replace(latency, metrics=(*latency.metrics, *rates(first, second, plan)))


def combined(
    pairs: Pairs, first: Totals, second: Totals, plan: Plan, calibration: Calibration | None, how: str
) -> Latency:
    """Metrics over all values, the sweep's points, notes; plots get an even choice of the samples."""
    limited = [sentence for side in (first, second) if (sentence := _limit(side, calibration))]
    notes = [f"load {plan.load}, {plan.blocks} blocks, {how}"]
    notes += [*_notes_of("first", first), *_notes_of("second", second), *_lengths(first, second)]
    return Latency(
        first.samples,
        second.samples,
        metrics(pairs, plan.criteria, first.requests),
        first.sweep,
        second.sweep,
        (*notes, str(calibration)) if calibration is not None else tuple(notes),
        plan.criteria.tolerance,
        (first.requests, second.requests),
        (first.failed, second.failed),
        "; ".join(limited),
    )


def point(load: Load, table: Table, ran: Ran, slo: Slo) -> Point:
    """One step of a sweep."""
    wall = max(ran.wall_s, 1e-9)
    return Point(
        load.value if not load.times else len(load.times) / max(load.times[-1], 1e-9),
        (len(table) - len(table.failures)) / wall,
        _tokens(table) / wall,
        sum(1 for _ in within(table, slo)) / wall if slo.asked else None,
        p95(values(table, "ttft")),
        p95(values(table, "tpot")),
    )


def _tokens(table: Table) -> int:
    return sum(tokens_of(table, row) for row in table.whole())


def _notes_of(which: str, side: Totals) -> Iterator[str]:
    wall = max(side.wall_s, 1e-9)
    rates = f"{(side.requests - side.failed) / wall:.2f} requests/s, {side.tokens / wall:.1f} tokens/s"
    goodput = "" if side.kept is None else f", goodput {side.kept / wall:.2f} requests/s within the SLO"
    yield f"{which}: {rates}{goodput}"
    if side.failures:
        most = sorted(side.failures.items(), key=lambda item: -item[1])[:KINDS]
        kinds = "; ".join(f"{count}x {failure}" for failure, count in most)
        yield f"{which}: {side.failed} of {side.requests} requests failed: {kinds}"
    if side.gauges:
        yield f"{which}, its own metrics: {side.gauges}"


def _lengths(first: Totals, second: Totals) -> Iterator[str]:
    one, other = (side.tokens / max(side.requests - side.failed, 1) for side in (first, second))
    if max(one, other) > 1.02 * min(one, other):
        yield f"answers have {one:.1f} and {other:.1f} tokens: e2e_prefix and tpot compare equal work, e2e does not"


def _limit(side: Totals, calibration: Calibration | None) -> str:
    """Why the client was the limit, empty where it was not."""
    name = side.engine.name
    if side.busy > BUSY:
        return f"the client computed {side.busy * 100:.0f} % of the time under {name}'s load"
    # Comparisons with NaN are false: nothing answered is no lag.
    if side.lag_ms > TIMER_MS and side.lag_ms > LATE * np.nan_to_num(side.ttft_ms):
        return f"requests to {name} were sent {side.lag_ms:.1f} ms late at the 95th percentile"
    if calibration is not None and side.requests > NEAR * calibration.requests_per_s * side.wall_s > 0:
        return f"{name} was sent {side.requests / side.wall_s:.0f} requests/s, close to what this client can do"
    return ""
