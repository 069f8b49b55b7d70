"""One keep-alive connection of the load path: a request out, and the bytes of the answer with the time each came at.

Nothing is parsed here but HTTP's framing; what the bytes mean is read after the measurement (`reading`).
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import httptools

# The client's clock: monotonic, and on Linux the same for all processes of a machine.
clock = time.perf_counter

HEAD_LIMIT = 64 * 1024


@dataclass(slots=True)
class Raw:
    """An answer as it arrived. Times are seconds of `clock`: `began` when its block did, `due` when it should be sent.

    `pieces` are the parts of the body; the first `ends[n]` of them had arrived at `times[n]`. `status` is 0 where no
    header came, `size` the bytes that did. A `failure` begins with its class: connect, timeout, truncated, garbage.
    """

    began: float = 0.0
    due: float = 0.0
    sent: float = 0.0
    first_byte: float = 0.0
    ended: float = 0.0
    status: int = 0
    failure: str = ""
    times: array[float] = field(default_factory=lambda: array("d"))
    ends: array[int] = field(default_factory=lambda: array("L"))
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0


Done = Callable[["Connection", Raw], None]


class Connection(asyncio.Protocol):
    """`ask` sends a request and calls back once: with a whole answer, or one with a failure."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        # httptools calls these: a list's own append keeps a Python frame out of every piece.
        self.on_body = self._pieces.append
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._descriptor = -1
        self._raw: Raw | None = None
        self._done: Done | None = None
        self._complete = self._framed = False
        self.reusable = False
        self.asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.reusable = True
        self._transport.set_write_buffer_limits(high=0)
        if sys.platform != "win32" and transport.get_extra_info("ssl_object") is None:
            self._descriptor = transport.get_extra_info("socket").fileno()

    def ask(self, request: bytes, raw: Raw, done: Done) -> None:
        """Send; one request at a time."""
        self._raw, self._done = raw, done
        self._complete = self._framed = False
        self.asked += 1
        assert self._transport is not None
        rest = self._write_now(request)
        raw.sent = clock()
        if rest:
            self._transport.write(rest)

    def _write_now(self, request: bytes) -> bytes:
        """Hand as much as fits to the kernel at once: a transport may wait for its loop's next turn."""
        if self._descriptor < 0:
            return request
        try:
            return request[os.write(self._descriptor, request) :]
        except BlockingIOError:
            return request
        except OSError:
            self.abort()
            return b""

    def resume_writing(self) -> None:
        """The last byte of a request that did not fit at once is out."""
        if self._raw is not None and not self._raw.first_byte:
            self._raw.sent = clock()

    def data_received(self, data: bytes) -> None:
        now = clock()
        raw = self._raw
        if raw is None:
            self.abort()
            return
        if not raw.first_byte:
            raw.first_byte = now
        raw.size += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self.finish(f"garbage: {error}")
            return
        arrived = len(self._pieces)
        if arrived and (not raw.ends or raw.ends[-1] != arrived):
            raw.times.append(now)
            raw.ends.append(arrived)
        if self._complete:
            raw.ended = now
            self.finish("")

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() in (b"content-length", b"transfer-encoding"):
            self._framed = True

    def on_headers_complete(self) -> None:
        if self._raw is not None:
            self._raw.status = self._parser.get_status_code()
        self.reusable = self._parser.should_keep_alive()

    def on_message_complete(self) -> None:
        self._complete = True

    def connection_lost(self, error: Exception | None) -> None:
        """An answer that states no length ends with its connection."""
        self.reusable = False
        if self._raw is None:
            return
        if self._raw.status and not self._framed and error is None:
            self._raw.ended = clock()
            self.finish("")
        else:
            why = f": {error}" if error else ""
            self.finish(f"truncated: the connection was closed before the answer ended{why}")

    def finish(self, failure: str) -> None:
        """Hand the answer over; a connection that broke in the middle of one is of no further use."""
        raw, done = self._raw, self._done
        if raw is None or done is None:
            return
        self._raw = self._done = None
        raw.pieces = self._pieces[:]
        self._pieces.clear()
        raw.failure = failure
        if failure:
            raw.ended = clock()
            self.abort()
        done(self, raw)

    def abort(self) -> None:
        self.reusable = False
        if self._transport is not None:
            self._transport.abort()


async def connect(host: str, port: int, context: ssl.SSLContext | None, patience_s: float) -> Connection:
    """An open connection.

    Raises:
        OSError: nothing listens there, or not within `patience_s` seconds (TimeoutError).
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(patience_s):
        _, connection = await loop.create_connection(Connection, host, port, ssl=context)
    return connection
