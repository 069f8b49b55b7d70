"""The shapes of TGI 3.3.7's answers and events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tests.standins.common import compact, event
from tests.standins.http import Answer
from tests.standins.model import Generation, Token, alternatives
from tests.standins.tgi_checks import Invalid, sampling

TIMES = ("x-total-time", "x-validation-time", "x-queue-time", "x-inference-time", "x-time-per-token")
REASONS = {"end": "eos_token", "length": "length", "stop": "stop_sequence"}


def text_of(done: Generation) -> str:
    """TGI has no text where the limit cuts a character of several tokens."""
    cut = done.reason == "length" and bool(done.tokens) and not done.tokens[-1].text
    return "" if cut else done.text


def token_entry(token: Token) -> dict[str, Any]:
    return {"id": token.id, "text": token.text, "logprob": token.logprob, "special": token.special}


def seed_of(parameters: dict[str, Any]) -> int | None:
    return (parameters.get("seed") or 4242) if sampling(parameters) else None


def details(done: Generation, parameters: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "finish_reason": REASONS[done.reason],
        "generated_tokens": len(done.tokens),
        "seed": seed_of(parameters),
        "prefill": [],
        "tokens": [token_entry(token) for token in done.tokens],
    }
    if count := parameters.get("top_n_tokens"):
        found["top_tokens"] = [[token_entry(other) for other in alternatives(token, count)] for token in done.tokens]
    if (best_of := parameters.get("best_of") or 1) > 1:
        found["best_of_sequences"] = [{"generated_text": done.text, **found}] * (best_of - 1)
    return found


def native_events(done: Generation, parameters: dict[str, Any], front: str) -> Iterator[dict[str, Any]]:
    for index, token in enumerate(done, start=1):
        event: dict[str, Any] = {"index": index, "token": token_entry(token)}
        if count := parameters.get("top_n_tokens"):
            event["top_tokens"] = [token_entry(other) for other in alternatives(token, count)]
        last = index == len(done.tokens)
        event["generated_text"] = front + text_of(done) if last else None
        end = {"finish_reason": REASONS[done.reason], "generated_tokens": len(done.tokens), "seed": seed_of(parameters)}
        details = last and parameters.get("details")
        event["details"] = {**end, "input_length": done.usage["prompt_tokens"]} if details else None
        yield event


def completion_events(
    index: int, done: Generation, common: dict[str, Any], about: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    for number, token in enumerate(done, start=1):
        choice = {"index": index, "text": token.text, "logprobs": None, "finish_reason": ""}
        if number < len(done.tokens):
            yield {**common, "choices": [choice], **about}
        else:
            choice["finish_reason"] = REASONS[done.reason]
            yield {**common, **about, "choices": [choice], "usage": done.usage}


def message(done: Generation, tool: str | None) -> dict[str, Any]:
    if tool is None:
        return {"role": "assistant", "content": done.text}
    try:
        arguments = json.dumps(json.loads(done.text), separators=(",", ":"))
    except ValueError as error:
        quoted = json.dumps(done.text)
        place = f"line 1 column {len(done.text)}"
        message = f"Tool error: Failed to parse generated text: EOF while parsing a string at {place} {quoted}"
        raise Invalid(message, "tool_error") from error
    function = {"description": None, "name": tool, "arguments": arguments}
    return {"role": "assistant", "tool_calls": [{"id": "0", "type": "function", "function": function}]}


def chat_events(
    done: Generation, body: dict[str, Any], common: dict[str, Any], tool: str | None
) -> Iterator[dict[str, Any]]:
    for index, token in enumerate(done):
        last = index == len(done.tokens) - 1
        text = "" if token.special else token.text
        delta: dict[str, Any] = {"role": "assistant", "content": text}
        if tool is not None:
            function = {"name": None if index else tool, "arguments": text}
            delta = {
                "role": "assistant",
                "tool_calls": [{"index": 0, "id": "0", "type": "function", "function": function}],
            }
        choice = {"index": 0, "delta": delta, "logprobs": logprobs([token], body)}
        choice["finish_reason"] = reason_of(done) if last and tool is None else None
        yield {**common, "choices": [choice], "usage": None}
    if (body.get("stream_options") or {}).get("include_usage"):
        yield {**common, "choices": [], "usage": done.usage}


def logprobs(tokens: Sequence[Token], body: dict[str, Any]) -> dict[str, Any] | None:
    if not body.get("logprobs"):
        return None
    count = body.get("top_logprobs") or 0
    return {
        "content": [
            {
                "token": token.text,
                "logprob": token.logprob,
                "top_logprobs": [{"token": o.text, "logprob": o.logprob} for o in alternatives(token, count)],
            }
            for token in tokens
        ]
    }


def reason_of(done: Generation) -> str:
    return "stop" if done.reason == "end" else REASONS[done.reason]


def with_end(events: Any) -> Iterator[Any]:
    yield from events
    yield "[DONE]"


def error_body(error: Invalid) -> dict[str, Any]:
    return {"error": str(error), "error_type": error.kind}


def openai_error(error: Invalid) -> dict[str, Any]:
    return {"error": {"message": str(error), "http_status_code": 422}}


def refusal(error: Invalid) -> Answer:
    return json_answer(error.status, error_body(error))


def plain(status: int, text: str) -> Answer:
    return Answer(status, (("content-type", "text/plain; charset=utf-8"),), text.encode())


def json_answer(status: int, body: Any, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, (("content-type", "application/json"), *headers), compact(body))


def answered(body: Any, prompt: str, done: list[Generation], computed: bool = True) -> Answer:
    """200 with the headers that count and time the work; completions lack one of them."""
    headers = [("x-compute-type", "gpu+optimized")]
    headers += [("x-compute-time", "0.04")] if computed else []
    headers += [("x-compute-characters", str(len(prompt)))] + [(name, "40") for name in TIMES]
    headers += [("x-prompt-tokens", str(sum(one.usage["prompt_tokens"] for one in done)))]
    headers += [("x-generated-tokens", str(sum(len(one.tokens) for one in done)))]
    return json_answer(200, body, tuple(headers))


def stream(prompt: str, events: Iterator[Any]) -> Answer:
    headers = (
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache"),
        ("x-compute-type", "gpu+optimized"),
        ("x-compute-characters", str(len(prompt))),
        ("x-accel-buffering", "no"),
    )
    return Answer(200, headers, events=map(event, events))
