"""Both engines under the same load: in turns where both are up, one after the other where there is one GPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from migrate.parity.latency.calibration import Calibration, calibrate
from migrate.parity.latency.client import quiet
from migrate.parity.latency.gauges import told
from migrate.parity.latency.loaded import Loaded
from migrate.parity.latency.loops import run_fast
from migrate.parity.latency.plan import Plan
from migrate.parity.latency.samples import Latency, Point
from migrate.parity.latency.side import Side
from migrate.parity.latency.summary import latency_of, point
from migrate.parity.prompts import Prompt

Progress = Callable[[str], None]


def measure(
    first: str, second: str, prompts: Sequence[Prompt], plan: Plan, progress: Progress, api_key: str = ""
) -> Latency:
    """Both engines at their URLs, in turns, in a fast loop of its own; not for a thread that runs a loop already.

    Raises:
        BadUrl, NoEngine, OSError: an engine cannot be reached, or goes away altogether.
    """
    return run_fast(measure_both(first, second, prompts, plan, progress, api_key))


async def measure_both(
    first: str, second: str, prompts: Sequence[Prompt], plan: Plan, progress: Progress, api_key: str = ""
) -> Latency:
    """As `measure`, in the loop that runs."""
    calibration = await calibrated(plan, progress)
    one, other = await load((first, second), prompts, plan, progress, api_key)
    return latency_of(one, other, plan, calibration, in_turns=True)


async def measure_apart(first: Loaded, second: Loaded, plan: Plan, progress: Progress) -> Latency:
    """Two engines that were loaded one after the other. Blocks with the same number had the same prompts."""
    return latency_of(first, second, plan, await calibrated(plan, progress), in_turns=False)


async def calibrated(plan: Plan, progress: Progress) -> Calibration | None:
    """What the client can do, None where the plan does not ask."""
    if not plan.calibrate:
        return None
    calibration = await calibrate()
    progress(str(calibration))
    return calibration


async def load(
    urls: Sequence[str], prompts: Sequence[Prompt], plan: Plan, progress: Progress, api_key: str = ""
) -> list[Loaded]:
    """Put the engines under load, block by block in turns (A B, B A, A B, ...: a machine that slowly changes favours
    none); or one engine alone.

    Raises:
        BadUrl, NoEngine, OSError: as `measure`.
    """
    sides: list[Side] = []
    try:
        for url in urls:
            sides.append(await Side.of(url, prompts, api_key))
            left_out = len(prompts) - len(sides[-1].asks)
            if left_out:
                progress(
                    f"{sides[-1].engine.name}: {left_out} prompts are left out: no plain generation, or untranslatable"
                )
        with quiet():
            return await _load(sides, plan, progress)
    finally:
        for side in sides:
            side.close()


async def _load(sides: Sequence[Side], plan: Plan, progress: Progress) -> list[Loaded]:
    for number in range(plan.warm_up):
        for side in sides:
            await side.apart(number, plan.load, plan.size, plan.patience_s)
            progress(f"{side.engine.name}: warm-up block {number + 1} of {plan.warm_up}")
    for number in range(plan.blocks):
        for side in sides if number % 2 == 0 else reversed(sides):
            await side.block(number, plan.load, plan.size, plan.patience_s)
            progress(f"{side.engine.name}: block {number + 1} of {plan.blocks}, {side.ran[-1].wall_s:.1f} s")
    sweeps: list[list[Point]] = [[] for _ in sides]
    for load in plan.sweep:
        for side, points in zip(sides, sweeps, strict=True):
            table, ran = await side.apart(0, load, plan.size, plan.patience_s)
            points.append(point(load, table, ran, plan.slo))
            progress(f"{side.engine.name}: {load}, {points[-1].requests_per_s:.2f} requests/s")
    return [
        Loaded(side.engine, side.table, tuple(side.ran), tuple(points), told(side.pages))
        for side, points in zip(sides, sweeps, strict=True)
    ]
