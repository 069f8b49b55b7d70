from __future__ import annotations

import json

import pytest

from migrate.parity.evidence import Outcome
from migrate.parity.exchange import Chunk, Exchange, Json, Reply, Request
from migrate.parity.stages.shapes import Shape, Shaped, changes, shapes
from tests.parity.material import exchanges


def exchange(body: Json, path: str = "/x", status: int = 200, asked: Json = None) -> Shaped:
    reply = Reply(status, (Chunk(1.0, json.dumps(body)),))
    return Shaped.of(Exchange("p", Request("POST", path, asked), reply))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"a": 1}, {}, ["lost: a"]),
        ({}, {"a": {"b": 1}}, ["new: a", "new: a.b"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": "x"}]}, ["type: a[].b is string instead of number"]),
        ({"a": True}, {"a": 1}, ["type: a is number instead of boolean"]),
    ],
)
def test_changes(first: Json, second: Json, expected: list[str]) -> None:
    assert changes(Shape.of([first]), Shape.of([second])) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"a": 1, "b": "x"}, {"b": "y", "a": 2.5}),
        ({"a": None}, {"a": 1}),
        ({"a": []}, {"a": [1, 2]}),
        ({"a": [1]}, {"a": [1, 2, 3]}),
        ({"logprobs": {"content": [1]}}, {"logprobs": {"tokens": []}}),
        ("x", "y"),
    ],
    ids=["values-and-order", "null", "empty-list", "length", "log-probabilities", "text"],
)
def test_no_changes(first: Json, second: Json) -> None:
    assert changes(Shape.of([first]), Shape.of([second])) == []


def test_an_answer_that_is_nested_without_end() -> None:
    body: Json = 1
    for _ in range(400):
        body = {"a": [body]}
    assert list(Shape.of([body]).types)[-1].count("a") == 32


def test_answers_of_different_routes_or_kinds_are_not_compared() -> None:
    other = {"p": exchange({}, "/y"), "q": exchange({})}
    assert shapes({"p": exchange({"a": 1})}, other).outcome is Outcome.SKIPPED
    assert shapes({"p": exchange({"a": 1})}, {"p": exchange({}, status=400)}).outcome is Outcome.SKIPPED


def test_each_change_is_said_once_with_a_prompt_that_shows_it() -> None:
    first = {name: exchange({"a": 1, "b": 1}) for name in "pq"}
    stage = shapes(first, {name: exchange({"b": "x", "c": 1}) for name in "pq"})
    assert stage.outcome is Outcome.DIFFERS
    assert stage.summary == "1 members are gone, 2 new or of another type (2 answers compared)"
    assert [item.prompt for item in stage.differences] == ["p", "p", "p"]


def test_the_same_answers() -> None:
    assert shapes({"p": exchange({"a": 1})}, {"p": exchange({"a": 5})}).outcome is Outcome.PASS


@pytest.mark.parametrize(("asked", "outcome"), [({"return_token_ids": True}, Outcome.PASS), ({}, Outcome.DIFFERS)])
def test_what_only_this_program_asked_for_is_no_new_member(asked: Json, outcome: Outcome) -> None:
    body: Json = {"choices": [{"text": "x", "token_ids": [1]}], "prompt_token_ids": [1]}
    first = {"p": exchange({"choices": [{"text": "x"}]})}
    assert shapes(first, {"p": exchange(body, asked=asked)}).outcome is outcome


def test_chats_of_the_real_engines() -> None:
    first = {item.id: Shaped.of(item) for item in exchanges("tgi-parity") if item.run == "one-at-a-time-1"}
    second = {item.id: Shaped.of(item) for item in exchanges("vllm-parity") if item.run == "one-at-a-time-1"}
    stage = shapes(first, second)
    assert stage.outcome is Outcome.DIFFERS
    details = [item.detail for item in stage.differences]
    assert "new: choices[].stop_reason" in details
    assert not any("delta" in detail for detail in details)
