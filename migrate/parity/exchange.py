"""What went over the wire: one request and its answer, exactly as sent and received, with monotonic times."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Fact: TypeAlias = bool | int | float | str | None


class BadExchange(ValueError):
    """A line of a recording that holds no exchange."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Who answered: `arguments` as given on its command line, secrets taken out; `info` is what TGI's /info says
    besides."""

    name: str
    version: str = ""
    model: str = ""
    arguments: tuple[str, ...] = ()
    info: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def budget(self) -> int | None:
        """How many tokens TGI gave where a request names no limit: the whole of its context from 3.0 on, 100 from 1.4
        to 2.4 (`default_max_new_tokens` in its router/src/lib.rs); None of other versions and engines."""
        version = re.match(r"(\d+)\.(\d+)", self.version)
        if self.name != "tgi" or version is None:
            return None
        if (1, 4) <= (release := (int(version[1]), int(version[2]))) < (3, 0):
            return 100
        total = self.info.get("max_total_tokens")
        return total if release >= (3, 0) and isinstance(total, int) and total > 0 else None


@dataclass(frozen=True, slots=True)
class Request:
    """`body` is JSON; a body that is no JSON stands in `text`. Header names are lower case."""

    method: str
    path: str
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes as they arrived, `at_ms` milliseconds after the request was sent; undecodable bytes are lone surrogates."""

    at_ms: float
    data: str

    @property
    def raw(self) -> bytes:
        """The bytes that arrived."""
        try:
            return self.data.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return self.data.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as received; `status` 0 and a `failure` where there was none, a `failure` alone where it broke off."""

    status: int
    chunks: tuple[Chunk, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    ended_ms: float = 0.0
    failure: str = ""

    @property
    def body(self) -> str:
        return b"".join(chunk.raw for chunk in self.chunks).decode("utf-8", "surrogateescape")

    @property
    def streamed(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/event-stream")


@dataclass(frozen=True, slots=True)
class Exchange:
    """`id` names the prompt, `run` the pass over the prompts it belongs to; both together are unique in a recording.

    `rules` are the ids of the rules that translated the request. Where they leave something to a person, `manual` says
    what, `request` is TGI's and was not sent. That an engine refuses an `optional` one fails nothing. `sent_ms` is when
    it was sent, milliseconds since its run began; None in recordings of earlier versions.
    """

    id: str
    request: Request
    reply: Reply
    run: str = ""
    rules: tuple[str, ...] = ()
    manual: str = ""
    optional: bool = False
    sent_ms: float | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.id, self.run


def exchange_to_json(exchange: Exchange) -> dict[str, Json]:
    """The exchange as a recording's line holds it; empty parts are left out."""
    request, reply = exchange.request, exchange.reply
    asked: dict[str, Json] = {"method": request.method, "path": request.path}
    if request.body is not None:
        asked["body"] = request.body
    if request.headers:
        asked["headers"] = dict(request.headers)
    if request.text is not None:
        asked["text"] = request.text
    answered: dict[str, Json] = {
        "status": reply.status,
        "headers": dict(reply.headers),
        "chunks": [[chunk.at_ms, chunk.data] for chunk in reply.chunks],
        "ended_ms": reply.ended_ms,
    }
    if reply.failure:
        answered["failure"] = reply.failure
    line: dict[str, Json] = {"id": exchange.id, "run": exchange.run, "request": asked, "reply": answered}
    if exchange.rules:
        line["rules"] = list(exchange.rules)
    if exchange.manual:
        line["manual"] = exchange.manual
    if exchange.optional:
        line["optional"] = True
    if exchange.sent_ms is not None:
        line["sent_ms"] = exchange.sent_ms
    return line


def exchange_from_json(data: Json) -> Exchange:
    """The exchange that a line holds; members that this version does not know are ignored.

    Raises:
        BadExchange: a member is missing or of another type, or times run backwards.
    """
    asked, answered = _object(data, "request"), _object(data, "reply")
    request = Request(
        _text(asked, "method"),
        _text(asked, "path"),
        asked.get("body"),
        _headers(asked),
        _text(asked, "text") if "text" in asked else None,
    )
    chunks = _chunks(answered.get("chunks"))
    status = answered.get("status")
    if not isinstance(status, int) or isinstance(status, bool):
        raise BadExchange("reply.status is no integer")
    ended, failure = _number(answered.get("ended_ms", 0)), _text(answered, "failure", "")
    assert isinstance(data, dict)
    return Exchange(
        _text(data, "id"),
        request,
        Reply(status, chunks, _headers(answered), ended, failure),
        _text(data, "run", ""),
        _rules(data),
        _text(data, "manual", ""),
        data.get("optional") is True,
        _number(data["sent_ms"]) if "sent_ms" in data else None,
    )


def _object(data: Json, name: str) -> dict[str, Json]:
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, dict):
        raise BadExchange(f"{name} is no object")
    return value


def _text(data: Mapping[str, Json], name: str, default: str | None = None) -> str:
    value = data.get(name, default)
    if not isinstance(value, str):
        raise BadExchange(f"{name} is no text")
    return value


def _rules(data: Mapping[str, Json]) -> tuple[str, ...]:
    rules = data.get("rules", [])
    if not isinstance(rules, list) or not all(isinstance(rule, str) for rule in rules):
        raise BadExchange("rules is no list of texts")
    return tuple(map(str, rules))


def _headers(data: Mapping[str, Json]) -> dict[str, str]:
    headers = data.get("headers", {})
    if not isinstance(headers, dict):
        raise BadExchange("headers is no object")
    return {name.lower(): value for name, value in headers.items() if isinstance(value, str)}


def _number(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise BadExchange("a time is no number")
    return float(value)


def _chunks(value: Json) -> tuple[Chunk, ...]:
    if not isinstance(value, list):
        raise BadExchange("reply.chunks is no list")
    chunks: list[Chunk] = []
    for item in value:
        if not isinstance(item, list) or len(item) != 2 or not isinstance(item[1], str):
            raise BadExchange("a chunk is no pair of time and text")
        chunks.append(Chunk(_number(item[0]), item[1]))
    if any(later.at_ms < earlier.at_ms for earlier, later in pairwise(chunks)):
        raise BadExchange("the times of the chunks run backwards")
    return tuple(chunks)
