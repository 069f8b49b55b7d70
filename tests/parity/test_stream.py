from __future__ import annotations

import pytest

from migrate.parity import sse, stream
from migrate.parity.exchange import Chunk, Json, Reply
from migrate.parity.stream import Timed, read_lines, read_stream


def reply(*pieces: str) -> Reply:
    return Reply(200, tuple(Chunk(float(at), piece) for at, piece in enumerate(pieces)))


def test_an_event_has_the_time_of_the_bytes_that_ended_it() -> None:
    found = read_stream(reply('data: {"a":', "1}\n", "\n"))
    assert found.events == (Timed(2.0, {"a": 1}),)


def test_comments_are_counted() -> None:
    assert read_stream(reply(":\n\n", ":\n\n", "data: [DONE]\n\n")) == stream.Stream((), comments=2, done=True)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (['data: "\udcc3', '\udca9"\n\n'], "é"),
        (['data: "\udce9"\n\n'], "\ufffd"),
        (['data: "\ud800"\n\n'], "\ufffd" * 3),
    ],
    ids=["a-character-cut-by-the-network", "no-utf8", "a-surrogate-that-was-never-a-byte"],
)
def test_bytes_that_are_no_text_of_their_own(pieces: list[str], text: str) -> None:
    assert read_stream(reply(*pieces)).events[0].data == text


def test_an_endless_line_is_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "Parser", lambda: sse.Parser(limit=10))
    found = read_stream(reply("data: 1\n\n", "x" * 20))
    assert (found.events, found.garbage, found.cut) == ((Timed(0.0, 1),), True, True)


@pytest.mark.parametrize(
    ("pieces", "events", "cut"),
    [
        (["1\n2\n"], [1, 2], False),
        (["[1,", "2]\n"], [[1, 2]], False),
        (["1\n\n2"], [1, 2], False),
        (["1\n[2"], [1], True),
        ([], [], False),
    ],
    ids=["lines", "split", "no-last-newline", "torn", "empty"],
)
def test_json_lines(pieces: list[str], events: list[Json], cut: bool) -> None:
    found = read_lines(reply(*pieces))
    assert ([event.data for event in found.events], found.cut, found.garbage) == (events, cut, False)


def test_a_line_that_is_no_json_is_garbage() -> None:
    assert read_lines(reply("oops\n")).garbage


@pytest.mark.parametrize(
    ("text", "data"),
    [('{"a": NaN, "b": [-Infinity]}', {"a": None, "b": [None]}), ("[" * 200_000, None), ("{", None), ("3", 3)],
    ids=["no-number", "nested-without-end", "torn", "number"],
)
def test_what_a_server_calls_json(text: str, data: Json) -> None:
    assert stream.parse(text) == data
