from __future__ import annotations

from dataclasses import replace

import pytest

from migrate.parity.asking import Protocol, Untranslatable, ask, bare, request, tgi_request
from migrate.parity.decoding import Decoding, decoding
from migrate.parity.exchange import Json, Request
from migrate.parity.prompts import Prompt
from migrate.parity.protocols.shape import member

RAW = Prompt("r", "a", max_tokens=7)
CHAT = Prompt("c", messages=(("user", "a"),), max_tokens=7)


def captured(path: str, body: Json, seed: int | None = None) -> Prompt:
    return Prompt("x", asked=Request("POST", path, body), seed=seed)


def settings(asked: Request, protocol: Protocol) -> Json:
    """Where a protocol has the settings of a raw prompt."""
    if asked.path == "/v1/chat/completions":
        return asked.body
    return (
        member(asked.body, {Protocol.TGI: "parameters", Protocol.OLLAMA: "options"}.get(protocol, "none")) or asked.body
    )


@pytest.mark.parametrize(
    ("prompt", "protocol", "path"),
    [
        (RAW, Protocol.TGI, "/generate"),
        (RAW, Protocol.OPENAI, "/v1/completions"),
        (RAW, Protocol.OLLAMA, "/api/generate"),
        (CHAT, Protocol.TGI, "/v1/chat/completions"),
        (CHAT, Protocol.OPENAI, "/v1/chat/completions"),
        (CHAT, Protocol.OLLAMA, "/api/chat"),
    ],
)
def test_routes(prompt: Prompt, protocol: Protocol, path: str) -> None:
    asked = request(prompt, protocol, "m")
    assert (asked.method, asked.path) == ("POST", path)
    assert decoding(asked) is Decoding.GREEDY
    assert member(asked.body, "model") == (None if path == "/generate" else "m")


@pytest.mark.parametrize("protocol", list(Protocol))
def test_sampling(protocol: Protocol) -> None:
    asked = request(replace(RAW, temperature=0.7, seed=3), protocol, "m")
    fields = settings(asked, protocol)
    assert decoding(asked) is Decoding.SAMPLED
    assert (member(fields, "temperature"), member(fields, "seed")) == (0.7, 3)


@pytest.mark.parametrize("protocol", [Protocol.TGI, Protocol.OPENAI])
@pytest.mark.parametrize("prompt", [RAW, CHAT], ids=["raw", "chat"])
def test_both_engines_keep_the_stop_string(prompt: Prompt, protocol: Protocol) -> None:
    asked = request(replace(prompt, stop=("x",)), protocol, "m")
    assert member(settings(asked, protocol), "stop") == ["x"]
    kept = member(asked.body, "include_stop_str_in_output")
    assert kept is (True if protocol is Protocol.OPENAI else None)


def test_a_chat_is_asked_alike_but_for_token_ids() -> None:
    tgi, vllm = (request(CHAT, protocol, "m").body for protocol in (Protocol.TGI, Protocol.OPENAI))
    assert isinstance(tgi, dict)
    assert {**tgi, "return_token_ids": True} == vllm


def test_what_was_not_asked_for_is_not_sent() -> None:
    assert tgi_request(RAW).body == {"inputs": "a", "parameters": {"max_new_tokens": 7}}
    assert member(request(RAW, Protocol.TGI, "m").body, "parameters") == {
        "max_new_tokens": 7,
        "details": True,
        "decoder_input_details": True,
        "top_n_tokens": 5,
    }
    assert request(RAW, Protocol.OPENAI, "m").body == {
        "model": "m",
        "prompt": "a",
        "max_tokens": 7,
        "temperature": 0,
        "logprobs": 5,
        "return_token_ids": True,
    }


def test_the_rules_are_told_and_what_they_leave_is_not_sent() -> None:
    assert ask(replace(RAW, stop=("x",)), Protocol.OPENAI, "m").rules == (
        "client/parameter-max-new-tokens",
        "client/parameter-stop",
        "client/parameter-temperature",
    )
    best = replace(RAW, fields={"best_of": 2})
    asked = ask(best, Protocol.OPENAI, "m")
    assert asked.manual.startswith("best_of: ")
    assert asked.request == tgi_request(best)
    assert ask(best, Protocol.TGI, "m").manual == ""
    with pytest.raises(Untranslatable, match=r"^r: best_of: "):
        request(best, Protocol.OPENAI, "m")


