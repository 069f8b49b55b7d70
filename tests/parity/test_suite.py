"""The whole suite and the probes, through stand-ins that answer as the real engines did on the wire."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from migrate.parity.comparison import Compared, compare_engines
from migrate.parity.evidence import Outcome, Stage
from migrate.parity.probes import probes
from migrate.parity.probing import context, record_probes
from migrate.parity.prompts import SUITE
from migrate.parity.record import Pass, identify, record_engine
from migrate.parity.recording import Recording, Writer
from tests.standins import tgi, vllm

# Two samples of each prompt that is sampled: what they say is judged elsewhere.
PROMPTS = tuple(replace(prompt, samples=min(prompt.samples, 2)) for prompt in SUITE)


async def record(url: str, path: Path) -> int:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        engine, protocol = await identify(client)
        with Writer(path, engine) as writer:
            failed = await record_engine(client, writer, PROMPTS, protocol, lambda _: None, [Pass("one", 1)])
            wanted = probes(await context(client), overload=True)
            await record_probes(client, writer, wanted, protocol, lambda _: None, 30)
            return failed


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    first, second = (tmp_path_factory.mktemp("suite") / f"{name}.jsonl" for name in ("tgi", "vllm"))
    with tgi() as old, vllm() as new:
        assert [asyncio.run(record(old.url, first)), asyncio.run(record(new.url, second))] == [0, 0]
    one, other = Recording.open(first), Recording.open(second)
    return compare_engines((one.engine, one), (other.engine, other))


def stage(compared: Compared, name: str) -> Stage:
    return next(stage for stage in compared.verdict.stages if stage.name == name)


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("translated", Outcome.PASS),
        ("accepted", Outcome.DIFFERS),
        ("prompt", Outcome.PASS),
        ("greedy", Outcome.PASS),
        ("divergence", Outcome.PASS),
        ("shift", Outcome.PASS),
        ("endings", Outcome.PASS),
        ("sampled", Outcome.INCONCLUSIVE),
        ("streams", Outcome.DIFFERS),
        ("probes", Outcome.DIFFERS),
    ],
)
def test_stages(compared: Compared, name: str, outcome: Outcome) -> None:
    assert stage(compared, name).outcome is outcome, stage(compared, name)


def test_tools_need_a_parser_that_the_server_was_not_given(compared: Compared) -> None:
    (lost,) = stage(compared, "accepted").differences
    assert (lost.prompt, lost.rules) == ("feature-tools", ("client/openai-tools",))
    assert "--tool-call-parser" in lost.detail


def test_what_changes_for_clients_that_tell_errors_apart(compared: Compared) -> None:
    changed = {item.prompt: item.detail for item in stage(compared, "probes").differences}
    assert changed.keys() == {
        "probe-too-long",
        "probe-bad-parameter",
        "probe-bad-parameter-chat",
        "probe-unknown-model",
    }
    assert changed["probe-too-long"].startswith("422 ")
    assert " became 400 " in changed["probe-too-long"]
    assert changed["probe-unknown-model"].startswith("200 became 404 ")
