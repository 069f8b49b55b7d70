from __future__ import annotations

from dataclasses import replace

import pytest

from migrate.parity.answer import Answer, Failure, Framing
from migrate.parity.evidence import Evidence, Outcome, Pair
from migrate.parity.exchange import Chunk, Exchange, Reply, Request
from migrate.parity.protocols import read_answer
from migrate.parity.stages.streams import streams
from tests.parity.material import answers

FRAMING = Framing((1.0,), 1, 0, True, role="each", usage="own")
GOOD = Answer("a", (), "stop", (1, 2), 2, 1, framing=FRAMING)


def evidence(*both: tuple[Answer, Answer]) -> Evidence:
    return Evidence(tuple(Pair(f"p{at}", first, second) for at, (first, second) in enumerate(both)))


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        (replace(GOOD, framing=replace(FRAMING, ended=False)), "the end mark: sent, now not sent"),
        (replace(GOOD, framing=replace(FRAMING, comments=2)), "keep-alive comments: not sent, now sent"),
        (
            replace(GOOD, framing=replace(FRAMING, usage="last")),
            "usage: in an event of its own, now in the last event with text",
        ),
        (replace(GOOD, framing=replace(FRAMING, usage="")), "usage: in an event of its own, now in no event"),
        (replace(GOOD, framing=replace(FRAMING, role="first")), "the role: in several events, now in the first event"),
        (replace(GOOD, framing=replace(FRAMING, opening=True)), "a first event without text: not sent, now sent"),
        (replace(GOOD, framing=replace(FRAMING, cut=True)), "a torn last event: not sent, now sent"),
        (replace(GOOD, finish=""), "a finish reason: sent, now not sent"),
        (
            replace(GOOD, failure=Failure(422, "no"), framing=replace(FRAMING, error=True)),
            "an error inside the stream: not sent, now sent",
        ),
    ],
)
def test_framing(changed: Answer, detail: str) -> None:
    stage = streams(evidence((GOOD, changed)))
    assert stage.outcome is Outcome.DIFFERS
    assert [item.detail for item in stage.differences] == [detail]
    assert stage.summary == f"1 streams are framed in another way: {detail.partition(':')[0]}"


def test_other_times_and_numbers_of_events_are_framed_alike() -> None:
    other = replace(GOOD, framing=replace(FRAMING, times_ms=(3.0, 4.0), events=2))
    assert streams(evidence((GOOD, other))).outcome is Outcome.PASS


def test_nothing_is_judged_where_only_one_streams() -> None:
    assert streams(evidence((GOOD, replace(GOOD, framing=None)))).outcome is Outcome.SKIPPED
    assert streams(Evidence(())).outcome is Outcome.SKIPPED


def test_the_real_engines() -> None:
    """TGI names the role in each event and has text in the first; vLLM opens with the role alone."""
    tgi, vllm = (answers(name, "one-at-a-time-1")["chat-01-capital"].framing for name in ("tgi-parity", "vllm-parity"))
    assert tgi is not None
    assert vllm is not None
    assert (tgi.role, tgi.opening, tgi.usage, tgi.ended) == ("each", False, "own", True)
    assert (vllm.role, vllm.opening, vllm.usage, vllm.ended) == ("first", True, "own", True)


@pytest.mark.parametrize(
    ("path", "events", "usage", "error"),
    [
        (
            "/generate_stream",
            'data: {"token":{"text":"a"},"generated_text":"a","details":{"generated_tokens":1}}',
            "last",
            False,
        ),
        ("/generate_stream", 'data: {"token":{"text":"a"},"generated_text":"a","details":null}', "", False),
        ("/generate_stream", 'data: {"error":"gone","error_type":"generation"}', "", True),
        ("/v1/completions", 'data: {"choices":[{"text":"a"}],"usage":{}}', "last", False),
        (
            "/v1/completions",
            'data: {"choices":[{"text":"a"}],"usage":{}}\n\ndata: {"choices":[],"usage":{}}',
            "each",
            False,
        ),
        ("/v1/chat/completions", 'data: {"error":{"message":"no","http_status_code":422}}\n\ndata: [DONE]', "", True),
    ],
)
def test_streams_of_each_route(path: str, events: str, usage: str, error: bool) -> None:
    reply = Reply(200, (Chunk(1.0, f"{events}\n\n"),), {"content-type": "text/event-stream"})
    framing = read_answer(Exchange("p", Request("POST", path, {}), reply)).framing
    assert framing is not None
    assert (framing.usage, framing.error) == (usage, error)
