from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from migrate.parity.asking import Protocol
from migrate.parity.exchange import Engine, Exchange, Json
from migrate.parity.prompts import Prompt
from migrate.parity.protocols import UNTRANSLATED, read_answer
from migrate.parity.protocols.shape import member
from migrate.parity.record import NoEngine, Pass, identify, record_engine
from migrate.parity.recording import Recording, Writer

INFO: Json = {"model_id": "m", "version": "3.3.7"}
MODELS: Json = {"data": [{"id": "m"}]}
PROMPTS = (Prompt("a", "a"), Prompt("b", "b"), Prompt("c", "c"))


class Engines:
    """A stand-in engine that answers these paths and counts what is in flight."""

    def __init__(self, **answers: Json) -> None:
        self.answers = answers
        self.asked = self.now = self.most = 0

    async def __call__(self, asked: httpx.Request) -> httpx.Response:
        if asked.method == "GET":
            answer = self.answers.get(asked.url.path.strip("/").replace("/", "_"))
            return httpx.Response(404) if answer is None else httpx.Response(200, json=answer)
        self.asked += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.001)
        self.now -= 1
        if "dies" in self.answers and json.loads(asked.content)["inputs"] == self.answers["dies"]:
            raise httpx.ReadError("gone")
        return httpx.Response(200, json={"generated_text": "x"})


OLLAMA = Engines(v1_models=MODELS, api_version={"version": "0.12.6"})
SGLANG = Engines(
    v1_models=MODELS,
    get_model_info={"model_path": "m"},
    get_server_info={"version": "0.5.3"},
    api_version={"version": "0.9"},
)


def client(engines: Engines) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(engines), base_url="http://engine")


@pytest.mark.parametrize(
    ("engines", "expected"),
    [
        (Engines(info=INFO, v1_models=MODELS), (Engine("tgi", "3.3.7", "m"), Protocol.TGI)),
        (Engines(v1_models=MODELS, version={"version": "0.32.0"}), (Engine("vllm", "0.32.0", "m"), Protocol.OPENAI)),
        (Engines(v1_models=MODELS), (Engine("openai", "", "m"), Protocol.OPENAI)),
        (Engines(info={"title": "a page"}, v1_models=MODELS), (Engine("openai", "", "m"), Protocol.OPENAI)),
        (OLLAMA, (Engine("ollama", "0.12.6", "m"), Protocol.OPENAI)),
        (SGLANG, (Engine("sglang", "0.5.3", "m"), Protocol.OPENAI)),
        (Engines(v1_models=MODELS, **{"-_routes": {"/": "llm"}}), (Engine("ray-serve", "", "m"), Protocol.OPENAI)),
    ],
    ids=["tgi", "vllm", "another", "another-info", "ollama", "sglang", "ray-serve"],
)
def test_who_answers(engines: Engines, expected: tuple[Engine, Protocol]) -> None:
    assert asyncio.run(identify(client(engines))) == expected


@pytest.mark.parametrize(("engines", "protocol"), [(OLLAMA, Protocol.OLLAMA), (Engines(info=INFO), Protocol.OPENAI)])
def test_an_engine_can_be_asked_in_another_way(engines: Engines, protocol: Protocol) -> None:
    assert asyncio.run(identify(client(engines), protocol))[1] is protocol


@pytest.mark.parametrize("protocol", [Protocol.TGI, Protocol.OLLAMA])
def test_routes_that_an_engine_does_not_have(protocol: Protocol) -> None:
    with pytest.raises(NoEngine, match=f"this is vllm, which has no routes of {protocol}"):
        asyncio.run(identify(client(Engines(v1_models=MODELS, version={"version": "0.32.0"})), protocol))


def test_nothing_that_answers_like_an_engine() -> None:
    with pytest.raises(NoEngine, match="neither"):
        asyncio.run(identify(client(Engines())))


def test_nothing_that_answers() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(NoEngine, match="refused"):
        asyncio.run(identify(httpx.AsyncClient(transport=httpx.MockTransport(refuse), base_url="http://engine")))


def run(path: Path, engines: Engines, *passes: Pass) -> tuple[int, list[str]]:
    said: list[str] = []
    with Writer(path, Engine("tgi", "3.3.7", "m")) as writer:
        coroutine = record_engine(client(engines), writer, PROMPTS, Protocol.TGI, said.append, passes)
        return asyncio.run(coroutine), said


