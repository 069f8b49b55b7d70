"""Ollama's own routes, /api/generate and /api/chat: JSON lines, or one JSON object with `stream: false`.

Members as in https://github.com/ollama/ollama/blob/main/docs/api.md: `response` or `message.content`, `done`,
`done_reason`, `prompt_eval_count`, `eval_count`. No token ids and no log-probabilities are read.
"""

from __future__ import annotations

from migrate.parity.answer import Answer, Failure
from migrate.parity.exchange import Json, Reply
from migrate.parity.protocols.failures import error_in, failure_of
from migrate.parity.protocols.shape import integer, member, text
from migrate.parity.stream import Stream, read_lines


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
