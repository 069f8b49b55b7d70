"""A reply's events with the time each came at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast

from migrate.parity.answer import Framing
from migrate.parity.exchange import Json, Reply
from migrate.parity.sse import Comment, Parser, StreamTooLong

DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class Timed:
    """One event's JSON; `data` is None where it holds none."""

    at_ms: float
    data: Json


@dataclass(frozen=True, slots=True)
class Stream:
    """`done` says that the OpenAI end mark came, `cut` that the last event was torn, `garbage` that it is no stream."""

    events: tuple[Timed, ...]
    comments: int = 0
    done: bool = False
    cut: bool = False
    garbage: bool = False

    def framing(self, times_ms: tuple[float, ...], ended: bool) -> Framing:
        return Framing(times_ms, len(self.events), self.comments, ended, self.cut)


def read_stream(reply: Reply) -> Stream:
    """The server-sent events of a reply; what is no JSON stands as None, a torn last event is left out."""
    parser = Parser()
    events: list[Timed] = []
    comments, done = 0, False
    try:
        for chunk in reply.chunks:
            for item in parser.feed(chunk.raw):
                if isinstance(item, Comment):
                    comments += 1
                elif item.data == DONE:
                    done = True
                else:
                    events.append(Timed(chunk.at_ms, parse(item.data)))
    except StreamTooLong:
        return Stream(tuple(events), comments, done, cut=True, garbage=True)
    cut = parser.close() is not None
    return Stream(tuple(events), comments, done, cut, any(event.data is None for event in events))


def read_lines(reply: Reply) -> Stream:
    """The JSON lines of a reply; a last line that no newline ends is taken when it is whole."""
    events: list[Timed] = []
    rest = ""
    for chunk in reply.chunks:
        *lines, rest = (rest + chunk.data).split("\n")
        events += [Timed(chunk.at_ms, parse(line)) for line in lines if line.strip()]
    last = parse(rest) if rest.strip() else None
    if last is not None:
        events.append(Timed(reply.chunks[-1].at_ms, last))
    cut = bool(rest.strip()) and last is None
    return Stream(tuple(events), cut=cut, garbage=any(event.data is None for event in events))


# A server that writes NaN, which JSON does not have, has no number there.
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def parse(text: str) -> Json:
    """JSON, or None where it is none or nested without end."""
    try:
        return cast(Json, _DECODER.decode(text))
    except (ValueError, RecursionError):
        return None
