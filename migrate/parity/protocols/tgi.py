"""TGI's own routes: /generate, /generate_stream and the root route that picks between them."""

from __future__ import annotations

from dataclasses import replace

from migrate.parity.answer import Answer, Candidate, Failure, Token, best_first
from migrate.parity.exchange import Json, Reply
from migrate.parity.protocols.failures import error_in, failure_of
from migrate.parity.protocols.shape import count, integer, items, member, number, text
from migrate.parity.stream import Stream, parse, read_stream

_FINISH = {"eos_token": "stop", "stop_sequence": "stop"}


def read(reply: Reply) -> Answer:
    """A reply of /generate or /generate_stream, or of the root route (which wraps its answer in a list)."""
    failure = failure_of(reply)
    if failure:
        return Answer(failure=failure)
    return _from_stream(read_stream(reply)) if reply.streamed else _from_body(parse(reply.body), reply)


def _from_body(body: Json, reply: Reply) -> Answer:
    answer = member(body, 0) if isinstance(body, list) else body
    if not isinstance(member(answer, "generated_text"), str):
        return Answer(failure=Failure(reply.status, "the body holds no generated_text", "shape"))
    details = member(answer, "details")
    places = items(details, "top_tokens")
    tokens = items(details, "tokens")
    prefill = [integer(token, "id") for token in items(details, "prefill")]
    prompt_ids = tuple(token_id for token_id in prefill if token_id is not None)
    generated = integer(details, "generated_tokens")
    return Answer(
        text(answer, "generated_text"),
        tuple(_token(token, items(places, at)) for at, token in enumerate(tokens)),
        finish(text(details, "finish_reason")),
        prompt_ids or None,
        count(reply.headers.get("x-prompt-tokens")),
        generated if generated is not None else count(reply.headers.get("x-generated-tokens")),
    )


def _from_stream(stream: Stream) -> Answer:
    events = [event for event in stream.events if isinstance(member(event.data, "token"), dict)]
    last = stream.events[-1].data if stream.events else None
    details = member(last, "details")
    ended = isinstance(member(last, "generated_text"), str)
    tokens = tuple(_token(member(event.data, "token"), items(event.data, "top_tokens")) for event in events)
    spoken = "".join(
        text(event.data, "token", "text") for event in events if not member(event.data, "token", "special")
    )
    return Answer(
        text(last, "generated_text") or spoken,
        tokens,
        finish(text(details, "finish_reason")),
        prompt_tokens=integer(details, "input_length"),
        completion_tokens=integer(details, "generated_tokens"),
        failure=_failure(stream, ended),
        framing=replace(
            stream.framing(tuple(event.at_ms for event in events), ended),
            usage="last" if details is not None else "",
            error=any(error_in(event.data, 200) for event in stream.events),
        ),
    )


def _failure(stream: Stream, ended: bool) -> Failure | None:
    for event in stream.events:
        failure = error_in(event.data, 200)
        if failure:
            return failure
    if stream.garbage:
        return Failure(200, "the stream holds an event that is no JSON", "garbage")
    return None if ended else Failure(200, "the stream ended before the answer did", "truncated")


def finish(reason: str) -> str:
    """TGI's word as OpenAI says it."""
    return _FINISH.get(reason, reason)


def _token(token: Json, place: list[Json]) -> Token:
    candidates = [
        Candidate(text(item, "text"), logprob, integer(item, "id"))
        for item in place
        if (logprob := number(item, "logprob")) is not None
    ]
    return Token(text(token, "text"), integer(token, "id"), number(token, "logprob"), best_first(candidates))
