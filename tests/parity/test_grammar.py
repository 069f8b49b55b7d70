from __future__ import annotations

import json

import pytest

from migrate.parity.exchange import Json, Request
from migrate.parity.grammar import Grammar, grammar_of

SCHEMA: Json = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CITY = Grammar(required=("city",))


def native(grammar: Json) -> Request:
    return Request("POST", "/generate", {"inputs": "a", "parameters": {"grammar": grammar}})


def chat(form: Json) -> Request:
    return Request("POST", "/v1/chat/completions", {"messages": [], "response_format": form})


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (native({"type": "json", "value": SCHEMA}), CITY),
        (native({"type": "json", "value": json.dumps(SCHEMA)}), CITY),
        (native({"type": "json_schema", "value": {"name": "x", "schema": SCHEMA}}), CITY),
        (native({"type": "regex", "value": "[0-9]+"}), Grammar("[0-9]+")),
        (chat({"type": "json_object", "value": SCHEMA}), CITY),
        (chat({"type": "json_object"}), Grammar()),
        (chat({"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}), CITY),
        (chat({"type": "regex", "value": "a"}), Grammar("a")),
        (chat({"type": "text"}), None),
        (native(None), None),
        (native({"type": "regex"}), None),
        (Request("POST", "/generate", {"inputs": "a"}), None),
        (Request("POST", "/generate", None, text="{"), None),
    ],
)
def test_what_a_request_asks_for(request_: Request, expected: Grammar | None) -> None:
    assert grammar_of(request_) == expected


@pytest.mark.parametrize(
    ("grammar", "answer", "why"),
    [
        (CITY, '{"city": "Paris"}', ""),
        (CITY, ' {"city": 5, "more": 1}\n', ""),
        (CITY, '{"country": "France"}', "lacks city"),
        (CITY, "[1]", "lacks city"),
        (CITY, "The Eiffel Tower is in Paris.", "is no JSON"),
        (CITY, "", "is no JSON"),
        (Grammar(), "5", ""),
        (Grammar("20[0-9]{2}"), "2024", ""),
        (Grammar("20[0-9]{2}"), "2024!", "does not match the regular expression"),
        (Grammar("a.c"), "a\nc", ""),
        (Grammar("(?<broken"), "x", ""),
    ],
)
def test_answers(grammar: Grammar, answer: str, why: str) -> None:
    assert grammar.broken_by(answer) == why
