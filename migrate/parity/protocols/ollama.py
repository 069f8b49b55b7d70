"""Ollama's own routes, /api/generate and /api/chat: JSON lines, or one JSON object with `stream: false`.

Members as in https://github.com/ollama/ollama/blob/main/docs/api.md: `response` or `message.content`, `done`,
`done_reason`, `prompt_eval_count`, `eval_count`. No token ids and no log-probabilities are read.
"""

from __future__ import annotations

from migrate.parity.answer import Answer, Failure
from migrate.parity.exchange import Json, Reply, Request
from migrate.parity.protocols.failures import error_in, failure_of
from migrate.parity.protocols.shape import integer, member, text
from migrate.parity.stream import Stream, read_lines

# Ollama's name of each OpenAI field that it takes in `options`; its penalty counts the last 64 tokens (repeat_last_n).
_OPTIONS = {
    "max_tokens": "num_predict",
    "temperature": "temperature",
    "top_k": "top_k",
    "top_p": "top_p",
    "seed": "seed",
    "stop": "stop",
    "repetition_penalty": "repeat_penalty",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}


def request(asked: Request, model: str) -> Request:
    """A request of an OpenAI route as Ollama's own takes it; a raw prompt stays one (`raw`: no template)."""
    body = asked.body if isinstance(asked.body, dict) else {}
    options: dict[str, Json] = {own: body[name] for name, own in _OPTIONS.items() if body.get(name) is not None}
    fields: dict[str, Json] = {"model": model, "stream": body.get("stream") is True, "options": options}
    schema = member(body, "response_format", "json_schema", "schema") or member(body, "structured_outputs", "json")
    if schema is not None:
        fields["format"] = schema
    if "messages" not in body:
        return Request("POST", "/api/generate", {**fields, "prompt": body.get("prompt"), "raw": True}, asked.headers)
    if body.get("tools"):
        fields["tools"] = body["tools"]
    return Request("POST", "/api/chat", {**fields, "messages": body["messages"]}, asked.headers)


def read(reply: Reply) -> Answer:
    """A reply of either route."""
    failure = failure_of(reply)
    if failure:
        return Answer(failure=failure)
    stream = read_lines(reply)
    last = stream.events[-1].data if stream.events else None
    ended = member(last, "done") is True
    return Answer(
        "".join(_said(event.data) for event in stream.events),
        finish=text(last, "done_reason"),
        prompt_tokens=integer(last, "prompt_eval_count"),
        completion_tokens=integer(last, "eval_count"),
        failure=_failure(stream, ended),
        framing=stream.framing(tuple(event.at_ms for event in stream.events if _said(event.data)), ended),
    )


def _said(line: Json) -> str:
    return text(line, "response") or text(line, "message", "content")


def _failure(stream: Stream, ended: bool) -> Failure | None:
    stated = (error_in(event.data, 200) for event in stream.events)
    failure = next((item for item in stated if item), None)
    if failure is None and stream.garbage:
        return Failure(200, "the stream holds a line that is no JSON", "garbage")
    if failure is None and not ended:
        return Failure(200, "the stream ended before the answer did", "truncated")
    return failure
