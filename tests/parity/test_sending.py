from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from migrate.parity import sending
from migrate.parity.exchange import Reply, Request
from migrate.parity.sending import send


def sent(answer: Callable[[httpx.Request], object], asked: Request, **settings: float) -> Reply:
    async def ask() -> Reply:
        transport = httpx.MockTransport(answer)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://engine", timeout=7) as client:
            return await send(client, asked, **settings)  # type: ignore[arg-type]

    return asyncio.run(ask())


def streaming(*chunks: bytes, error: Exception | None = None) -> Callable[[httpx.Request], httpx.Response]:
    async def data() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk
        if error:
            raise error

    return lambda _: httpx.Response(200, content=data())


def test_what_came_before_the_end_is_kept() -> None:
    reply = sent(streaming(b"data: a\n\n\xc3", error=httpx.ReadError("gone")), Request("POST", "/x", {}))
    assert (reply.status, reply.body, reply.failure) == (200, "data: a\n\n\udcc3", "ReadError: gone")
    assert reply.chunks[0].at_ms <= reply.ended_ms


def test_a_client_that_hangs_up() -> None:
    reply = sent(streaming(b"a", b"b", b"c"), Request("POST", "/x", {}), events=2)
    assert (reply.body, reply.failure) == ("ab", "")


def test_an_answer_that_takes_too_long() -> None:
    async def slow(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        return httpx.Response(200)

    assert sent(slow, Request("POST", "/x", {}), within_s=0.01).failure == "no whole answer in 0 s"


def test_an_answer_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_BYTES", 3)
    reply = sent(streaming(b"aa", b"bb", b"cc"), Request("POST", "/x", {}))
    assert (reply.body, reply.failure) == ("aabb", "no end after 3 bytes")


@pytest.mark.parametrize(
    ("asked", "body"), [(Request("POST", "/x", {"a": 1}), b'{"a":1}'), (Request("POST", "/x", text="{"), b"{")]
)
def test_what_is_no_json_goes_as_it_is(asked: Request, body: bytes) -> None:
    def check(request: httpx.Request) -> httpx.Response:
        assert request.content == body
        return httpx.Response(204)

    assert sent(check, asked).status == 204
