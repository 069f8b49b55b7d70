from __future__ import annotations

import json

import pytest

from migrate.parity.asking import Protocol
from migrate.parity.exchange import Json, Request
from migrate.parity.latency.wire import BadUrl, Target, asks, streamed
from migrate.parity.prompts import Prompt

RAW, CHAT = Prompt("raw", "Hello", max_tokens=9), Prompt("chat", messages=(("user", "Hello"),))


def sent(prompt: Prompt, protocol: Protocol) -> tuple[str, dict[str, Json]]:
    (ask,) = asks(Target("h", 80), [prompt], protocol, "m")
    head, _, body = ask.data.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head
    return head.split()[1].decode(), json.loads(body)


def test_tgi_streams_raw_prompts_without_details() -> None:
    path, body = sent(RAW, Protocol.TGI)
    assert (path, body["inputs"]) == ("/generate_stream", "Hello")
    assert body["parameters"] == {"max_new_tokens": 9}


@pytest.mark.parametrize(
    ("prompt", "protocol", "path"),
    [
        (RAW, Protocol.OPENAI, "/v1/completions"),
        (CHAT, Protocol.OPENAI, "/v1/chat/completions"),
        (CHAT, Protocol.TGI, "/v1/chat/completions"),
    ],
)
def test_openai_streams_with_usage_and_without_log_probabilities(prompt: Prompt, protocol: Protocol, path: str) -> None:
    asked, body = sent(prompt, protocol)
    assert (asked, body["stream"], body["stream_options"]) == (path, True, {"include_usage": True})
    assert not {"logprobs", "top_logprobs", "return_token_ids"} & set(body)
    assert (body["max_tokens"], body["temperature"]) == (prompt.max_tokens, 0.0)


def test_sampling_and_stops_are_kept() -> None:
    prompt = Prompt("p", "x", temperature=0.5, seed=3, stop=("\n",))
    assert sent(prompt, Protocol.TGI)[1]["parameters"] == {
        "max_new_tokens": 64,
        "do_sample": True,
        "temperature": 0.5,
        "seed": 3,
        "stop": ["\n"],
    }
    assert sent(prompt, Protocol.OPENAI)[1]["stop"] == ["\n"]


@pytest.mark.parametrize("path", ["/generate", "/", "/invocations", "/generate_stream"])
def test_a_body_without_parameters_stays_so(path: str) -> None:
    assert streamed(Request("POST", path, {"inputs": "x"})) == Request("POST", "/generate_stream", {"inputs": "x"})


@pytest.mark.parametrize("path", ["/tokenize", "/v1/embeddings", "/v1/models"])
def test_what_is_no_generation_is_left_out(path: str) -> None:
    assert streamed(Request("POST", path, {"text": "x"})) is None
    prompt = Prompt("p", asked=Request("POST", path, {"text": "x"}))
    assert asks(Target("h", 80), [prompt, RAW], Protocol.TGI, "m")[0].prompt == "raw"


def test_what_the_rules_leave_to_a_person_is_left_out_for_both_engines() -> None:
    body: Json = {"inputs": "x", "parameters": {"max_new_tokens": 4, "watermark": True}}
    prompt = Prompt("p", asked=Request("POST", "/generate", body))
    for protocol in Protocol:
        assert [item.prompt for item in asks(Target("h", 80), [prompt, RAW], protocol, "m")] == ["raw"]


def test_ollama_is_asked_on_its_openai_routes() -> None:
    assert sent(CHAT, Protocol.OLLAMA)[0] == "/v1/chat/completions"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8080", Target("localhost", 8080)),
        ("http://host/base/", Target("host", 80, "/base")),
        ("https://host", Target("host", 443, secure=True)),
        ("http://[::1]:9", Target("::1", 9)),
    ],
)
def test_addresses(url: str, expected: Target) -> None:
    assert Target.at(url) == expected


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://host", "http://", "http://host:port", "vllm serve m"])
def test_no_address(url: str) -> None:
    with pytest.raises(BadUrl):
        Target.at(url)


def test_what_every_request_says() -> None:
    target = Target.at("http://[::1]:9/base", "secret")
    head = target.get("/metrics").decode()
    assert head == (
        "GET /base/metrics HTTP/1.1\r\nhost: [::1]:9\r\naccept: */*\r\nauthorization: Bearer secret\r\n\r\n"
    )


def test_only_https_has_a_context() -> None:
    assert Target("h", 443, secure=True).context() is not None
    assert Target("h", 80).context() is None
