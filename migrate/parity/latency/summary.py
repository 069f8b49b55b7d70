"""Samples of both engines into one result with notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from migrate.parity.exchange import Engine
from migrate.parity.latency.arrivals import Load
from migrate.parity.latency.calibration import Calibration
from migrate.parity.latency.client import Ran
from migrate.parity.latency.judging import metrics
from migrate.parity.latency.measures import PER_REQUEST, Slo, Values, equal_prefixes, values, within
from migrate.parity.latency.plan import Plan
from migrate.parity.latency.samples import Latency, Metric, Point
from migrate.parity.latency.table import Table

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
class Loaded:
    """One engine's share: samples, what its blocks took, points of the sweep, and its own metrics in words."""

    engine: Engine
    table: Table
    ran: tuple[Ran, ...]
    sweep: tuple[Point, ...] = ()
    gauges: str = ""


def alone(loaded: Loaded, plan: Plan, calibration: Calibration | None) -> tuple[tuple[Metric, ...], list[str]]:
    """One engine's metrics with their intervals (as if held against itself), and notes."""
    names = [name for name in (*PER_REQUEST, "itl") if plan.load.open_loop or name not in OPEN]
    found = {name: values(loaded.table, name) for name in names}
    criteria = replace(plan.criteria, judged=())
    told = metrics({name: (each, each) for name, each in found.items()}, criteria, len(loaded.table))
    limited = _limit(loaded, calibration)
    notes = [f"load {plan.load}, {plan.blocks} blocks", *_notes_of(loaded.engine.name, loaded, plan.slo)]
    return told, [*notes, *([limited] if limited else [])]


def latency_of(first: Loaded, second: Loaded, plan: Plan, calibration: Calibration | None, in_turns: bool) -> Latency:
    """Metrics over all samples, the sweep's points, notes; plots get an even choice of the samples."""
    names = [name for name in (*PER_REQUEST, "itl") if plan.load.open_loop or name not in OPEN]
    pairs = {name: (values(first.table, name), values(second.table, name)) for name in names}
    pairs["e2e_prefix"] = equal_prefixes(first.table, second.table)
    limited = [sentence for loaded in (first, second) if (sentence := _limit(loaded, calibration))]
    return Latency(
        first.table.thinned(DRAWN),
        second.table.thinned(DRAWN),
        metrics(pairs, plan.criteria, len(first.table)),
        first.sweep,
        second.sweep,
        tuple(_notes(first, second, plan, calibration, in_turns)),
        plan.criteria.tolerance,
        (len(first.table), len(second.table)),
        (len(first.table.failures), len(second.table.failures)),
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
        _p95(values(table, "ttft")),
        _p95(values(table, "tpot")),
    )


def _tokens(table: Table) -> int:
    return sum(table.tokens[row] or len(table.token_times(row)) for row in table.whole())


def _p95(found: Values) -> float:
    return float(np.quantile(found.ms, 0.95, method="inverted_cdf")) if len(found.ms) else float("nan")


def _notes(first: Loaded, second: Loaded, plan: Plan, calibration: Calibration | None, in_turns: bool) -> Iterator[str]:
    how = "in turns" if in_turns else "one engine after the other: a change of the machine between them is not seen"
    yield f"load {plan.load}, {plan.blocks} blocks, {how}"
    for which, loaded in (("first", first), ("second", second)):
        yield from _notes_of(which, loaded, plan.slo)
    lengths = [_tokens(loaded.table) / max(sum(1 for _ in loaded.table.whole()), 1) for loaded in (first, second)]
    if max(lengths) > 1.02 * min(lengths):
        one, other = lengths
        yield f"answers have {one:.1f} and {other:.1f} tokens: e2e_prefix and tpot compare equal work, e2e does not"
    if calibration is not None:
        yield str(calibration)


def _notes_of(which: str, loaded: Loaded, slo: Slo) -> Iterator[str]:
    yield f"{which}: {_throughput(loaded, slo)}"
    if loaded.table.failures:
        yield f"{which}: {len(loaded.table.failures)} of {len(loaded.table)} requests failed: {_kinds(loaded.table)}"
    if loaded.gauges:
        yield f"{which}, its own metrics: {loaded.gauges}"


def _throughput(loaded: Loaded, slo: Slo) -> str:
    wall = max(sum(ran.wall_s for ran in loaded.ran), 1e-9)
    answered = len(loaded.table) - len(loaded.table.failures)
    text = f"{answered / wall:.2f} requests/s, {_tokens(loaded.table) / wall:.1f} tokens/s"
    if slo.asked:
        text += f", goodput {sum(1 for _ in within(loaded.table, slo)) / wall:.2f} requests/s within the SLO"
    return text


def _kinds(table: Table) -> str:
    """The most frequent failures."""
    counted: dict[str, int] = {}
    for failure in table.failures.values():
        counted[failure] = counted.get(failure, 0) + 1
    most = sorted(counted.items(), key=lambda item: -item[1])[:KINDS]
    return "; ".join(f"{count}x {failure}" for failure, count in most)


def _limit(loaded: Loaded, calibration: Calibration | None) -> str:
    """Why the client was the limit, empty where it was not."""
    name = loaded.engine.name
    wall, cpu = sum(ran.wall_s for ran in loaded.ran), sum(ran.cpu_s for ran in loaded.ran)
    if wall and cpu > BUSY * wall:
        return f"the client computed {cpu / wall * 100:.0f} % of the time under {name}'s load"
    lag, ttft = _p95(values(loaded.table, "send_lag")), _p95(values(loaded.table, "ttft"))
    if lag > max(TIMER_MS, LATE * ttft):
        return f"requests to {name} were sent {lag:.1f} ms late at the 95th percentile"
    if calibration is not None and wall and len(loaded.table) / wall > NEAR * calibration.requests_per_s:
        return f"{name} was sent {len(loaded.table) / wall:.0f} requests/s, close to what this client can do"
    return ""
