from __future__ import annotations

import pytest

from migrate.parity.decoding import Decoding, decoding
from migrate.parity.exchange import Json, Request

GREEDY, SHAPED, SAMPLED = Decoding.GREEDY, Decoding.SHAPED, Decoding.SAMPLED


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, GREEDY),
        ({"max_new_tokens": 5, "stop": ["x"], "details": True}, GREEDY),
        ({"temperature": 1.0, "do_sample": False, "top_p": None}, GREEDY),
        ({"repetition_penalty": 1.0, "watermark": False}, GREEDY),
        ({"repetition_penalty": 1.1}, SHAPED),
        ({"frequency_penalty": 0.1}, SHAPED),
        ({"grammar": {"type": "regex", "value": "a"}}, SHAPED),
        ({"do_sample": True}, SAMPLED),
        ({"temperature": 0.7, "do_sample": False}, SAMPLED),
        ({"top_k": 1}, SAMPLED),
        ({"typical_p": 0.9, "repetition_penalty": 1.1}, SAMPLED),
        (None, SAMPLED),
    ],
)
def test_tgi(parameters: Json, expected: Decoding) -> None:
    assert decoding(Request("POST", "/generate", {"inputs": "x", "parameters": parameters})) is expected


@pytest.mark.parametrize(("options", "expected"), [({"temperature": 0}, GREEDY), ({}, SAMPLED), (None, SAMPLED)])
def test_ollama(options: Json, expected: Decoding) -> None:
    assert decoding(Request("POST", "/api/generate", {"prompt": "x", "temperature": 0, "options": options})) is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"temperature": 0}, GREEDY),
        ({"temperature": 0.0, "frequency_penalty": 0, "tools": []}, GREEDY),
        ({"temperature": 0, "presence_penalty": -1}, SHAPED),
        ({"temperature": 0, "response_format": {"type": "json_object"}}, SHAPED),
        ({"temperature": 0, "tools": [{}]}, SHAPED),
        ({}, SAMPLED),
        ({"temperature": None}, SAMPLED),
        ({"temperature": 1}, SAMPLED),
    ],
)
def test_openai(fields: dict[str, Json], expected: Decoding) -> None:
    assert decoding(Request("POST", "/v1/chat/completions", {"messages": [], **fields})) is expected
