from __future__ import annotations

import json

import pytest

from migrate.parity.answer import Answer, Candidate, Failure, Token
from migrate.parity.exchange import Chunk, Exchange, Json, Reply, Request
from migrate.parity.protocols import read_answer
from tests.parity.material import answers, exchanges

DIED: Json = {"error": {"message": "engine died", "code": 500}}
OVERLOADED: Json = {"error": {"message": "Model is overloaded", "http_status_code": 422}}
GENERATE, STREAM, CHAT, TEXT = "/generate", "/generate_stream", "/v1/chat/completions", "/v1/completions"


def read(path: str, *bodies: Json, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """One body, or the body of a JSON answer."""
    data = "".join(body if isinstance(body, str) else json.dumps(body) for body in bodies)
    reply = Reply(status, (Chunk(1.0, data),), {"content-type": "application/json", **(headers or {})})
    return read_answer(Exchange("x", Request("POST", path, {"inputs": "x"}), reply))


def stream(path: str, *events: Json, tail: str = "", media: str = "text/event-stream") -> Answer:
    """Events, 10 ms apart."""
    chunks = [
        Chunk(10.0 * at, f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n")
        for at, event in enumerate(events, start=1)
    ]
    reply = Reply(200, (*chunks, Chunk(1e6, tail)), {"content-type": media})
    return read_answer(Exchange("x", Request("POST", path, {"inputs": "x"}), reply))


def token(text: str, number: int = 1, logprob: float = -0.5, special: bool = False) -> Json:
    return {"id": number, "text": text, "logprob": logprob, "special": special}


def tgi_event(text: str, generated: str | None = None, details: Json = None) -> Json:
    return {"index": 1, "token": token(text), "generated_text": generated, "details": details}


def delta(content: str | None, finish: str | None = None, **more: Json) -> Json:
    said: Json = {} if content is None else {"content": content}
    return {"choices": [{"index": 0, "delta": said, "finish_reason": finish, **more}]}


def test_tgi_body_with_details() -> None:
    details: Json = {
        "finish_reason": "eos_token",
        "generated_tokens": 1,
        "prefill": [{"id": 5, "text": "a", "logprob": None}],
        "tokens": [token(" b", 7)],
        "top_tokens": [[token(" c", 8, -1.5), token(" b", 7, -0.5)]],
    }
    answer = read(GENERATE, {"generated_text": " b", "details": details}, headers={"x-prompt-tokens": "1"})
    top = (Candidate(" b", -0.5, 7), Candidate(" c", -1.5, 8))
    assert answer == Answer(" b", (Token(" b", 7, -0.5, top),), "stop", (5,), 1, 1)


@pytest.mark.parametrize("body", [{"generated_text": "b"}, [{"generated_text": "b"}]], ids=["generate", "root"])
def test_tgi_body_without_details(body: Json) -> None:
    assert read("/", body, headers={"x-generated-tokens": "3"}) == Answer("b", completion_tokens=3)


def test_tgi_stream() -> None:
    last = tgi_event("b", "ab", {"finish_reason": "length", "generated_tokens": 2, "input_length": 4})
    answer = stream(STREAM, tgi_event("a"), last)
    assert (answer.text, answer.finish, answer.failure) == ("ab", "length", None)
    assert (answer.prompt_tokens, answer.completion_tokens) == (4, 2)
    assert answer.framing is not None
    assert answer.framing.times_ms == (10.0, 20.0)
    assert answer.framing.ended


def test_a_tgi_stream_whose_text_was_lost_is_read_from_its_tokens() -> None:
    special: Json = {"token": token("</s>", special=True), "generated_text": ""}
    assert stream(STREAM, tgi_event("a"), tgi_event("\ufffd"), special).text == "a\ufffd"


def test_chat_body() -> None:
    place: Json = {"token": "b", "logprob": -0.1, "top_logprobs": [{"token": "b", "logprob": -0.1}]}
    choice: Json = {
        "index": 0,
        "message": {"role": "assistant", "content": "b"},
        "logprobs": {"content": [place]},
        "finish_reason": "stop",
        "token_ids": [9],
    }
    usage: Json = {"prompt_tokens": 4, "completion_tokens": 1}
    answer = read(CHAT, {"choices": [choice], "usage": usage, "prompt_token_ids": [1, 2]})
    assert answer == Answer("b", (Token("b", 9, -0.1, (Candidate("b", -0.1),)),), "stop", (1, 2), 4, 1)


def test_completion_body() -> None:
    logprobs: Json = {"tokens": ["b"], "token_logprobs": [-0.1], "top_logprobs": [{"c": -2.0, "b": -0.1}]}
    answer = read(TEXT, {"choices": [{"text": "b", "logprobs": logprobs, "finish_reason": "length"}]})
    top = (Candidate("b", -0.1), Candidate("c", -2.0))
    assert answer == Answer("b", (Token("b", None, -0.1, top),), "length")


def test_token_ids_alone_are_tokens() -> None:
    assert read(TEXT, {"choices": [{"text": "b", "token_ids": [3, 4]}]}).tokens == (Token("", 3), Token("", 4))


def test_an_echo_is_no_part_of_the_new_tokens() -> None:
    logprobs: Json = {"tokens": ["a", "b"], "token_logprobs": [None, -0.1], "top_logprobs": [None, None]}
    choice: Json = {"text": "ab", "logprobs": logprobs, "token_ids": [4]}
    answer = read(TEXT, {"choices": [choice], "usage": {"prompt_tokens": 1, "completion_tokens": 1}})
    assert (answer.text, answer.tokens) == ("ab", (Token("b", 4, -0.1),))


def test_token_ids_of_another_number_are_not_laid_beside_the_tokens() -> None:
    logprobs: Json = {"tokens": ["b"], "token_logprobs": [-0.1], "top_logprobs": None}
    answer = read(TEXT, {"choices": [{"text": "b", "logprobs": logprobs, "token_ids": [3, 4]}]})
    assert answer.tokens == (Token("b", None, -0.1),)


def test_chat_stream() -> None:
    first: Json = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}
    usage: Json = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}
    answer = stream(CHAT, first, delta("a"), delta("b", "stop"), usage, "[DONE]")
    assert (answer.text, answer.finish, answer.failure, answer.prompt_tokens) == ("ab", "stop", None, 3)
    assert answer.framing is not None
    assert (answer.framing.times_ms, answer.framing.events, answer.framing.ended) == ((20.0, 30.0), 4, True)


