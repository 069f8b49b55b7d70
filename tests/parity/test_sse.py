from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.parity.sse import Comment, Event, Parser, StreamTooLong


def parse(*pieces: bytes) -> tuple[list[Event | Comment], Event | None]:
    parser = Parser()
    found = [item for piece in pieces for item in parser.feed(piece)]
    return found, parser.close()


def events(text: str) -> list[Event | Comment]:
    found, cut = parse(text.encode())
    assert cut is None
    return found


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        pytest.param('data: {"a":1}\n\n', [Event('{"a":1}')], id="a-space-after-the-colon"),
        pytest.param('data:{"a":1}\n\n', [Event('{"a":1}')], id="no-space-as-tgi-before-2.1"),
        pytest.param("data:  x\n\n", [Event(" x")], id="only-one-space-is-dropped"),
        pytest.param("data: a\r\n\r\n", [Event("a")], id="crlf"),
        pytest.param("data: a\r\rdata: b\r\r", [Event("a"), Event("b")], id="lone-cr"),
        pytest.param("data: a\ndata: b\n\n", [Event("a\nb")], id="several-data-lines"),
        pytest.param("data\n\n", [Event("")], id="a-field-without-a-colon"),
        pytest.param("data:\n\n", [Event("")], id="empty-data"),
        pytest.param("event: error\ndata: x\n\n", [Event("x", "error")], id="a-named-event"),
        pytest.param("id: 7\ndata: x\n\ndata: y\n\n", [Event("x", id="7"), Event("y", id="7")], id="the-id-stays"),
        pytest.param("\ufeffdata: x\n\n", [Event("x")], id="byte-order-mark"),
        pytest.param(":\n\ndata: x\n\n", [Comment(""), Event("x")], id="keep-alive-of-tgi"),
        pytest.param(": ping\ndata: x\n\n", [Comment("ping"), Event("x")], id="comment-inside-an-event"),
        pytest.param('data: {"error":"x"}\n\ndata: [DONE]\n\n', [Event('{"error":"x"}'), Event("[DONE]")], id="error"),
    ],
)
def test_framings(stream: str, expected: list[Event | Comment]) -> None:
    assert events(stream) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\u2028b", id="line-separator"),
        pytest.param("a\u2029b", id="paragraph-separator"),
        pytest.param("a\x85b", id="next-line"),
        pytest.param("a\x0bb\x0cc", id="tab-and-form-feed"),
        pytest.param("data: x: y", id="colons"),
        pytest.param("🦙é漢", id="multi-byte"),
    ],
)
def test_text_that_is_no_line_end_stays_as_it_is(text: str) -> None:
    assert events(f"data: {text}\n\n") == [Event(text)]


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param("", id="nothing"),
        pytest.param("\n\n\r\n", id="blank-lines"),
        pytest.param("retry: 10\n\n", id="retry"),
        pytest.param("event: x\n\n", id="a-name-without-data"),
        pytest.param("dataset: x\n\n", id="a-longer-field-name"),
        pytest.param(" data: x\n\n", id="an-indented-field"),
        pytest.param("id: a\0b\n\n", id="an-id-with-nul"),
    ],
)
def test_no_event_comes_of(stream: str) -> None:
    assert events(stream) == []


@pytest.mark.parametrize(
    "stream", [b"data: a\n\ndata: b", b"data: a\n\ndata: b\n", b"data: a\n\ndata: b\r"], ids=["text", "line", "cr"]
)
def test_a_truncated_event_is_handed_out_at_the_end(stream: bytes) -> None:
    assert parse(stream) == ([Event("a")], Event("b"))


def test_an_event_comes_with_the_byte_that_ends_it() -> None:
    parser = Parser()
    assert parser.feed(b"data: a\r\n\r") == [Event("a")]
    assert parser.feed(b"\n") == []
    assert parser.close() is None


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    assert parse(b"data: a\xff\n\n") == ([Event("a\ufffd")], None)


@pytest.mark.parametrize("piece", [b"x" * 11, b"data: xx\ndata: yy\n"], ids=["line", "event"])
def test_garbage_without_an_end_is_refused(piece: bytes) -> None:
    with pytest.raises(StreamTooLong):
        Parser(limit=10).feed(piece)


def test_many_small_events_may_exceed_the_limit_together() -> None:
    assert len(Parser(limit=10).feed(b"data: x\n\n" * 50)) == 50


line = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=8)
newline = st.sampled_from(["\n", "\r\n", "\r"])


@given(st.lists(st.tuples(st.lists(line, min_size=1, max_size=3), st.booleans()), max_size=5), newline)
def test_what_a_server_writes_is_what_comes_out(written: list[tuple[list[str], bool]], end: str) -> None:
    stream, expected = "", []
    for lines, spaced in written:
        prefix = "data: " if spaced or any(text.startswith(" ") for text in lines) else "data:"
        stream += "".join(prefix + text + end for text in lines) + end
        expected.append(Event("\n".join(lines)))
    assert events(stream) == expected


@given(st.binary(max_size=60) | st.text("data: \r\n\u2028é[]x", max_size=60).map(str.encode), st.data())
def test_every_split_gives_the_same_events(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert parse(*pieces) == parse(stream)
    assert parse(*(bytes([byte]) for byte in stream)) == parse(stream)
