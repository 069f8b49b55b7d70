"""A server that answers at once, in a process of its own: what the client sees of it is the client's own doing.

    python -m migrate.parity.latency.instant      prints its port, serves until its standard input is closed

`POST /burst` is answered with 128 tokens in one write, any other POST with one token after some milliseconds. The first
event tells when (on the clock that all processes of a machine share) the request was read and the event written.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import cast

from migrate.parity.latency.connection import clock
from migrate.parity.latency.loops import run_fast

TOKENS = 128
PAUSE_S = 0.004
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _chunk(event: str) -> bytes:
    data = f"data: {event}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(data), data)


def _token(finish: str | None, **times: float) -> bytes:
    choice = {"index": 0, "text": " word", "logprobs": None, "finish_reason": finish}
    return _chunk(json.dumps({"id": "cmpl-0", "object": "text_completion", "choices": [choice]} | times))


TAIL = _chunk("[DONE]") + b"0\r\n\r\n"
BURST = HEAD + _token(None) * (TOKENS - 1) + _token("length") + TAIL


class Instant(asyncio.Protocol):
    """One connection; a request is taken to be whole when its last bytes are there, as the load path sends it."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        received = clock()
        assert self._transport is not None
        if data.startswith(b"POST /burst"):
            self._transport.write(BURST)
        else:
            asyncio.get_running_loop().call_later(PAUSE_S, self._answer, received)

    def _answer(self, received: float) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(HEAD + _token("length", received=received, written=clock()) + TAIL)


async def serve() -> None:
    """Serve on a free port, which is printed, until standard input ends: no server outlives its client."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Instant, "127.0.0.1", 0)
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await loop.run_in_executor(None, sys.stdin.buffer.read)


def take_last_core() -> None:
    """Leave the other cores to the client."""
    if sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


if __name__ == "__main__":
    take_last_core()
    run_fast(serve())