def test_a_stream_without_the_end_mark_is_whole_when_it_said_why_it_ended() -> None:
    answer = stream(CHAT, delta("a", "stop"))
    assert answer.failure is None
    assert answer.framing is not None
    assert not answer.framing.ended


def test_tool_calls() -> None:
    call: Json = {"index": 0, "function": {"name": "f", "arguments": "{"}}
    more: Json = {"index": 0, "function": {"name": None, "arguments": "}"}}
    events: list[Json] = [{"choices": [{"index": 0, "delta": {"tool_calls": [item]}}]} for item in (call, more)]
    answer = stream(CHAT, *events, "[DONE]")
    assert (answer.tool_calls, answer.failure) == ("f{}", None)


def test_other_choices_are_not_mixed_in() -> None:
    other: Json = {"choices": [{"index": 1, "delta": {"content": "x"}}]}
    assert stream(CHAT, delta("a"), other, delta("b", "stop")).text == "ab"


@pytest.mark.parametrize(
    ("path", "events", "failure"),
    [
        (STREAM, [{"error": "Model is overloaded", "error_type": "overloaded"}], "Model is overloaded"),
        (CHAT, [OVERLOADED, "[DONE]"], "overloaded"),
        (CHAT, [delta("a"), DIED], "engine died"),
        (STREAM, [tgi_event("a")], "ended before"),
        (CHAT, [delta("a")], "ended before"),
        (CHAT, [], "ended before"),
        (STREAM, [], "ended before"),
        (STREAM, ["oops"], "no JSON"),
        (CHAT, ["oops"], "no JSON"),
    ],
)
def test_a_stream_that_failed(path: str, events: list[Json], failure: str) -> None:
    found = stream(path, *events).failure
    assert found is not None
    assert failure in found.message


def test_a_torn_event_is_seen() -> None:
    answer = stream(CHAT, delta("a"), tail="data: {")
    assert answer.framing is not None
    assert answer.framing.cut
    assert answer.failure == Failure(200, "the stream ended before the answer did", "truncated")


@pytest.mark.parametrize(
    ("path", "status", "body", "expected"),
    [
        (GENERATE, 422, {"error": "too long", "error_type": "validation"}, Failure(422, "too long", "validation")),
        (GENERATE, 422, "Failed to deserialize", Failure(422, "Failed to deserialize")),
        (GENERATE, 401, "", Failure(401, "")),
        (GENERATE, 404, {"detail": "Not Found"}, Failure(404, "Not Found", "detail")),
        (GENERATE, 422, {"detail": [{"loc": 1}]}, Failure(422, "[{'loc': 1}]", "detail")),
        (GENERATE, 200, {"hello": 1}, Failure(200, "the body holds no generated_text", "shape")),
        (CHAT, 400, {"error": {"message": "m", "type": "T", "code": 400}}, Failure(400, "m", "T")),
        (CHAT, 400, {"object": "error", "message": "m", "type": "T", "code": 400}, Failure(400, "m", "T")),
        ("/api/chat", 404, {"error": "model not found"}, Failure(404, "model not found")),
        (CHAT, 200, {"hello": 1}, Failure(200, "the body holds no choices", "shape")),
        (CHAT, 200, {"error": "m"}, Failure(200, "m")),
        ("/metrics", 200, "x", Failure(200, "no way to read an answer of /metrics", "route")),
    ],
)
def test_errors(path: str, status: int, body: Json, expected: Failure) -> None:
    assert read(path, body, status=status).failure == expected


