from __future__ import annotations

import ast
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.clients.rules import book
from migrate.parity.exchange import Json, Request
from migrate.parity.translation import Translated, translate_request
from migrate.rulebook import load
from tests.parity.material import exchanges

SCHEMA: Json = {"type": "object", "properties": {"a": {"type": "integer"}}}


def translated(path: str, body: Json, budget: int | None = None) -> Translated:
    return translate_request(Request("POST", path, body, {"authorization": "x"}), book(), budget)


def body_of(path: str, body: Json, budget: int | None = None) -> Json:
    done = translated(path, body, budget)
    assert done.request is not None, done.manual
    assert done.manual == ""
    assert done.request.headers == {"content-type": "application/json"}
    return done.request.body


def examples() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for rule in dict.fromkeys(rule.id for rule in book().parameters.values()):
        found += [(rule, msgspec.to_builtins(example)) for example in load().clients[rule].examples]
    return found


@pytest.mark.parametrize(("rule", "example"), examples(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_request_becomes_what_the_rule_makes_of_client_code(rule: str, example: dict[str, Any]) -> None:
    """The examples of the rules are Python; a request is the same thing as JSON."""

    def read(text: str) -> Json:
        return ast.literal_eval(text)  # type: ignore[no-any-return]

    given = read(example.get("tgi") or example["unchanged"])
    done = translated("/generate", {"inputs": "x", "parameters": given})
    assert rule in done.rules
    if "unchanged" in example:
        assert done.request is None
        assert rule in done.manual
    else:
        assert done.request is not None
        assert done.request.path == "/v1/completions"
        assert done.request.body == {"prompt": "x", **read(example["vllm"])}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/generate_stream", {"inputs": "x"}, {"temperature": 1.0, "stream": True}),
        ("/generate", {"inputs": "x", "stream": True}, {"temperature": 1.0}),
        ("/", {"inputs": "x", "stream": True}, {"temperature": 1.0, "stream": True}),
        ("/", {"inputs": "x"}, {"temperature": 1.0, "echo": True}),
        ("/?wait=1", {"inputs": "x"}, {"temperature": 1.0, "echo": True}),
        ("/", {"inputs": "x", "parameters": {"return_full_text": False}}, {"temperature": 0}),
        (
            "/generate_stream",
            {"inputs": "x", "parameters": {"return_full_text": True}},
            {"temperature": 0, "stream": True},
        ),
    ],
)
def test_routes_of_its_own(path: str, body: Json, expected: dict[str, Json]) -> None:
    assert body_of(path, body, 9) == {"prompt": "x", "max_tokens": 9, **expected}


@pytest.mark.parametrize(
    ("grammar", "expected"),
    [
        ({"type": "regex", "value": "[0-9]"}, {"regex": "[0-9]"}),
        ({"type": "json", "value": SCHEMA}, {"json": SCHEMA}),
        ({"type": "json_object", "value": SCHEMA}, {"json": SCHEMA}),
        ({"type": "json_schema", "value": {"name": "n", "schema": SCHEMA}}, {"json": SCHEMA}),
    ],
)
def test_grammars(grammar: Json, expected: Json) -> None:
    body = body_of("/generate", {"inputs": "x", "parameters": {"grammar": grammar, "max_new_tokens": 5}})
    assert isinstance(body, dict)
    assert body["structured_outputs"] == expected


@pytest.mark.parametrize(
    ("path", "body", "rule"),
    [
        ("/generate", {"inputs": "x", "parameters": {"grammar": "a", "max_new_tokens": 5}}, "client/parameter-grammar"),
        ("/generate", {"inputs": "x", "parameters": {"nonsense": 1, "max_new_tokens": 5}}, "client/parameter-unknown"),
        ("/generate", {"inputs": "x", "more": 1, "parameters": {"max_new_tokens": 5}}, "client/parameter-unknown"),
        ("/generate", {"inputs": "x"}, "client/parameter-max-new-tokens"),
        ("/v1/completions", {"prompt": "x"}, "client/parameter-max-new-tokens"),
        ("/generate", ["x"], "client/openai-sdk"),
    ],
)
def test_what_is_left_to_a_person(path: str, body: Json, rule: str) -> None:
    done = translated(path, body)
    assert done.request is None
    assert f"({rule})" in done.manual


CHAT: dict[str, Json] = {"messages": [{"role": "user", "content": "a"}]}


@pytest.mark.parametrize(
    ("fields", "expected", "rule"),
    [
        ({"top_k": 5, "n": 2, "repetition_penalty": 1.2}, {}, "client/openai-ignored"),
        ({"frequency_penalty": 0.5}, {"frequency_penalty": 0.5}, "client/openai-penalty"),
        ({"stop": ["x"]}, {"stop": ["x"], "include_stop_str_in_output": True}, "client/parameter-stop"),
        (
            {"tools": [{}], "tool_choice": "f"},
            {"tools": [{}], "tool_choice": {"type": "function", "function": {"name": "f"}}},
            "client/openai-tools",
        ),
        (
            {"response_format": {"type": "json_object", "value": SCHEMA}},
            {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}},
            "client/openai-sdk",
        ),
    ],
)  # fmt: skip
def test_openai_fields_that_change(fields: dict[str, Json], expected: dict[str, Json], rule: str) -> None:
    done = translated("/v1/chat/completions", {**CHAT, **fields})
    assert done.request is not None
    assert done.request.body == {**CHAT, **expected}
    assert rule in done.rules


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"frequency_penalty": 0, "presence_penalty": None},
        {"stop": None, "stream": True, "max_tokens": 5, "temperature": 0.5},
        {"tools": [], "tool_choice": "auto"},
        {"response_format": {"type": "json_object"}},
    ],
)
def test_openai_fields_that_stay(fields: dict[str, Json]) -> None:
    done = translated("/v1/chat/completions", {**CHAT, **fields})
    assert done.request is not None
    assert (done.request.path, done.request.body, done.rules) == ("/v1/chat/completions", {**CHAT, **fields}, ())


def test_a_completion_keeps_n_and_gets_the_limit() -> None:
    assert body_of("/v1/completions", {"prompt": "x", "n": 2}, 7) == {"prompt": "x", "n": 2, "max_tokens": 7}


def test_the_request_itself_is_not_changed() -> None:
    body: Json = {"inputs": "x", "parameters": {"max_new_tokens": 5, "stop": ["a"]}}
    before = json.dumps(body)
    translated("/generate", body)
    assert json.dumps(body) == before


def test_every_request_of_the_real_wire_is_translated_or_left_with_a_reason() -> None:
    bodies = [item.request for item in exchanges("tgi-wire") if isinstance(item.request.body, dict)]
    done = [translate_request(request, book(), 100) for request in bodies]
    assert len(done) > 600
    assert all((one.request is None) == bool(one.manual) for one in done)
    assert sum(one.request is None for one in done) < len(done) / 10


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from([*book().parameters, "inputs", "messages", "prompt", "tools", "response_format", "n", "x"])
fields = st.dictionaries(names, values, max_size=4)


@given(st.sampled_from(["/generate", "/", "/v1/chat/completions", "/v1/completions", "/invocations"]), fields, values)
def test_whatever_a_client_sent_is_translated_or_left(path: str, body: dict[str, Json], parameters: Json) -> None:
    done = translated(path, {**body, "parameters": parameters})
    assert (done.request is None) == bool(done.manual)
    assert translated(path, {"inputs": "x", "parameters": body}).rules is not None
