from __future__ import annotations

import json

from migrate.parity.comparison import compare_engines
from migrate.parity.evidence import Outcome, Stage
from migrate.parity.exchange import Chunk, Engine, Exchange, Json, Reply, Request

FIRST, SECOND = Engine("tgi", "3.3.7"), Engine("vllm", "0.32.0")


def said(prompt: str, text: str, run: str = "1", status: int = 200, parameters: Json = None) -> Exchange:
    body: Json = {"inputs": "x"} if parameters is None else {"inputs": "x", "parameters": parameters}
    answer: Json = {"generated_text": text}
    if parameters == {}:
        token: Json = {"id": ord(text), "text": text, "logprob": -0.5}
        answer = {"generated_text": text, "details": {"finish_reason": "length", "tokens": [token]}}
    return Exchange(prompt, Request("POST", "/generate", body), Reply(status, (Chunk(1.0, json.dumps(answer)),)), run)


def stage(name: str, first: list[Exchange], second: list[Exchange]) -> Stage:
    compared = compare_engines((FIRST, first), (SECOND, second))
    return next(item for item in compared.verdict.stages if item.name == name)


def test_prompts_that_only_one_recording_holds_are_left_out() -> None:
    compared = compare_engines((FIRST, [said("a", "x"), said("b", "x")]), (SECOND, [said("b", "x"), said("c", "x")]))
    assert compared.prompts == 1
    assert (compared.first, compared.second) == (FIRST, SECOND)


def test_the_first_pass_is_compared() -> None:
    first = [said("a", "x", "1", parameters={}), said("a", "y", "2", parameters={})]
    second = [said("a", "x", "1", parameters={}), said("a", "z", "2", parameters={})]
    assert "0 of 1 answers part" in stage("divergence", first, second).summary


def test_a_pass_that_was_cut_short_is_filled_up() -> None:
    first = [said("a", "x", "1"), said("a", "x", "2"), said("b", "x", "2")]
    assert stage("accepted", first, [said("a", "x"), said("b", "x")]).summary == "all 2 requests are answered"


def test_sampled_prompts_are_compared_by_all_their_answers() -> None:
    first = [said("a", f"a {run}", str(run)) for run in range(16)]
    second = [said("a", "b b", str(run)) for run in range(16)]
    assert stage("sampled", first, second).outcome is Outcome.FAIL


def test_failed_answers_are_no_samples() -> None:
    first = [said("a", "x", str(run), status=500) for run in range(4)]
    assert stage("sampled", first, first).outcome is Outcome.SKIPPED


def test_greedy_prompts_are_no_samples() -> None:
    first = [said("a", "x", str(run), parameters={}) for run in range(4)]
    assert stage("sampled", first, first).outcome is Outcome.SKIPPED