def ollama(*lines: str, path: str = "/api/generate") -> Answer:
    """Lines, 10 ms apart."""
    chunks = tuple(Chunk(10.0 * at, line) for at, line in enumerate(lines, start=1))
    return read_answer(Exchange("x", Request("POST", path, {"prompt": "x"}), Reply(200, chunks)))


OLLAMA_END = '{"response":"","done":true,"done_reason":"length","prompt_eval_count":3,"eval_count":2}\n'


def test_ollama_stream() -> None:
    answer = ollama('{"response":"a","done":false}\n', '{"response":"b","done":false}\n', OLLAMA_END)
    assert (answer.text, answer.finish, answer.failure) == ("ab", "length", None)
    assert (answer.prompt_tokens, answer.completion_tokens) == (3, 2)
    assert answer.framing is not None
    assert (answer.framing.times_ms, answer.framing.ended) == ((10.0, 20.0), True)


def test_ollama_chat_in_one_piece() -> None:
    answer = ollama(
        '{"message":{"role":"assistant","content":"ab"},"done":true,"done_reason":"stop"}', path="/api/chat"
    )
    assert (answer.text, answer.finish, answer.failure) == ("ab", "stop", None)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (['{"response":"a","done":false}\n'], "ended before"),
        (['{"response":"a","done":false}\n', '{"error":"out of memory"}\n'], "out of memory"),
        (["oops\n", OLLAMA_END], "no JSON"),
        ([], "ended before"),
    ],
    ids=["truncated", "error-inside", "garbage", "nothing"],
)
def test_an_ollama_stream_that_failed(lines: list[str], message: str) -> None:
    failure = ollama(*lines).failure
    assert failure is not None
    assert message in failure.message


def test_no_connection() -> None:
    exchange = Exchange("x", Request("POST", CHAT), Reply(0, failure="connection refused"))
    assert read_answer(exchange).failure == Failure(0, "connection refused", "connection")


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/generate?x=1", {"inputs": "x"}, "native"),
        ("/invocations", {"inputs": "x"}, "native"),
        ("/invocations", {"messages": []}, "chat"),
        ("/serve/v1/chat/completions/", {"messages": []}, "chat"),
    ],
)
def test_routes(path: str, body: Json, expected: str) -> None:
    both: Json = {"generated_text": "native", "choices": [{"message": {"content": "chat"}}]}
    reply = Reply(200, (Chunk(1.0, json.dumps(both)),))
    assert read_answer(Exchange("x", Request("POST", path, body), reply)).text == expected


PARITY = [
    (name, run)
    for name in ("tgi-parity", "vllm-parity")
    for run in ("one-at-a-time-1", "one-at-a-time-2", "eight-at-once")
]


@pytest.mark.parametrize(("name", "run"), PARITY)
def test_every_answer_of_the_real_engines_is_read_whole(name: str, run: str) -> None:
    found = answers(name, run)
    assert len(found) == 32
    for prompt, answer in found.items():
        assert answer.failure is None
        assert answer.finish in ("stop", "length")
        assert len(answer.tokens) == answer.completion_tokens, prompt
        assert all(token.logprob is not None and token.top for token in answer.tokens)
        said = "".join(token.text for token in answer.tokens).removesuffix("<|im_end|>")
        assert said == answer.text or "\ufffd" in said or any(not token.text for token in answer.tokens), prompt
        assert (answer.prompt_ids is not None) == prompt.startswith("raw")


def test_an_engine_that_failed_inside_a_stream() -> None:
    found = answers("tgi-float32-parity", "eight-at-once")
    assert {answer.failure.status for answer in found.values() if answer.failure} == {422, 424}


@pytest.mark.parametrize("name", ["tgi-wire", "vllm-wire"])
def test_what_the_wire_called_an_error_is_one(name: str) -> None:
    for exchange in exchanges(name):
        failure = read_answer(exchange).failure
        if exchange.reply.status >= 300:
            assert failure is not None
        elif '"error":' in exchange.reply.body[:300]:
            assert failure is not None, exchange.id
        elif "completions" in exchange.request.path or "generate" in exchange.request.path:
            assert failure is None, exchange.id
