"""A load that one client cannot make: several workers, their clocks compared, their histograms added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import reduce

from migrate.parity.exchange import Engine
from migrate.parity.latency.connection import clock
from migrate.parity.latency.crew import Crew
from migrate.parity.latency.measuring import Progress
from migrate.parity.latency.plan import Plan
from migrate.parity.latency.samples import Latency
from migrate.parity.latency.summary import DRAWN, Totals, combined
from migrate.parity.latency.worker import Share, share_of
from migrate.parity.prompts import Prompt

PINGS = 9
# Seconds between the order to start a block and its start, for the order to arrive everywhere.
AHEAD_S = 0.05
# Workers that may start a block further apart than this are noted.
APART_S = 0.005

Hire = Callable[[Sequence[tuple[object, ...]]], AbstractContextManager[Crew]]


@dataclass(frozen=True, slots=True)
class Offset:
    """A worker's clock is `seconds` ahead of ours, give or take `error` (half the quickest round trip)."""

    seconds: float
    error: float


@dataclass(frozen=True, slots=True)
class Spread:
    """What several workers measured, and of whom."""

    first: Engine
    second: Engine
    latency: Latency


def measure_spread(
    urls: tuple[str, str],
    prompts: Sequence[Prompt],
    plan: Plan,
    workers: int,
    hire: Hire,
    progress: Progress,
    api_key: str = "",
) -> Spread:
    """Both engines in turns, each block by all workers at the same time. A sweep is not run.

    `hire` is `processes` or `ray_workers` of `crew`.

    Raises:
        BadShare: the load is too small to be divided.
        WorkerTrouble: a worker cannot start, reach an engine, or goes away.
    """
    arguments = [_arguments(urls, prompts, plan, worker, workers, api_key) for worker in range(workers)]
    with hire(arguments) as crew:
        offsets = [clock_offset(crew, worker) for worker in range(workers)]
        for number in range(plan.warm_up):
            for side in (0, 1):
                _block(crew, offsets, side, number, counts=False)
        for number in range(plan.blocks):
            for side in (0, 1) if number % 2 == 0 else (1, 0):
                _block(crew, offsets, side, number, counts=True)
            progress(f"{workers} workers: block {number + 1} of {plan.blocks}")
        shares: list[Share] = crew.all("share", [()] * workers)
    return Spread(shares[0].first.engine, shares[0].second.engine, merged(shares, plan, _how(offsets)))


def _arguments(
    urls: tuple[str, str], prompts: Sequence[Prompt], plan: Plan, worker: int, workers: int, api_key: str
) -> tuple[object, ...]:
    own = tuple(prompts[worker::workers]) if not plan.size and len(prompts) >= workers else tuple(prompts)
    return urls, own, share_of(plan, worker, workers), api_key


def clock_offset(crew: Crew, worker: int) -> Offset:
    """By the quickest of some round trips, as NTP does."""
    best = Offset(0.0, float("inf"))
    for _ in range(PINGS):
        before = clock()
        theirs = crew.one(worker, "now")
        after = clock()
        if (after - before) / 2 < best.error:
            best = Offset(theirs - (before + after) / 2, (after - before) / 2)
    return best


def _block(crew: Crew, offsets: Sequence[Offset], side: int, number: int, counts: bool) -> None:
    start = clock() + AHEAD_S
    crew.all("block", [(side, number, counts, start + offset.seconds) for offset in offsets])


def _how(offsets: Sequence[Offset]) -> str:
    worst = max(offset.error for offset in offsets)
    text = f"in turns, {len(offsets)} workers whose clocks are known to {worst * 1000:.2g} ms"
    return f"{text}: their blocks may begin that far apart" if worst > APART_S else text


def merged(shares: Sequence[Share], plan: Plan, how: str) -> Latency:
    """All workers' shares as one client's."""
    pairs = {
        name: (
            reduce(lambda one, other: one + other, (share.histograms[name][0] for share in shares)).values(),
            reduce(lambda one, other: one + other, (share.histograms[name][1] for share in shares)).values(),
        )
        for name in shares[0].histograms
    }
    first, second = _sum([share.first for share in shares]), _sum([share.second for share in shares])
    return combined(pairs, first, second, plan, None, how)


def _sum(parts: Sequence[Totals]) -> Totals:
    """Counts are added; of times and lags the worst worker's counts; each gives its part of the samples."""
    failures: dict[str, int] = {}
    for part in parts:
        for failure, count in part.failures.items():
            failures[failure] = failures.get(failure, 0) + count
    kept = [part.kept for part in parts if part.kept is not None]
    each = max(1, DRAWN // len(parts))
    return replace(
        parts[0],
        requests=sum(part.requests for part in parts),
        failures=failures,
        tokens=sum(part.tokens for part in parts),
        wall_s=max(part.wall_s for part in parts),
        busy=max(part.busy for part in parts),
        kept=sum(kept) if kept else None,
        lag_ms=max(part.lag_ms for part in parts),
        ttft_ms=min(part.ttft_ms for part in parts),
        samples=tuple(sample for part in parts for sample in part.samples[:: max(1, -(-len(part.samples) // each))]),
    )
