from __future__ import annotations

from dataclasses import replace

import pytest

from migrate.parity.asking import Protocol, request
from migrate.parity.decoding import Decoding, decoding
from migrate.parity.prompts import Prompt
from migrate.parity.protocols.shape import member

RAW = Prompt("r", "a", max_tokens=7)
CHAT = Prompt("c", messages=(("user", "a"),), max_tokens=7)


@pytest.mark.parametrize(
    ("prompt", "protocol", "path"),
    [
        (RAW, Protocol.TGI, "/generate"),
        (RAW, Protocol.OPENAI, "/v1/completions"),
        (CHAT, Protocol.TGI, "/v1/chat/completions"),
        (CHAT, Protocol.OPENAI, "/v1/chat/completions"),
    ],
)
def test_routes(prompt: Prompt, protocol: Protocol, path: str) -> None:
    asked = request(prompt, protocol, "m")
    assert (asked.method, asked.path) == ("POST", path)
    assert decoding(asked) is Decoding.GREEDY
    assert member(asked.body, "model") == (None if path == "/generate" else "m")


@pytest.mark.parametrize("protocol", list(Protocol))
@pytest.mark.parametrize("prompt", [RAW, CHAT], ids=["raw", "chat"])
def test_sampling(prompt: Prompt, protocol: Protocol) -> None:
    asked = request(replace(prompt, temperature=0.7, seed=3), protocol, "m")
    fields = member(asked.body, "parameters") or asked.body
    assert decoding(asked) is Decoding.SAMPLED
    assert (member(fields, "temperature"), member(fields, "seed")) == (0.7, 3)


@pytest.mark.parametrize("protocol", list(Protocol))
def test_both_engines_keep_the_stop_string_of_a_raw_prompt(protocol: Protocol) -> None:
    asked = request(Prompt("r", "a", stop=("x",)), protocol, "m")
    fields = member(asked.body, "parameters") or asked.body
    assert member(fields, "stop") == ["x"]
    kept = member(fields, "include_stop_str_in_output")
    assert kept is (True if protocol is Protocol.OPENAI else None)


def test_a_chat_is_asked_alike_of_both_engines() -> None:
    assert request(CHAT, Protocol.TGI, "m") == request(CHAT, Protocol.OPENAI, "m")


def test_what_was_not_asked_for_is_not_sent() -> None:
    assert member(request(RAW, Protocol.TGI, "m").body, "parameters") == {
        "max_new_tokens": 7,
        "details": True,
        "decoder_input_details": True,
        "top_n_tokens": 5,
    }
