"""One of several clients: its share of the load, block by block when it is told to, its results as histograms."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from migrate.parity.latency.arrivals import Load, Shape
from migrate.parity.latency.client import quiet
from migrate.parity.latency.connection import clock
from migrate.parity.latency.gauges import told
from migrate.parity.latency.histogram import Histogram
from migrate.parity.latency.loaded import Loaded
from migrate.parity.latency.loops import fast_runner
from migrate.parity.latency.plan import Plan
from migrate.parity.latency.side import Side
from migrate.parity.latency.summary import Totals, pairs_of, totals
from migrate.parity.prompts import Prompt


class BadShare(ValueError):
    """A load that is too small to be divided."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a worker measured: each metric's values of both engines, and both engines' totals."""

    histograms: Mapping[str, tuple[Histogram, Histogram]]
    first: Totals
    second: Totals


async def _block(side: Side, plan: Plan, which: tuple[int, bool], start_at: float) -> None:
    number, counts = which
    await asyncio.sleep(max(0.0, start_at - clock()))
    run = side.block if counts else side.apart
    await run(number, plan.load, plan.size, plan.patience_s)


class Worker:
    """Lives in a process of its own, perhaps on another machine; all its methods take and give what can be pickled.

    None of them is a coroutine: Ray would run all others in an event loop then, and this has a loop of its own.
    """

    def __init__(self, urls: tuple[str, str], prompts: Sequence[Prompt], plan: Plan, api_key: str = "") -> None:
        """Ask who is there.

        Raises:
            BadUrl, NoEngine, OSError: an engine cannot be reached.
        """
        self._runner = fast_runner()
        self._plan = plan
        self._sides = [self._runner.run(Side.of(url, prompts, api_key)) for url in urls]
        self._quiet = quiet()
        self._quiet.__enter__()

    def now(self) -> float:
        """This worker's clock, seconds."""
        return clock()

    def block(self, side: int, number: int, counts: bool, start_at: float) -> None:
        """Run a block of one engine (0 or 1) from a moment on this worker's clock."""
        self._runner.run(_block(self._sides[side], self._plan, (number, counts), start_at))

    def share(self) -> Share:
        """What was measured so far."""
        first, second = self._sides
        pairs = pairs_of(first.table, second.table, self._plan.load.open_loop)
        found = {name: (Histogram.of(one), Histogram.of(other)) for name, (one, other) in pairs.items()}
        sums = [
            totals(Loaded(side.engine, side.table, tuple(side.ran), (), told(side.pages)), self._plan)
            for side in (first, second)
        ]
        return Share(found, sums[0], sums[1])

    def close(self) -> None:
        self._quiet.__exit__(None, None, None)
        for side in self._sides:
            side.close()
        self._runner.close()


def share_of(plan: Plan, worker: int, workers: int) -> Plan:
    """A worker's part of a plan: requests at once, rates and block sizes are divided, a trace is dealt out.

    Raises:
        BadShare: fewer requests at once, or in a block, than workers.
    """
    load = plan.load
    size = _part(plan.size, worker, workers) if plan.size else 0
    if load.shape is Shape.CLOSED:
        load = replace(load, value=_part(int(load.value), worker, workers))
    elif load.shape is Shape.TRACE:
        load = replace(load, times=load.times[worker::workers])
    else:
        load = replace(load, value=load.value / workers, until=load.until / workers)
    if (load.value < 1 and load.shape is Shape.CLOSED) or (plan.size and not size) or _empty(load):
        raise BadShare(f"{plan.load}: less than one request at once for each of {workers} workers")
    return replace(plan, load=load, size=size, sweep=(), calibrate=False)


def _empty(load: Load) -> bool:
    return load.shape is Shape.TRACE and not load.times


def _part(number: int, worker: int, workers: int) -> int:
    """As even as it goes; the parts add up to the number."""
    return number // workers + (worker < number % workers)