@pytest.mark.parametrize("protocol", list(Protocol))
def test_the_budget_is_the_limit_where_the_prompt_names_none(protocol: Protocol) -> None:
    asked = ask(captured("/generate", {"inputs": "a", "parameters": {}}), protocol, "m", budget=50)
    limits = [member(asked.request.body, *path) for path in (("max_tokens",), ("options", "num_predict"))]
    assert limits.count(50) == (protocol is not Protocol.TGI)


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/generate", {"inputs": "a", "parameters": {}}, {"inputs": "a", "parameters": {"seed": 3}}),
        ("/generate", {"inputs": "a"}, {"inputs": "a", "parameters": {"do_sample": True, "seed": 3}}),
        ("/v1/completions", {"prompt": "a"}, {"prompt": "a", "seed": 3}),
    ],
)
def test_a_captured_request_is_sampled_with_a_seed(path: str, body: Json, expected: Json) -> None:
    assert tgi_request(captured(path, body, 3)).body == expected
    assert tgi_request(captured(path, body)).body == body


@pytest.mark.parametrize(
    ("path", "body", "details"),
    [
        ("/generate", {"inputs": "a"}, True),
        ("/generate_stream", {"inputs": "a"}, None),
        ("/", {"inputs": "a", "stream": True}, None),
    ],
)
def test_the_prompts_tokens_cannot_be_asked_of_a_stream(path: str, body: Json, details: bool | None) -> None:
    asked = request(captured(path, body), Protocol.TGI, "m")
    assert member(asked.body, "parameters", "decoder_input_details") is details
    assert decoding(asked) is Decoding.SAMPLED


def test_what_a_request_asks_for_itself_stays() -> None:
    body: Json = {"prompt": "a", "max_tokens": 5, "logprobs": 2, "stream": True}
    asked = request(captured("/v1/completions", body), Protocol.OPENAI, "m").body
    assert (member(asked, "logprobs"), member(asked, "stream_options", "include_usage")) == (2, True)
    assert member(request(captured("/v1/completions", body), Protocol.TGI, "m").body, "return_token_ids") is None


@pytest.mark.parametrize("protocol", [Protocol.TGI, Protocol.OPENAI])
@pytest.mark.parametrize("prompt", [RAW, replace(RAW, stop=("x",)), CHAT], ids=["raw", "stop", "chat"])
def test_a_recorded_request_is_asked_again_as_it_was_meant(prompt: Prompt, protocol: Protocol) -> None:
    sent = request(prompt, Protocol.TGI, "m")
    again = Prompt("again", asked=bare(sent))
    assert ask(again, protocol, "m").manual == ""
    assert request(again, protocol, "m").body == request(prompt, protocol, "m").body


@pytest.mark.parametrize("body", [{"inputs": "a"}, None, "text", {"inputs": "a", "parameters": {"top_n_tokens": 2}}])
def test_what_is_not_ours_is_left_in_a_recorded_request(body: Json) -> None:
    assert bare(Request("POST", "/generate", body)).body == body


def test_a_schema_and_tools_in_ollamas_own_words() -> None:
    schema: Json = {"type": "object", "properties": {"a": {"type": "integer"}}}
    grammar = request(replace(RAW, fields={"grammar": {"type": "json", "value": schema}}), Protocol.OLLAMA, "m")
    assert grammar.body == {
        "model": "m",
        "stream": False,
        "options": {"num_predict": 7, "temperature": 0},
        "format": schema,
        "prompt": "a",
        "raw": True,
    }
    chat = request(replace(CHAT, fields={"tools": [{"type": "function"}]}), Protocol.OLLAMA, "m")
    assert (member(chat.body, "tools"), member(chat.body, "stream")) == ([{"type": "function"}], True)
