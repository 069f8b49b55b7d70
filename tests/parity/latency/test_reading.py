from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.parity.latency import reading
from migrate.parity.latency.reading import Reading, read
from migrate.parity.sse import Parser
from tests.parity.latency.streams import TGI, VLLM, arrived, events
from tests.parity.material import exchanges


def content(found: Reading) -> tuple[object, ...]:
    return found.first_event, list(found.token_times), found.tokens, found.prompt_tokens, found.failure, found.ended


def slowly(raw: reading.Raw) -> Reading:
    found = Reading()
    reading._read_fully(raw, found)
    return found


def test_tgi() -> None:
    assert content(read(arrived(*events(TGI)))) == (1.0, [1.0, 2.0], 2, 7, "", True)


def test_vllm() -> None:
    assert content(read(arrived(*events(VLLM)))) == (1.0, [2.0, 3.0], 2, 7, "", True)


@pytest.mark.parametrize(
    ("choice", "tokens"),
    [
        ({"text": " x"}, 1),
        ({"text": ""}, 0),
        ({"delta": {"content": "x"}}, 1),
        ({"delta": {"reasoning_content": "x"}}, 1),
        ({"delta": {"reasoning": "x"}}, 1),
        ({"delta": {"tool_calls": [{"index": 0}]}}, 1),
        ({"delta": {"tool_calls": []}}, 0),
        ({"delta": {"tool_calls": None, "content": None}}, 0),
        ({"delta": {}}, 0),
        ({}, 0),
    ],
)
def test_events_with_tokens(choice: dict[str, object], tokens: int) -> None:
    event = json.dumps({"choices": [choice]}).encode()
    assert len(read(arrived(b"data: " + event + b"\n\n")).token_times) == tokens


@given(st.sampled_from([TGI, VLLM]), st.lists(st.integers(0, 700), max_size=12))
def test_an_event_counts_when_its_last_byte_arrived(body: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    pieces = [body[begin:end] for begin, end in pairwise(places)]
    raw = arrived(*pieces)
    found = read(raw)
    assert content(found) == content(slowly(raw))
    whole = events(body)
    ends = [sum(map(len, whole[: number + 1])) for number in range(len(whole))]
    seconds = [next(at for at, place in enumerate(places) if place >= end) for end in ends]
    spoken = [second for second, event in zip(seconds, whole, strict=True) if b'"a"' in event or b'"b"' in event]
    assert list(found.token_times) == spoken
    assert found.first_event == seconds[0]


def test_pieces_that_came_at_once_have_one_time() -> None:
    assert list(read(arrived(*events(TGI), at=[3.0, 3.0])).token_times) == [3.0, 3.0]


@pytest.mark.parametrize(
    "body",
    [
        VLLM.replace(b"\n", b"\r\n"),
        VLLM.replace(b"\n", b"\r"),
        b": keep-alive\n\n" + VLLM,
        b"\xef\xbb\xbf" + VLLM,
        VLLM.replace(b"data: ", b"event: message\ndata: "),
        VLLM.replace(b'"choices":[{', b'"choices":\ndata: [{'),
        VLLM.replace(b"\n\n", b"\n\n\n"),
    ],
    ids=["crlf", "cr", "comment", "bom", "named", "several-lines", "empty-lines"],
)
def test_every_framing_says_the_same(body: bytes) -> None:
    found = read(arrived(body))
    assert (found.tokens, len(found.token_times), found.failure) == (2, 2, "")


def test_every_recorded_stream_is_read_as_the_full_parser_reads_it() -> None:
    seen = 0
    for name in ("tgi-wire", "vllm-wire"):
        for exchange in exchanges(name):
            reply = exchange.reply
            if reply.streamed and reply.status == 200 and reply.chunks:
                raw = arrived(*(chunk.raw for chunk in reply.chunks))
                slow = slowly(raw)
                slow.failure = slow.failure or reading._unfinished(slow)
                assert content(read(raw)) == content(slow), exchange.id
                seen += 1
    assert seen > 100


@pytest.mark.parametrize(
    ("raw", "failure"),
    [
        (arrived(b'{"error":"busy","error_type":"overloaded"}', status=429), "status 429: busy"),
        (arrived(b"<html>", status=502), "status 502: <html>"),
        (arrived(status=500), "status 500"),
        (arrived(b'data: {"error":"too long","error_type":"validation"}\n\n'), "error: too long"),
        (arrived(b'data: {"error":{"message":"no","code":400}}\n\n'), "error: no"),
        (arrived(events(VLLM)[1]), "truncated: the stream ended before the answer did"),
        (arrived(b'{"generated_text":"x"}'), "garbage: the answer holds no events"),
        (arrived(), "garbage: the answer holds no events"),
        (arrived(b"data: oops\n\n"), "garbage: an event that is no answer of an engine"),
        (arrived(b'data: {"choices":5}\n\n'), "garbage: an event that is no answer of an engine"),
        (arrived(b"data: \xff\n\n"), "garbage: an event that is no answer of an engine"),
        (arrived(*events(VLLM)[:2], failure="timeout: gone"), "timeout: gone"),
    ],
)
def test_failures(raw: reading.Raw, failure: str) -> None:
    assert read(raw).failure == failure


def test_what_came_before_a_failure_is_kept() -> None:
    assert list(read(arrived(*events(VLLM)[:2], failure="timeout: gone")).token_times) == [2.0]


def test_a_stream_that_never_ends_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "Parser", lambda: Parser(limit=10))
    assert read(arrived(b"data: ", b"x" * 20)).failure.startswith("garbage: a line of more than")


@pytest.mark.parametrize("member", ['"error":null', '"usage":null', '"details":null', '"unknown":{"deep":[1]}'])
def test_members_that_say_nothing_change_nothing(member: str) -> None:
    plain = b'data: {"choices":[{"text":"x","finish_reason":"stop"}]}\n\n'
    more = plain.replace(b'{"choices"', f'{{{member},"choices"'.encode())
    assert content(read(arrived(more))) == content(read(arrived(plain)))
