"""What an engine says about itself under load: its queue and its KV cache, read from /metrics beside the load.

Requests go the load path's way, bytes are kept and read later: parsing a page of metrics while times are taken would
delay them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

from migrate.parity.latency.connection import Connection, Raw
from migrate.parity.latency.pool import Pool

EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Gauge:
    """How a metric is told: the highest value seen, or (`counter`) how much it grew; `percent` of a share."""

    words: str
    counter: bool = False
    percent: bool = False


# TGI 3.3.7 (router/src/server.rs) and vLLM 0.6.6 to 0.33.0 (vllm/v1/metrics/loggers.py); gpu_cache_usage_perc is the
# name until 0.11.2, kv_cache_usage_perc since 0.9.2. TGI has no gauge of its KV cache's use.
GAUGES: Mapping[str, Gauge] = {
    "tgi_queue_size": Gauge("queue"),
    "tgi_batch_current_size": Gauge("requests in the batch"),
    "tgi_batch_current_max_tokens": Gauge("tokens reserved by the batch"),
    "vllm:num_requests_waiting": Gauge("queue"),
    "vllm:num_requests_running": Gauge("requests in the batch"),
    "vllm:kv_cache_usage_perc": Gauge("KV cache in use", percent=True),
    "vllm:gpu_cache_usage_perc": Gauge("KV cache in use", percent=True),
    "vllm:num_preemptions_total": Gauge("preemptions", counter=True),
}


@asynccontextmanager
async def watching(pool: Pool, pages: list[Raw]) -> AsyncIterator[None]:
    """Keep a page of metrics every second while the block runs."""
    task = asyncio.create_task(_watch(pool, pages))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(pool: Pool, pages: list[Raw]) -> None:
    request = pool.target.get("/metrics")
    while True:
        done: asyncio.Future[Raw] = asyncio.get_running_loop().create_future()
        try:
            connection = pool.take() or await pool.open()
        except OSError:
            return
        connection.ask(request, Raw(), partial(_give, pool, done))
        try:
            page = await done
        except asyncio.CancelledError:
            connection.finish("cancelled")
            raise
        if page.failure or page.status != 200:
            return
        pages.append(page)
        await asyncio.sleep(EVERY_S)


def _give(pool: Pool, done: asyncio.Future[Raw], connection: Connection, raw: Raw) -> None:
    pool.give(connection)
    if not done.done():
        done.set_result(raw)


def told(pages: Sequence[Raw]) -> str:
    """The known metrics over all pages in one line, empty where there are none."""
    seen: dict[str, list[float]] = {}
    for page in pages:
        for name, value in read_page(b"".join(page.pieces).decode("utf-8", "replace")).items():
            seen.setdefault(name, []).append(value)
    parts = {GAUGES[name].words: _words(GAUGES[name], values) for name, values in seen.items()}
    return ", ".join(f"{words} {value}" for words, value in parts.items())


def _words(gauge: Gauge, values: Sequence[float]) -> str:
    if gauge.counter:
        return f"+{max(values) - values[0]:g}"
    return f"up to {max(values) * 100:.0f} %" if gauge.percent else f"up to {max(values):g}"


def read_page(text: str) -> dict[str, float]:
    """The known metrics of a page in Prometheus' text format; several series of a name are added, shares are not."""
    found: dict[str, float] = {}
    for name, value in _series(text):
        before = found.get(name, 0.0)
        found[name] = max(before, value) if GAUGES[name].percent else before + value
    return found


def _series(text: str) -> Iterator[tuple[str, float]]:
    for line in text.splitlines():
        name = line.partition("{")[0].partition(" ")[0]
        if name in GAUGES:
            with suppress(ValueError, IndexError):
                yield name, float(line.rpartition("}")[2].removeprefix(name).split()[0])
