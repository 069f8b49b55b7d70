"""One measurement of the load path against a server that listens already, as JSON; a process of its own for each.

python -m benchmarks.load_client burst PORT REQUESTS AT_ONCE
python -m benchmarks.load_client paced PORT REQUESTS RATE
python -m benchmarks.load_client jitter
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from migrate.parity.asking import Protocol
from migrate.parity.latency.arrivals import Load, Shape
from migrate.parity.latency.client import quiet, run_block
from migrate.parity.latency.connection import Raw, clock
from migrate.parity.latency.loops import run_fast
from migrate.parity.latency.pool import Pool
from migrate.parity.latency.reading import read
from migrate.parity.latency.side import Keeper
from migrate.parity.latency.table import Table
from migrate.parity.latency.wire import Target, asks
from migrate.parity.prompts import Prompt

TOKENS = 128
PATIENCE_S = 60.0
TICKS, TICK_S = 500, 0.001
PROMPT = Prompt("bench", "word " * 16, max_tokens=TOKENS)


async def burst(port: int, requests: int, at_once: int) -> dict[str, float]:
    """Requests a second with everything parsed, and CPU milliseconds of one, after a short warm-up."""
    target = Target("127.0.0.1", port)
    (ask,) = asks(target, [PROMPT], Protocol.OPENAI, "mock")
    pool, load = Pool.to(target), Load(Shape.CLOSED, at_once)
    await run_block(pool, [ask.data] * at_once, load, PATIENCE_S, _ignore, 0)
    table = Table()
    keeper = Keeper(table, 0, ["bench"] * requests)
    with quiet():
        began, cpu = clock(), time.process_time()
        await run_block(pool, [ask.data] * requests, load, PATIENCE_S, keeper.keep, 0)
        keeper.flush()
        wall, used = clock() - began, time.process_time() - cpu
    pool.close()
    if table.failures or set(table.tokens) != {TOKENS} or len(table.token_s) != TOKENS * requests:
        raise RuntimeError(f"not all was answered and parsed: {list(table.failures.values())[:3]}")
    return {"requests_per_s": requests / wall, "cpu_ms": used / requests * 1000}


def _ignore(number: int, raw: Raw) -> None:
    """Warm-up answers do not count."""


async def paced(port: int, requests: int, rate: float) -> dict[str, float]:
    """Milliseconds by which the TTFT that is seen differs from the one that the server gave, and tokens a second."""
    target = Target("127.0.0.1", port)
    (ask,) = asks(target, [PROMPT], Protocol.OPENAI, "mock")
    pool, kept = Pool.to(target), list[Raw]()
    await pool.warm(int(rate * 2))
    with quiet():
        ran = await run_block(
            pool, [ask.data] * requests, Load(Shape.CONSTANT, rate), PATIENCE_S, lambda _, raw: kept.append(raw), 0
        )
    pool.close()
    readings = [read(raw) for raw in kept]
    failures = {reading.failure for reading in readings if reading.failure}
    if failures:
        raise RuntimeError(f"not all was answered: {failures}")
    times = [_server_times(raw) for raw in kept]
    errors = [
        (reading.token_times[0] - raw.sent - (written - received)) * 1000
        for raw, reading, (received, written) in zip(kept, readings, times, strict=True)
    ]
    last = max(raw.sent for raw in kept)
    steady = [at for reading in readings for at in reading.token_times if kept[0].sent + 1.5 < at < last]
    median, p99 = np.quantile(np.abs(errors), (0.5, 0.99))
    return {
        "ttft_error_median_ms": float(median),
        "ttft_error_p99_ms": float(p99),
        "tokens_per_s": len(steady) / max(last - kept[0].sent - 1.5, 1e-9),
        "cpu_share": ran.cpu_s / ran.wall_s,
    }


def _server_times(raw: Raw) -> tuple[float, float]:
    event = json.loads(b"".join(raw.pieces).partition(b"data: ")[2].partition(b"\n")[0])
    return event["received"], event["written"]


def jitter() -> dict[str, float]:
    """How late this machine wakes a process that sleeps a millisecond, in milliseconds."""
    late = []
    for _ in range(TICKS):
        due = clock() + TICK_S
        time.sleep(TICK_S)
        late.append((clock() - due) * 1000)
    median, p99 = np.quantile(late, (0.5, 0.99))
    return {"median_ms": float(median), "p99_ms": float(p99)}


def main(arguments: list[str]) -> dict[str, float]:
    """The measurement that the arguments name."""
    match arguments:
        case ["burst", port, requests, at_once]:
            return run_fast(burst(int(port), int(requests), int(at_once)))
        case ["paced", port, requests, rate]:
            return run_fast(paced(int(port), int(requests), float(rate)))
        case ["jitter"]:
            return jitter()
    raise SystemExit(__doc__)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