def test_every_pass_asks_every_prompt(tmp_path: Path) -> None:
    engines = Engines()
    failed, said = run(tmp_path / "a.jsonl", engines, Pass("one", 1), Pass("two", 1))
    recording = Recording.open(tmp_path / "a.jsonl")
    assert (failed, engines.asked, engines.most) == (0, 6, 1)
    assert sorted(item.key for item in recording) == [(name, each) for name in "abc" for each in ("one", "two")]
    assert said[-1] == "two: 3 of 3"


def test_what_info_says_is_known_of_the_recording(tmp_path: Path) -> None:
    info: Json = {"model_id": "m", "version": "3.3.7", "max_total_tokens": 2048, "docker_label": None, "more": {}}
    path = tmp_path / "a.jsonl"
    engine, _ = asyncio.run(identify(client(Engines(info=info))))
    with Writer(path, engine):
        pass
    assert Recording.open(path).engine == engine
    assert (engine.info, engine.budget) == ({"max_total_tokens": 2048, "docker_label": None}, 2048)


@pytest.mark.parametrize(
    ("engine", "budget"),
    [
        (Engine("tgi", "3.3.6-dev0", info={"max_total_tokens": 4096}), 4096),
        (Engine("tgi", "2.4.1", info={"max_total_tokens": 4096}), 100),
        (Engine("tgi", "1.4.0"), 100),
        (Engine("tgi", "1.3.0", info={"max_total_tokens": 4096}), None),
        (Engine("tgi", "3.3.7"), None),
        (Engine("tgi", "main", info={"max_total_tokens": 4096}), None),
        (Engine("vllm", "0.32.0"), None),
    ],
)
def test_the_tokens_that_tgi_gives_where_no_limit_is_named(engine: Engine, budget: int | None) -> None:
    assert engine.budget == budget


def test_when_each_was_sent(tmp_path: Path) -> None:
    run(tmp_path / "a.jsonl", Engines(), Pass("one", 1), Pass("two", 3))
    for name in ("one", "two"):
        sent = [one.sent_ms for one in Recording.open(tmp_path / "a.jsonl").run(name)]
        assert all(at is not None and 0 <= at < 1000 for at in sent)
    one_after_the_other = [one.sent_ms or 0 for one in Recording.open(tmp_path / "a.jsonl").run("one")]
    assert one_after_the_other[1] - one_after_the_other[0] >= 0.9


def test_several_at_once(tmp_path: Path) -> None:
    engines = Engines()
    run(tmp_path / "a.jsonl", engines, Pass("two", 2))
    assert engines.most == 2


def test_what_is_recorded_is_not_asked_again(tmp_path: Path) -> None:
    run(tmp_path / "a.jsonl", Engines(), Pass("one", 1))
    engines = Engines()
    run(tmp_path / "a.jsonl", engines, Pass("one", 1), Pass("two", 1))
    assert engines.asked == 3


def asked(path: Path, *prompts: Prompt, protocol: Protocol = Protocol.OPENAI) -> list[Exchange]:
    with Writer(path, Engine("vllm", "0.32.0", "m")) as writer:
        asyncio.run(record_engine(client(Engines()), writer, prompts, protocol, str, [Pass("one", 1)]))
    return list(Recording.open(path))


def test_samples_have_a_seed_and_a_run_of_their_own(tmp_path: Path) -> None:
    prompt = Prompt("a", "a", temperature=0.8, seed=7, samples=3)
    found = asked(tmp_path / "a.jsonl", prompt, Prompt("b", "b"))
    seeds = {item.key: member(item.request.body, "seed") for item in found}
    assert seeds == {("b", "one"): None, ("a", "sample-00"): 7, ("a", "sample-01"): 8, ("a", "sample-02"): 9}
    assert len(asked(tmp_path / "a.jsonl", prompt, Prompt("b", "b"))) == 4


def test_what_the_rules_leave_to_a_person_is_recorded_and_not_sent(tmp_path: Path) -> None:
    (item,) = asked(tmp_path / "a.jsonl", Prompt("a", "a", fields={"best_of": 2}, optional=True))
    assert (item.request.path, item.reply.status, item.optional) == ("/generate", 0, True)
    assert "client/parameter-best-of" in item.rules
    failure = read_answer(item).failure
    assert failure is not None
    assert (failure.kind, failure.message[:7]) == (UNTRANSLATED, "best_of")


def test_an_engine_that_goes_away_is_recorded_as_that(tmp_path: Path) -> None:
    failed, _ = run(tmp_path / "a.jsonl", Engines(dies="b"), Pass("one", 1))
    failures = {item.id: item.reply.failure for item in Recording.open(tmp_path / "a.jsonl")}
    assert failed == 1
    assert failures == {"a": "", "b": "ReadError: gone", "c": ""}
