from __future__ import annotations

import json

import pytest

from migrate.parity.evidence import Outcome
from migrate.parity.exchange import Chunk, Exchange, Json, Reply, Request
from migrate.parity.stages.probed import probed


def probe(name: str, status: int, failure: str = "") -> dict[str, Exchange]:
    body: Json = {"choices": [{"message": {"content": "x"}}]} if status == 200 else {"error": {"message": "no"}}
    chunks = () if failure else (Chunk(1.0, json.dumps(body)),)
    request = Request("POST", "/v1/chat/completions", {})
    return {f"probe-{name}": Exchange(f"probe-{name}", request, Reply(status, chunks, failure=failure), "probes")}


@pytest.mark.parametrize(
    ("name", "first", "second", "outcome"),
    [
        ("too-long", 422, 422, Outcome.PASS),
        ("too-long", 422, 400, Outcome.DIFFERS),
        ("too-long", 422, 500, Outcome.FAIL),
        ("unknown-model", 200, 404, Outcome.DIFFERS),
        ("unknown-model", 500, 404, Outcome.DIFFERS),
        ("bad-parameter", 500, 500, Outcome.PASS),
        ("bad-parameter", 422, 200, Outcome.DIFFERS),
        ("overload", 429, 503, Outcome.DIFFERS),
        ("overload", 429, 200, Outcome.DIFFERS),
        ("after-cancel", 200, 200, Outcome.PASS),
        ("after-cancel", 200, 429, Outcome.FAIL),
        ("cancel", 200, 500, Outcome.SKIPPED),
    ],
)
def test_a_probe(name: str, first: int, second: int, outcome: Outcome) -> None:
    assert probed(probe(name, first), probe(name, second)).outcome is outcome


def test_an_engine_that_goes_down() -> None:
    stage = probed(probe("malformed", 400), probe("malformed", 0, "ReadError: gone"))
    assert (stage.outcome, stage.differences[0].detail) == (Outcome.FAIL, "400 no became no answer ReadError: gone")
    assert probed(probe("malformed", 0, "gone"), probe("malformed", 400)).outcome is Outcome.DIFFERS


@pytest.mark.parametrize(("first", "second"), [({}, {}), (probe("a", 200), {}), ({}, probe("a", 200))])
def test_nothing_is_judged_that_only_one_engine_was_asked(
    first: dict[str, Exchange], second: dict[str, Exchange]
) -> None:
    assert probed(first, second).outcome is Outcome.SKIPPED
