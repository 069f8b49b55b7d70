from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest

from migrate.parity.latency import connection
from migrate.parity.latency.arrivals import Load, Shape
from migrate.parity.latency.client import quiet, run_block
from migrate.parity.latency.connection import Raw, clock
from migrate.parity.latency.loops import run_fast
from migrate.parity.latency.pool import Pool
from migrate.parity.latency.reading import read
from migrate.parity.latency.wire import Target
from tests.parity.latency.engine import (
    Act,
    FakeEngine,
    gone,
    half,
    nonsense,
    refusal,
    serving,
    silence,
    stream,
    until_closed,
)
from tests.parity.latency.streams import VLLM

Run = Callable[[Coroutine[Any, Any, Any]], Any]
CLOSED = Load(Shape.CLOSED, 1)


@pytest.fixture(params=[asyncio.run, run_fast], ids=["asyncio", "fast"])
def run(request: pytest.FixtureRequest) -> Run:
    """Either loop."""
    found: Run = request.param
    return found


async def block(engine: FakeEngine, requests: int, load: Load = CLOSED, patience_s: float = 5.0) -> dict[int, Raw]:
    target = Target("127.0.0.1", engine.port)
    pool, kept = Pool.to(target), dict[int, Raw]()
    data = [target.post("/v1/completions", {"number": number}) for number in range(requests)]
    try:
        await run_block(pool, data, load, patience_s, kept.__setitem__, 1)
    finally:
        pool.close()
    return kept


async def asked(
    *acts: Act, requests: int = 1, load: Load = CLOSED, patience_s: float = 5.0
) -> tuple[FakeEngine, list[Raw]]:
    async with serving(FakeEngine(list(acts))) as engine:
        kept = await block(engine, requests, load, patience_s)
        return engine, [kept[number] for number in range(requests)]


def test_a_whole_answer(run: Run) -> None:
    engine, (raw,) = run(asked(stream))
    assert (raw.status, raw.failure, b"".join(raw.pieces)) == (200, "", VLLM)
    assert raw.began <= raw.due <= raw.sent <= raw.first_byte <= raw.times[0] <= raw.ended <= clock()
    assert raw.ends[-1] == len(raw.pieces)
    assert engine.heads[0].startswith("POST /v1/completions HTTP/1.1\r\nhost: 127.0.0.1:")


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_connection_for_each_request_in_flight_is_kept(run: Run, at_once: int) -> None:
    engine, raws = run(asked(stream, requests=12, load=Load(Shape.CLOSED, at_once)))
    assert engine.connections == at_once
    assert sorted(body["number"] for body in engine.bodies) == list(range(12))
    assert not any(raw.failure for raw in raws)


def test_a_closed_loop_sends_the_next_when_one_is_answered(run: Run) -> None:
    _, raws = run(asked(stream, requests=4))
    for earlier, later in pairwise(raws):
        assert earlier.ended <= later.due <= later.sent


@pytest.mark.parametrize(
    ("act", "status", "failure"),
    [
        (refusal, 429, ""),
        (half, 200, "truncated: the connection was closed before the answer ended"),
        (gone, 0, "truncated: the connection was closed before the answer ended"),
        (nonsense, 0, "garbage: "),
        (silence, 0, "timeout: no whole answer within 0.15 s"),
    ],
)
def test_failures(run: Run, act: Act, status: int, failure: str) -> None:
    _, (raw,) = run(asked(act, patience_s=0.15))
    assert raw.status == status
    assert raw.failure.startswith(failure)
    assert bool(raw.failure) == bool(failure)
    assert raw.ended >= raw.sent > 0


def test_what_came_before_a_break_is_kept(run: Run) -> None:
    _, (raw,) = run(asked(half))
    assert len(read(raw).token_times) == 1


def test_the_load_goes_on_behind_a_failure(run: Run) -> None:
    _, raws = run(asked(half, refusal, stream, requests=3))
    assert [bool(read(raw).failure) for raw in raws] == [True, True, False]


def test_an_answer_that_ends_with_its_connection(run: Run) -> None:
    engine, raws = run(asked(until_closed, requests=2))
    assert [read(raw).failure for raw in raws] == ["", ""]
    assert engine.connections == 2


def test_a_connection_that_was_closed_while_idle_is_no_failure(run: Run) -> None:
    engine, raws = run(asked(stream, gone, stream, requests=2))
    assert [raw.failure for raw in raws] == ["", ""]
    assert len(engine.heads) == 3


