"""A recording served back as the engine that it came from: the same bytes, with the recorded times or at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import cycle

from migrate.parity.exchange import Chunk, Engine, Exchange, Json, Reply
from migrate.parity.stream import parse

# What a request may hold before it is refused; recorded ones stay far below.
HEAD_LIMIT, BODY_LIMIT = 64 * 1024, 64 * 1024 * 1024

# The server writes these itself.
_OWN = frozenset({"content-length", "transfer-encoding", "connection", "date"})


class BadRequest(ValueError):
    """Bytes that are no request."""


@dataclass(slots=True)
class Replay:
    """Recorded answers by request; several answers to one request are given in turn, over and over.

    `speed` 1 keeps the recorded times, 2 halves them, 0 answers at once.
    """

    speed: float = 0.0
    _answers: dict[str, Iterable[Reply]] = field(default_factory=dict)

    @classmethod
    def of(cls, exchanges: Iterable[Exchange], speed: float = 0.0, engine: Engine | None = None) -> Replay:
        """`engine` answers who it is, where that was not recorded."""
        found: dict[str, list[Reply]] = {}
        for exchange in exchanges:
            request = exchange.request
            body = request.body if request.text is None else request.text
            found.setdefault(_key(request.method, request.path, body), []).append(exchange.reply)
        known = {_key("GET", path, None): [_said(answer)] for path, answer in _identity(engine).items()}
        return cls(speed, {key: cycle(replies) for key, replies in (known | found).items()})

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection: one request, one answer, close; an answer that broke off breaks off again."""
        try:
            method, path, body = await _read(reader)
            await self._write(writer, self._find(method, path, body))
        except BadRequest as error:
            writer.write(_head(400, {"content-type": "text/plain"}) + b"\r\n" + str(error).encode())
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _find(self, method: str, path: str, body: str) -> Reply | None:
        parsed = parse(body)
        for candidate in (parsed, body) if parsed is not None else (body or None, body):
            replies = self._answers.get(_key(method, path, candidate))
            if replies is not None:
                return next(iter(replies))
        if path == "/health":
            return Reply(200, headers={})
        return None

    async def _write(self, writer: asyncio.StreamWriter, reply: Reply | None) -> None:
        if reply is None:
            writer.write(_head(404, {"content-type": "application/json"}) + b'\r\n{"error":"not in the recording"}')
        elif reply.status:
            await self._send(writer, reply)

    async def _send(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        chunked = reply.headers.get("transfer-encoding") == "chunked"
        head = _head(reply.status, {name: value for name, value in reply.headers.items() if name not in _OWN})
        bodies = [chunk.raw for chunk in reply.chunks]
        length = b"transfer-encoding: chunked\r\n" if chunked else b"content-length: %d\r\n" % sum(map(len, bodies))
        if not chunked and reply.chunks:
            await self._wait(reply.chunks[0].at_ms)
        writer.write(head + length + b"\r\n")
        before = 0.0 if chunked or not reply.chunks else reply.chunks[0].at_ms
        for chunk, body in zip(reply.chunks, bodies, strict=True):
            await self._wait(chunk.at_ms - before)
            before = chunk.at_ms
            writer.write(b"%x\r\n%b\r\n" % (len(body), body) if chunked else body)
            await writer.drain()
        if chunked and not reply.failure:
            writer.write(b"0\r\n\r\n")

    async def _wait(self, ms: float) -> None:
        if self.speed > 0 and ms > 0:
            await asyncio.sleep(ms / 1000 / self.speed)


async def serve(replay: Replay, host: str, port: int) -> asyncio.Server:
    """Listen; port 0 takes a free one.

    Raises:
        OSError: the port is in use.
    """
    return await asyncio.start_server(replay.answer, host, port, limit=HEAD_LIMIT)


def _identity(engine: Engine | None) -> dict[str, Json]:
    """What the routes say by which engines are told apart."""
    if engine is None:
        return {}
    models: dict[str, Json] = {"/v1/models": {"object": "list", "data": [{"id": engine.model, "object": "model"}]}}
    if engine.name == "tgi":
        return {"/info": {**engine.info, "model_id": engine.model, "version": engine.version}, **models}
    return {"/version": {"version": engine.version}, **models} if engine.name == "vllm" else models


def _said(answer: Json) -> Reply:
    return Reply(200, (Chunk(0.0, json.dumps(answer)),), {"content-type": "application/json"})


def _key(method: str, path: str, body: Json) -> str:
    return json.dumps([method, path, _plain(body)], sort_keys=True)


def _plain(value: Json) -> Json:
    """Equal numbers in one form: 0.0 asks for the same as 0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {name: _plain(item) for name, item in value.items()} if isinstance(value, dict) else value


async def _read(reader: asyncio.StreamReader) -> tuple[str, str, str]:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError as error:
        raise BadRequest("headers too long") from error
    line, *fields = head.split("\r\n")
    try:
        method, path, _ = line.split(" ")
    except ValueError as error:
        raise BadRequest("no request line") from error
    lengths = [value.strip() for name, _, value in (item.partition(":") for item in fields) if _named(name)]
    if lengths and not (lengths[0].isdecimal() and int(lengths[0]) <= BODY_LIMIT):
        raise BadRequest("no usable content-length")
    body = await reader.readexactly(int(lengths[0])) if lengths else b""
    return method, path, body.decode("utf-8", "surrogateescape")


def _named(name: str) -> bool:
    return name.strip().lower() == "content-length"


def _head(status: int, headers: dict[str, str]) -> bytes:
    phrase = HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else ""
    lines = [
        f"HTTP/1.1 {status} {phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
        "connection: close",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1", "replace")
