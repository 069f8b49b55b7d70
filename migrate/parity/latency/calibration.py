"""What the client itself can do on this machine at this moment, measured before it measures anything else."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from migrate.parity.latency.arrays import np
from migrate.parity.latency.arrivals import Load, Shape
from migrate.parity.latency.client import quiet, run_block
from migrate.parity.latency.connection import Raw, clock
from migrate.parity.latency.instant import TOKENS
from migrate.parity.latency.pool import Pool
from migrate.parity.latency.reading import read
from migrate.parity.latency.wire import Target

BURST, PACED, TICKS = 400, 100, 100
AT_ONCE = 32
# Paced requests a second: far below what any client can do.
RATE = 200.0
TICK_S = 0.002
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 99th percentile, in milliseconds."""

    median: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> Spread:
        median, p99 = np.quantile(np.array(seconds) * 1000, (0.5, 0.99))
        return cls(float(median), float(p99))


@dataclass(frozen=True, slots=True)
class Calibration:
    """`requests_per_s` of 128 tokens each, parsed, with everything there at once; `cpu_ms` of the client for one.

    `ttft_error` is how much later (or earlier) than it was the first token is seen, `jitter` how late timers fire.
    """

    requests_per_s: float
    cpu_ms: float
    ttft_error: Spread
    jitter: Spread

    def __str__(self) -> str:
        return (
            f"client: at most {self.requests_per_s:,.0f} requests/s of {TOKENS} tokens ({self.cpu_ms:.2f} ms CPU), "
            f"TTFT {self.ttft_error.median:+.3f} ms off (p99 {self.ttft_error.p99:+.3f} ms), "
            f"timers {self.jitter.median:.3f} ms late (p99 {self.jitter.p99:.3f} ms)"
        )


async def calibrate() -> Calibration:
    """Against the instant server; takes about a second.

    Raises:
        OSError: the server cannot be started.
    """
    async with instant_server() as port:
        pool = Pool.to(Target("127.0.0.1", port))
        try:
            await _burst(pool, AT_ONCE)
            rate, cpu_ms = await _burst(pool, BURST)
            errors = await _paced(pool)
        finally:
            pool.close()
    return Calibration(rate, cpu_ms, Spread.of(errors), Spread.of(await _lateness()))


@asynccontextmanager
async def instant_server() -> AsyncIterator[int]:
    """The port of the instant server; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "migrate.parity.latency.instant",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = await process.stdout.readline()
        if not line:
            raise OSError("the instant server for the client's calibration did not start")
        yield int(line)
    finally:
        process.stdin.close()
        await process.wait()


async def _burst(pool: Pool, requests: int) -> tuple[float, float]:
    data = pool.target.post("/burst", {"prompt": "x"})
    kept: list[Raw] = []
    with quiet():
        ran = await run_block(
            pool, [data] * requests, Load(Shape.CLOSED, AT_ONCE), PATIENCE_S, lambda _, raw: kept.append(raw), 0
        )
        begin = clock()
        failed = sum(bool(read(raw).failure) for raw in kept)
        parsing = clock() - begin
    if failed:
        raise OSError(f"{failed} of {requests} requests to the instant server failed")
    return requests / (ran.wall_s + parsing), (ran.cpu_s + parsing) / requests * 1000


async def _paced(pool: Pool) -> list[float]:
    """Seconds by which the TTFT that the client sees is off from the one that the server gave."""
    data = pool.target.post("/paced", {"prompt": "x"})
    kept: list[Raw] = []
    with quiet():
        await run_block(
            pool, [data] * PACED, Load(Shape.CONSTANT, RATE), PATIENCE_S, lambda _, raw: kept.append(raw), 0
        )
    return [_error(raw) for raw in kept if not raw.failure]


def _error(raw: Raw) -> float:
    event = json.loads(b"".join(raw.pieces).partition(b"data: ")[2].partition(b"\n")[0])
    seen = read(raw).token_times[0] - raw.sent
    return float(seen - (event["written"] - event["received"]))


async def _lateness() -> list[float]:
    """How late the loop's timers fire, seconds."""
    late = []
    for _ in range(TICKS):
        due = clock() + TICK_S
        await asyncio.sleep(TICK_S)
        late.append(max(0.0, clock() - due))
    return late
