"""A rule's value as words: templates, conversions, and expressions that are carried over."""

from __future__ import annotations

import pytest

from migrate.launch.facts import Facts, Setting, read_facts
from migrate.launch.values import CONVERSIONS, Scene, render, words_of
from migrate.rulebook import load
from migrate.rulebook.examples import launch_of
from migrate.rulebook.model import Example, Result, Value
from migrate.source import Span
from migrate.touchpoints import Word


def facts(words: str = "--model-id a/b --num-shard $N", **env: str) -> Facts:
    return read_facts(launch_of(Example(tgi=words, env=env)), Setting("0.32.0", names=("tgi", "chat")), load())


def word(text: str, expression: bool = False) -> Word:
    return Word(text, "f", Span(0, 0), text, "shell", expression)


def written(value: object, given: Word | None = None, scene: Facts | None = None) -> list[tuple[str, bool]]:
    found = words_of(Result(option="x", value=value), Scene(scene or facts(), given), "launch/x")  # type: ignore[arg-type]
    assert {one.rule for one in found} <= {"launch/x"}
    return [(one.value, one.expression) for one in found]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("lora-modules", "a,b=/data/b,c/d@main", ["a=a", "b=/data/b", "c/d=c/d"]),
        ("lora-modules", "", []),
        ("count", "1,2,,3", ["3"]),
        ("count", "", ["0"]),
        ("split", "a, b,,c", ["a", "b", "c"]),
        ("split", " ", []),
    ],
)
def test_conversions(name: str, value: str, words: list[str]) -> None:
    assert CONVERSIONS[name](value) == words


@pytest.mark.parametrize(
    ("value", "given", "words"),
    [
        (None, "8", []),
        (True, "8", [("true", False)]),
        (8, None, [("8", False)]),
        ("{value}", "8", [("8", False)]),
        ("{model}", None, [("a/b", False)]),
        ("{names}", None, [("tgi", False), ("chat", False)]),
        (["{model}", "x-{target}"], None, [("a/b", False), ("x-0.32.0", False)]),
        ("{option.num-shard}/2", "8", [("$N/2", True)]),
        ("{option.port}", "8", [("", False)]),
        ("{value:-80}", "$PORT", [("${PORT:-80}", True)]),
        ("{value:-80}", "$${PORT}", [("$${PORT:-80}", True)]),
        (Value(map={"a": "b"}), "a", [("b", False)]),
        (Value(map={"a": "b"}), "c", [("c", False)]),
        (Value(convert="count"), "a,b", [("2", False)]),
        (Value(convert="count"), None, []),
        (Value(scale=0.5), "3", [("1.5", False)]),
        (Value(scale=1), "3", [("3", False)]),
        (Value(scale=2), "many", [("many", False)]),
        (Value(scale_by="FACTOR"), "3", [("3", False)]),
        (Value(json={"n": "{value}", "kind": "x"}), "3", [('{"n":3,"kind":"x"}', False)]),
    ],
)
def test_value(value: object, given: str | None, words: list[tuple[str, bool]]) -> None:
    assert written(value, None if given is None else word(given)) == words


def test_factor_from_a_variable() -> None:
    assert written(Value(scale_by="FACTOR"), word("3"), facts(FACTOR="0.1")) == [("0.3", False)]


def test_all_values_as_one_list() -> None:
    scene = Scene(facts(), None, [word("a"), word("b")])
    (token,) = words_of(Result(option="x", value=Value(json_list=True)), scene, "launch/x")
    assert (token.value, token.expression) == ('["a","b"]', False)


@pytest.mark.parametrize(
    "value", [Value(map={"$X": "1"}), Value(convert="count"), Value(scale=2.0)], ids=["map", "convert", "scale"]
)
def test_expression_is_carried_over(value: Value) -> None:
    unread = Word("$X", "f", Span(0, 0), "$X", "shell", True)
    assert unread.known is None
    assert written(value, unread) == [("$X", True)]


@pytest.mark.parametrize(
    ("template", "text"),
    [("{model} on {target}", "a/b on 0.32.0"), ("{{x}}", "{x}"), ("{nothing}!", "!"), ("{gpus} {variant}", "0 cuda")],
)
def test_message(template: str, text: str) -> None:
    assert render(template, Scene(facts())) == text


def test_names_that_are_the_models_own_are_said_once() -> None:
    launch = launch_of(Example(tgi="--model-id a/b"))
    known = read_facts(launch, Setting("0.32.0", names=("a/b", "tgi")), load())
    assert written(["{model}", "{names}"], scene=known) == [("a/b", False), ("tgi", False)]
