from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from migrate.parity.exchange import Chunk, Exchange, Json, Reply, Request
from migrate.parity.replay import Replay, serve
from tests.parity.material import exchanges

JSON = {"content-type": "application/json", "content-length": "999", "x-time": "5"}
STREAM = {"content-type": "text/event-stream", "transfer-encoding": "chunked"}


def recorded(body: Json, reply: Reply, text: str | None = None) -> Exchange:
    return Exchange("p", Request("POST", "/x", body, text=text), reply)


def with_server(replay: Replay, use: Callable[[str], Awaitable[None]]) -> None:
    async def main() -> None:
        server = await serve(replay, "127.0.0.1", 0)
        async with server:
            await use(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    asyncio.run(main())


def ask(replay: Replay, *bodies: Json, path: str = "/x") -> list[httpx.Response]:
    found: list[httpx.Response] = []

    async def use(url: str) -> None:
        async with httpx.AsyncClient() as client:
            for body in bodies:
                content = body if isinstance(body, str) else json.dumps(body)
                found.append(await client.post(url + path, content=content))

    with_server(replay, use)
    return found


def test_an_answer_is_given_with_its_status_and_headers() -> None:
    replay = Replay.of([recorded({"a": 1, "b": 2}, Reply(422, (Chunk(1.0, '{"é":1}'),), JSON))])
    response = ask(replay, {"b": 2, "a": 1})[0]
    assert (response.status_code, response.text) == (422, '{"é":1}')
    assert response.headers["x-time"] == "5"
    assert response.headers["content-length"] == "8"


def test_equal_numbers_ask_for_the_same() -> None:
    replay = Replay.of([recorded({"a": [0, 1.5], "b": True}, Reply(200, (Chunk(1.0, "x"),)))])
    asked = ask(replay, '{"a": [0.0, 1.5], "b": true}', '{"a": [0, 1.5], "b": 1}')
    assert [response.status_code for response in asked] == [200, 404]


def test_several_answers_come_in_turn() -> None:
    replay = Replay.of([recorded({}, Reply(200, (Chunk(1.0, text),))) for text in "ab"])
    assert [response.text for response in ask(replay, {}, {}, {})] == ["a", "b", "a"]


def test_requests_that_are_no_json() -> None:
    replay = Replay.of([recorded(None, Reply(400, (Chunk(1.0, "bad"),)), text="{oops")])
    assert ask(replay, "{oops")[0].text == "bad"


def test_a_request_that_was_not_recorded() -> None:
    response = ask(Replay.of([]), {"a": 1})[0]
    assert (response.status_code, response.json()) == (404, {"error": "not in the recording"})


def test_health_answers_like_an_engine_that_is_ready() -> None:
    assert ask(Replay.of([]), "", path="/health")[0].status_code == 200


def test_an_answer_that_broke_off_breaks_off_again() -> None:
    reply = Reply(200, (Chunk(1.0, "data: a"),), STREAM, failure="connection reset")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(Replay.of([recorded({}, reply)]), {})


def test_no_answer_is_no_answer_again() -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        ask(Replay.of([recorded({}, Reply(0, failure="refused"))]), {})


@pytest.mark.parametrize(("speed", "least", "most"), [(0.0, 0.0, 0.1), (2.0, 0.1, 5.0)])
def test_times_are_kept_where_asked_for(speed: float, least: float, most: float) -> None:
    replay = Replay.of([recorded({}, Reply(200, (Chunk(100.0, "a"), Chunk(200.0, "b")), STREAM))], speed)
    pauses: list[float] = []

    async def use(url: str) -> None:
        async with httpx.AsyncClient() as client:
            start = time.monotonic()
            assert (await client.post(url + "/x", content="{}")).text == "ab"
            pauses.append(time.monotonic() - start)

    with_server(replay, use)
    assert least <= pauses[0]
    if not speed:
        assert pauses[0] < most + 1


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"hello\r\n\r\n", b"no request line"),
        (b"POST /x HTTP/1.1\r\ncontent-length: -1\r\n\r\n", b"no usable content-length"),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", b"headers too long"),
        (b"POST /x HTTP/1.1\r\ncontent-length: 9\r\n\r\n{}", b""),
    ],
    ids=["no-http", "bad-length", "long-headers", "torn-body"],
)
def test_garbage(sent: bytes, message: bytes) -> None:
    async def use(url: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(sent)
        writer.write_eof()
        assert message in await reader.read()
        writer.close()

    with_server(Replay.of([]), use)


def test_the_recorded_engines_answer_byte_for_byte() -> None:
    chosen = [item for item in exchanges("tgi-wire") if item.request.method == "POST" and item.request.text is None][
        ::12
    ]
    replay = Replay.of(chosen)

    async def use(url: str) -> None:
        async with httpx.AsyncClient() as client:
            for item in chosen:
                response = await client.post(url + item.request.path, json=item.request.body)
                assert (response.status_code, response.text) == (item.reply.status, item.reply.body), item.id
                assert response.headers.get("content-type") == item.reply.headers.get("content-type")

    with_server(replay, use)
