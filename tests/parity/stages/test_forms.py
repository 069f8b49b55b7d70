from __future__ import annotations

from dataclasses import replace

import pytest

from migrate.parity.answer import Answer, Failure
from migrate.parity.comparison import compare_engines
from migrate.parity.evidence import Evidence, Outcome, Pair
from migrate.parity.exchange import Chunk, Engine, Exchange, Reply, Request
from migrate.parity.grammar import Grammar
from migrate.parity.stages.forms import forms
from tests.parity import material

JSON, FREE = Answer('{"city": "Paris"}', finish="stop"), Answer("It is in Paris.", finish="stop")
CITY = Grammar(required=("city",))


def evidence(first: Answer, second: Answer) -> Evidence:
    return Evidence((Pair("p", first, second), Pair("q", FREE, FREE)), grammars={"p": CITY})


def test_an_answer_that_keeps_its_form() -> None:
    stage = forms(evidence(JSON, replace(JSON, text='{"city": "Lyon"}')))
    assert (stage.outcome, stage.summary) == (Outcome.PASS, "1 answers have the form that was asked for")


def test_an_engine_that_leaves_the_grammar_out() -> None:
    stage = forms(evidence(JSON, FREE))
    assert stage.outcome is Outcome.FAIL
    assert [(one.prompt, one.detail) for one in stage.differences] == [("p", "is no JSON: 'It is in Paris.'")]
    optional = replace(evidence(JSON, FREE), optional=frozenset("p"))
    assert forms(optional).outcome is Outcome.DIFFERS


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FREE, FREE),
        (FREE, JSON),
        (JSON, replace(FREE, finish="length")),
        (replace(JSON, finish="length"), FREE),
        (JSON, replace(FREE, failure=Failure(400, "no"))),
        (JSON, replace(FREE, tool_calls='[{"name": "x"}]')),
    ],
    ids=["neither", "only-now", "cut-off", "cut-off-before", "refused", "a-tool-instead"],
)
def test_what_tells_nothing_about_the_form(first: Answer, second: Answer) -> None:
    assert forms(evidence(first, second)).outcome is Outcome.SKIPPED


def test_without_a_grammar_nothing_is_judged() -> None:
    assert forms(Evidence((Pair("p", JSON, FREE),))).outcome is Outcome.SKIPPED


def exchange(text: str) -> Exchange:
    asked = Request(
        "POST", "/generate", {"inputs": "a", "parameters": {"grammar": {"type": "regex", "value": "[0-9]+"}}}
    )
    return Exchange("p", asked, Reply(200, (Chunk(1.0, f'{{"generated_text": "{text}"}}'),)), "one")


@pytest.mark.parametrize(("text", "outcome"), [("42", Outcome.PASS), ("forty-two", Outcome.FAIL)])
def test_from_recordings(text: str, outcome: Outcome) -> None:
    compared = compare_engines((Engine("tgi"), [exchange("7")]), (Engine("tgi"), [exchange(text)]))
    assert next(stage for stage in compared.verdict.stages if stage.name == "forms").outcome is outcome


def test_what_the_real_vllm_makes_of_a_form_in_tgi_s_own_words() -> None:
    """It takes `response_format: {type: json_object, value: SCHEMA}` and leaves the schema out."""
    engines = [(Engine(name), material.exchanges(f"{name}-wire")) for name in ("tgi", "vllm")]
    compared = compare_engines(engines[0], engines[1])
    found = next(stage for stage in compared.verdict.stages if stage.name == "forms")
    assert found.outcome is Outcome.FAIL
    assert {one.prompt.removesuffix("/stream") for one in found.differences} == {
        "openai/chat/response_format-tgi-json_object"
    }