def test_an_open_loop_does_not_wait_for_answers(run: Run) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        await stream(writer)

    _, raws = run(asked(slow, requests=10, load=Load(Shape.CONSTANT, 200)))
    assert raws[-1].sent < raws[0].ended
    for number, raw in enumerate(raws):
        assert raw.due == pytest.approx(raw.began + number / 200)
        assert raw.sent >= raw.due


def test_the_wait_for_a_slow_client_counts_from_when_a_request_was_due(run: Run) -> None:
    async def blocking(writer: asyncio.StreamWriter) -> None:
        await stream(writer)
        asyncio.get_running_loop().call_soon(lambda: __import__("time").sleep(0.06))

    _, raws = run(asked(blocking, stream, requests=6, load=Load(Shape.CONSTANT, 100)))
    late = [raw.sent - raw.due for raw in raws]
    assert max(late) > 0.02
    assert all(later.due - earlier.due == pytest.approx(0.01) for earlier, later in pairwise(raws))


async def _nothing_listens() -> dict[int, Raw]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return await block(FakeEngine(port=port), 1)


def test_nothing_listens(run: Run) -> None:
    with pytest.raises(OSError, match=r"[Cc]onnect"):
        run(_nothing_listens())


async def _goes_away() -> list[Raw]:
    async with serving(FakeEngine([until_closed])) as engine:
        target = Target("127.0.0.1", engine.port)
        pool, kept = Pool.to(target), dict[int, Raw]()
        data = [target.post("/", {})] * 3

        def keep(number: int, raw: Raw) -> None:
            kept[number] = raw
            server.close()

        server = engine.server
        await run_block(pool, data, CLOSED, 5, keep, 1)
        pool.close()
        return [kept[number] for number in range(3)]


def test_an_engine_that_goes_away(run: Run) -> None:
    first, *later = run(_goes_away())
    assert not first.failure
    assert {raw.failure.partition(":")[0] for raw in later} == {"connect"}


async def _cancelled() -> tuple[int, dict[int, Raw]]:
    async with serving(FakeEngine([silence])) as engine:
        task = asyncio.create_task(block(engine, 5, Load(Shape.CLOSED, 2)))
        await engine.seen(2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return len(engine.heads), {}


def test_cancelling_sends_nothing_more(run: Run) -> None:
    assert run(_cancelled())[0] == 2


def test_a_request_that_does_not_fit_the_socket_is_sent_whole(run: Run) -> None:
    async def large() -> tuple[FakeEngine, Raw]:
        async with serving(FakeEngine()) as engine:
            target = Target("127.0.0.1", engine.port)
            pool, kept = Pool.to(target), list[Raw]()
            await run_block(
                pool, [target.post("/", {"x": "y" * 8_000_000})], CLOSED, 10, lambda _, raw: kept.append(raw), 1
            )
            pool.close()
            return engine, kept[0]

    engine, raw = run(large())
    assert (raw.failure, len(engine.bodies[0]["x"])) == ("", 8_000_000)
    assert raw.sent <= raw.first_byte


def test_unasked_bytes_close_a_connection(run: Run) -> None:
    async def twice(writer: asyncio.StreamWriter) -> None:
        await stream(writer)
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(b"HTTP/1.1 408 Request Timeout\r\n\r\n")

    async def later() -> list[str]:
        async with serving(FakeEngine([twice, stream])) as engine:
            target = Target("127.0.0.1", engine.port)
            pool, kept = Pool.to(target), list[Raw]()
            for _ in range(2):
                await run_block(pool, [target.post("/", {})], CLOSED, 5, lambda _, raw: kept.append(raw), 1)
                await asyncio.sleep(0.05)
            pool.close()
            return [raw.failure for raw in kept]

    assert run(later()) == ["", ""]


def test_no_collection_while_quiet() -> None:
    with quiet():
        assert not gc.isenabled()
        assert gc.get_freeze_count() > 0
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize(
    ("error", "failure"),
    [(BlockingIOError(), ""), (BrokenPipeError(), "truncated: the connection was closed before the answer ended")],
)
def test_a_socket_that_takes_nothing_at_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: OSError, failure: str
) -> None:
    def refuse(descriptor: int, data: bytes) -> int:
        raise error

    monkeypatch.setattr(connection.os, "write", refuse)
    _, (raw,) = run(asked(stream))
    assert raw.failure == failure
    assert raw.sent > 0
