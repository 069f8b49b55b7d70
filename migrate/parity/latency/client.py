"""The load itself: a block of requests sent when they are due, the answers kept as bytes and times."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from migrate.parity.latency.arrivals import Load
from migrate.parity.latency.connection import Connection, Raw, clock
from migrate.parity.latency.pool import Pool

# Connections that an open loop has ready before its first request.
READY = 32
# How often answers that take too long are looked for.
WATCH_S = 0.1

Keep = Callable[[int, Raw], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a block took: when it began (seconds of `clock`), how long it ran, the CPU seconds of this process."""

    began: float
    wall_s: float
    cpu_s: float


async def run_block(pool: Pool, requests: Sequence[bytes], load: Load, patience_s: float, keep: Keep, seed: int) -> Ran:
    """Send all requests as the load says and hand every answer, or what was left of it, to `keep` with its number.

    An open loop sends when a request is due, however many are in flight. Cancelling closes the connections.

    Raises:
        OSError: the engine takes no connection at all.
    """
    due = load.due(len(requests), seed)
    await pool.warm(min(int(load.value) if not load.open_loop else READY, len(requests)))
    driver = _Driver(pool, requests, due, patience_s, keep)
    cpu = time.process_time()
    try:
        began = await driver.run(0 if load.open_loop else int(load.value))
    except asyncio.CancelledError:
        driver.stop()
        raise
    return Ran(began, clock() - began, time.process_time() - cpu)


@dataclass(slots=True)
class _Driver:
    """One block under way. Everything runs in callbacks of the loop: a task for each request would cost more."""

    pool: Pool
    requests: Sequence[bytes]
    due: Sequence[float]
    patience_s: float
    keep: Keep
    began: float = 0.0
    _next: int = 0
    _left: int = 0
    _at_once: int = 0
    _stopped: bool = False
    _flying: dict[Connection, tuple[int, Raw]] = field(default_factory=dict)
    _opening: set[asyncio.Task[None]] = field(default_factory=set)
    _finished: asyncio.Future[None] = field(init=False)
    _loop: asyncio.AbstractEventLoop = field(init=False)

    async def run(self, at_once: int) -> float:
        self._loop = asyncio.get_running_loop()
        self._finished = self._loop.create_future()
        self._left, self._at_once = len(self.requests), at_once
        self.began = clock()
        watch = self._loop.create_task(self._watch())
        try:
            if at_once:
                for _ in range(min(at_once, self._left)):
                    self._send_next(self.began)
            else:
                self._send_due()
            await self._finished
        finally:
            watch.cancel()
        return self.began

    def stop(self) -> None:
        """Nothing more is sent; what is in flight is dropped."""
        self._stopped = True
        for task in self._opening:
            task.cancel()
        self.pool.close()

    def _send_due(self) -> None:
        """Send what is due and come back for the next. A loop's timers count milliseconds and may be early."""
        while self._next < len(self.due) and not self._stopped:
            wait = self.began + self.due[self._next] - clock()
            if wait > 0.001:
                self._loop.call_later(wait, self._send_due)
                return
            if wait > 0:
                self._loop.call_soon(self._send_due)
                return
            self._send_next(self.began + self.due[self._next])

    def _send_next(self, due: float) -> None:
        number = self._next
        self._next += 1
        self._send(number, Raw(self.began, due), self.pool.take())

    def _send(self, number: int, raw: Raw, connection: Connection | None) -> None:
        if connection is None:
            task = self._loop.create_task(self._send_anew(number, raw))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
            return
        self._flying[connection] = number, raw
        connection.ask(self.requests[number], raw, self._done)

    async def _send_anew(self, number: int, raw: Raw) -> None:
        try:
            connection = await self.pool.open()
        except OSError as error:
            raw.sent = raw.ended = clock()
            raw.failure = f"connect: {error or type(error).__name__}"
            self._take(number, raw)
            return
        self._send(number, raw, connection)

    def _done(self, connection: Connection, raw: Raw) -> None:
        number, _ = self._flying.pop(connection)
        self.pool.give(connection)
        if self._stopped:
            return
        if raw.failure and not raw.first_byte and connection.asked > 1 and not raw.failure.startswith("timeout"):
            # An idle connection may be closed by the engine just as it is used: no sign of a failed request.
            self._send(number, Raw(self.began, raw.due), None)
            return
        self._take(number, raw)

    def _take(self, number: int, raw: Raw) -> None:
        """The next request goes out first, then the answer is put away."""
        self._left -= 1
        if self._at_once and self._next < len(self.requests):
            self._send_next(clock())
        self.keep(number, raw)
        if not self._left and not self._finished.done():
            self._finished.set_result(None)

    async def _watch(self) -> None:
        """End what has taken longer than the patience."""
        while True:
            await asyncio.sleep(WATCH_S)
            late = clock() - self.patience_s
            for connection, (_, raw) in tuple(self._flying.items()):
                if raw.sent < late:
                    connection.finish(f"timeout: no whole answer within {self.patience_s:g} s")


@contextmanager
def quiet() -> Iterator[None]:
    """No garbage collection while times are taken: one of a large heap takes a tenth of a second."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
