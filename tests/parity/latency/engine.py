"""A small engine for tests: answers what it is told to, on a free port."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from migrate.parity.exchange import Json
from tests.parity.latency.streams import TGI, VLLM, events

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"

Act = Callable[[asyncio.StreamWriter], Awaitable[None]]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def stream(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"".join(map(chunk, events(VLLM))) + END)


async def tgi_stream(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"".join(map(chunk, events(TGI))) + END)


async def silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def half(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + chunk(events(VLLM)[1]))
    await writer.drain()
    writer.close()


async def until_closed(writer: asyncio.StreamWriter) -> None:
    """An answer without a length: it ends with the connection."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + VLLM)
    await writer.drain()
    writer.close()


async def refusal(writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 429 Too Many Requests\r\ncontent-length: 16\r\n\r\n{"error":"busy"}')


async def nonsense(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")


async def gone(writer: asyncio.StreamWriter) -> None:
    writer.close()


def json_answer(data: Json | str, status: int = 200) -> bytes:
    body = data if isinstance(data, str) else json.dumps(data)
    return b"HTTP/1.1 %d OK\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body.encode())


@dataclass
class FakeEngine:
    """`acts` answer the POSTs in turn, the last one again and again; `heads` are the requests that came."""

    acts: list[Act] = field(default_factory=lambda: [stream])
    info: Json = None
    metrics: str = ""
    heads: list[str] = field(default_factory=list)
    bodies: list[Json] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    server: asyncio.Server | None = None
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def seen(self, requests: int) -> None:
        """Wait until so many requests have come."""
        async with self.news:
            await self.news.wait_for(lambda: len(self.heads) >= requests)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                if head.startswith("POST"):
                    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
                    self.bodies.append(json.loads(await reader.readexactly(length)))
                    async with self.news:
                        self.heads.append(head)
                        self.news.notify_all()
                    await (self.acts.pop(0) if len(self.acts) > 1 else self.acts[0])(writer)
                else:
                    writer.write(self._get(head.split()[1]))
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            return
        finally:
            writer.close()

    def _get(self, path: str) -> bytes:
        if path == "/info" and self.info:
            return json_answer(self.info)
        if path == "/v1/models":
            return json_answer({"data": [{"id": "m"}]})
        if path == "/version":
            return json_answer({"version": "0.32.0"})
        if path == "/metrics" and self.metrics:
            return json_answer(self.metrics)
        return json_answer({"detail": "Not Found"}, 404)


@asynccontextmanager
async def serving(engine: FakeEngine) -> AsyncIterator[FakeEngine]:
    handlers: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handlers.add(task)
        await engine.answer(reader, writer)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    engine.server = server
    engine.port = server.sockets[0].getsockname()[1]
    try:
        yield engine
    finally:
        server.close()
        for task in handlers:
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)


@contextmanager
def in_a_thread(engine: FakeEngine) -> Iterator[FakeEngine]:
    """An engine with a loop of its own: the command runs its own loop."""
    loop = asyncio.new_event_loop()
    ready, end = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with serving(engine):
            ready.set()
            await end.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(5)
    try:
        yield engine
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()
