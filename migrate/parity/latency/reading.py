"""Bytes and times into what was measured, after the load: a fast path for well-formed streams, else the full parser."""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass, field

import msgspec

from migrate.parity.latency.connection import Raw
from migrate.parity.protocols.failures import EXCERPT, error_in
from migrate.parity.sse import Event, Parser, StreamTooLong
from migrate.parity.stream import parse

DONE = b"[DONE]"
# Bytes of an unfinished event that the fast path keeps; the full parser knows how much is too much.
LONGEST = 1024 * 1024


@dataclass(slots=True)
class Reading:
    """`first_event` (seconds of the client's clock) is 0 where none came; counts are the engine's own, 0: not told."""

    first_event: float = 0.0
    token_times: array[float] = field(default_factory=lambda: array("d"))
    tokens: int = 0
    prompt_tokens: int = 0
    failure: str = ""
    ended: bool = False


# A member that is missing; one that is null reads as `null`.
NO_JSON = msgspec.Raw()
_NOTHING = (b"", b"null", b"[]")


class _Delta(msgspec.Struct, gc=False):
    content: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None
    tool_calls: msgspec.Raw = NO_JSON


class _Choice(msgspec.Struct, gc=False):
    delta: _Delta | None = None
    text: str | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct, gc=False):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Details(msgspec.Struct, gc=False):
    input_length: int = 0
    generated_tokens: int = 0


class _Token(msgspec.Struct, gc=False):
    id: int = 0


class _Event(msgspec.Struct, gc=False):
    """An event of TGI's own streams or of OpenAI's; other members are skipped."""

    choices: list[_Choice] | None = None
    token: _Token | None = None
    usage: _Usage | None = None
    details: _Details | None = None
    generated_text: str | None = None
    error: msgspec.Raw = NO_JSON


_decode = msgspec.json.Decoder(_Event).decode


def read(raw: Raw) -> Reading:
    """What an answer came to. An event counts at the time its last byte arrived."""
    reading = Reading()
    if raw.status and not 200 <= raw.status < 300:
        reading.failure = _refused(raw.status, b"".join(raw.pieces))
        return reading
    try:
        _read_fast(raw, reading)
    except (_NotPlain, msgspec.MsgspecError, UnicodeDecodeError):
        reading = Reading()
        _read_fully(raw, reading)
    if raw.failure:
        reading.failure = raw.failure
    elif not reading.failure:
        reading.failure = _unfinished(reading)
    return reading


def _refused(status: int, body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    stated = error_in(parse(text), status)
    return f"status {status}: {stated.message if stated else text}"[:EXCERPT].rstrip(": ")


def _unfinished(reading: Reading) -> str:
    if not reading.first_event:
        return "garbage: the answer holds no events"
    return "" if reading.ended else "truncated: the stream ended before the answer did"


class _NotPlain(ValueError):
    """A stream that is not just lines of data with an empty line behind each."""


def _read_fast(raw: Raw, reading: Reading) -> None:
    """Both engines send an event in an HTTP chunk of its own: mostly a piece is one event, and little is copied."""
    rest, begin, decode = b"", 0, _decode
    for end, at in zip(raw.ends, raw.times, strict=True):
        for piece in raw.pieces[begin:end]:
            if not rest and piece[:6] == b"data: " and piece[-2:] == b"\n\n" and piece.find(b"\n") == len(piece) - 2:
                data = piece[6:-2]
                if data != DONE and b"\r" not in data:
                    _take(decode(data), piece, at, reading)
                    continue
            rest = _read_events(rest + piece, at, reading)
        begin = end
    if rest:
        raise _NotPlain


def _read_events(data: bytes, at: float, reading: Reading) -> bytes:
    """Several events, or a part of one; what is left of the last."""
    *parts, rest = data.split(b"\n\n")
    for part in parts:
        if b"\n" in part:
            raise _NotPlain
        _read_event(part, at, reading)
    if len(rest) > LONGEST:
        raise _NotPlain
    return rest


def _read_event(line: bytes, at: float, reading: Reading) -> None:
    if line[:5] != b"data:" or b"\r" in line:
        raise _NotPlain
    if line[5:].strip() == DONE:
        reading.first_event = reading.first_event or at
        reading.ended = True
    else:
        _take(_decode(line[5:]), line, at, reading)


def _take(event: _Event, data: bytes, at: float, reading: Reading) -> None:
    if not reading.first_event:
        reading.first_event = at
    if event.choices:
        choice = event.choices[0]
        if choice.text or ((delta := choice.delta) is not None and (delta.content or _says(delta))):
            reading.token_times.append(at)
        if choice.finish_reason:
            reading.ended = True
        if event.usage is None and event.error is NO_JSON:
            return
    elif event.token is not None:
        reading.token_times.append(at)
    _take_ends(event, data, reading)


def _take_ends(event: _Event, data: bytes, reading: Reading) -> None:
    """What few events have: counts, an end, an error."""
    if event.usage is not None:
        reading.tokens, reading.prompt_tokens = event.usage.completion_tokens, event.usage.prompt_tokens
    if event.details is not None:
        reading.tokens, reading.prompt_tokens = event.details.generated_tokens, event.details.input_length
    if event.generated_text is not None:
        reading.ended = True
    if bytes(event.error) not in _NOTHING and not reading.failure:
        reading.failure = _stated(data.removeprefix(b"data:"))


def _says(delta: _Delta) -> bool:
    return bool(delta.reasoning_content or delta.reasoning) or bytes(delta.tool_calls) not in _NOTHING


def _stated(data: bytes) -> str:
    stated = error_in(json.loads(data), 200)
    return f"error: {stated.message if stated else data.decode('utf-8', 'replace')}"[:EXCERPT]


def _read_fully(raw: Raw, reading: Reading) -> None:
    """With the parser that knows the whole format, piece by piece."""
    parser = Parser()
    begin = 0
    try:
        for end, at in zip(raw.ends, raw.times, strict=True):
            for item in parser.feed(b"".join(raw.pieces[begin:end])):
                if isinstance(item, Event):
                    _take_text(item.data, at, reading)
            begin = end
    except StreamTooLong as error:
        reading.failure = f"garbage: {error}"


def _take_text(text: str, at: float, reading: Reading) -> None:
    data = text.strip().encode()
    if data == DONE:
        reading.first_event = reading.first_event or at
        reading.ended = True
        return
    try:
        _take(_decode(data), data, at, reading)
    except msgspec.MsgspecError:
        reading.first_event = reading.first_event or at
        reading.failure = reading.failure or "garbage: an event that is no answer of an engine"
