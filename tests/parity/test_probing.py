from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from migrate.parity.asking import Protocol
from migrate.parity.exchange import Engine, Exchange, Json
from migrate.parity.probes import RUN, Probe, probes
from migrate.parity.probing import context, record_probes
from migrate.parity.protocols.shape import member, text
from migrate.parity.recording import Recording, Writer
from migrate.parity.stream import parse


def wanted_tokens(content: bytes) -> Json:
    """How many tokens are wanted on the route that does not stream."""
    body = parse(content.decode())
    return None if member(body, "stream") else member(body, "parameters", "max_new_tokens")


class Engines:
    """A stand-in that refuses what is too long, unknown, or too much at once."""

    def __init__(self, limit: int = 100) -> None:
        self.limit, self.now, self.most, self.asked = limit, 0, 0, 0

    async def __call__(self, asked: httpx.Request) -> httpx.Response:
        self.asked += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        over = self.now > self.limit
        await asyncio.sleep(0.001)
        self.now -= 1
        if asked.url.path == "/generate" and wanted_tokens(asked.content) == 256:
            await asyncio.sleep(1)
        return self.answer(asked.content, over)

    @staticmethod
    def answer(content: bytes, over: bool) -> httpx.Response:
        if over:
            return httpx.Response(429, json={"error": "Model is overloaded", "error_type": "overloaded"})
        try:
            body = json.loads(content)
        except ValueError:
            return httpx.Response(400, text="no JSON")
        if body.get("model") == "no-such-model":
            return httpx.Response(404, json={"error": {"message": "no such model", "code": 404}})
        if len(str(body)) > 1000:
            return httpx.Response(422, json={"error": "too long", "error_type": "validation"})
        return httpx.Response(200, json={"generated_text": "x", "choices": [{"message": {"content": "x"}}]})


def recorded(path: Path, engines: Engines, *wanted: Probe, protocol: Protocol = Protocol.TGI) -> dict[str, Exchange]:
    async def run() -> None:
        client = httpx.AsyncClient(transport=httpx.MockTransport(engines), base_url="http://engine", timeout=9)
        with Writer(path, Engine("tgi", "3.3.7", "m")) as writer:
            await record_probes(client, writer, wanted, protocol, lambda _: None)

    asyncio.run(run())
    found = list(Recording.open(path))
    assert {item.run for item in found} == {RUN}
    return {item.id: item for item in found}


def test_each_probe_is_recorded_and_followed_where_the_client_gave_up(tmp_path: Path) -> None:
    engines = Engines()
    found = recorded(tmp_path / "a.jsonl", engines, *probes(context=600))
    assert {name.removeprefix("probe-"): item.reply.status for name, item in found.items()} == {
        "too-long": 422,
        "bad-parameter": 200,
        "bad-parameter-chat": 200,
        "malformed": 400,
        "unknown-model": 404,
        "chat-template": 200,
        "cancel": 200,
        "after-cancel": 200,
        "timeout": 0,
        "after-timeout": 200,
    }
    assert found["probe-timeout"].reply.failure == ""
    assert found["probe-malformed"].request.text == "{"
    assert len(text(found["probe-too-long"].request.body, "inputs")) == 1202
    assert engines.most == 1


def test_what_is_recorded_is_not_asked_again(tmp_path: Path) -> None:
    recorded(tmp_path / "a.jsonl", Engines(), *probes(600))
    engines = Engines()
    recorded(tmp_path / "a.jsonl", engines, *probes(600))
    assert engines.asked == 0


@pytest.mark.parametrize(("limit", "status"), [(128, 429), (200, 200)])
def test_an_overload_is_the_first_refusal(tmp_path: Path, limit: int, status: int) -> None:
    engines = Engines(limit)
    (overload,) = (probe for probe in probes(overload=True) if probe.name == "overload")
    found = recorded(tmp_path / "a.jsonl", engines, overload)
    assert (found["probe-overload"].reply.status, engines.most) == (status, 160)


def test_nobody_is_overloaded_unasked() -> None:
    assert all(probe.at_once == 1 for probe in probes())


def test_probes_are_translated_as_prompts_are(tmp_path: Path) -> None:
    found = recorded(tmp_path / "a.jsonl", Engines(), *probes(10), protocol=Protocol.OPENAI)
    request = found["probe-bad-parameter"].request
    assert (request.path, member(request.body, "top_p")) == ("/v1/completions", 2.0)
    assert member(found["probe-cancel"].request.body, "stream") is True
    assert member(found["probe-unknown-model"].request.body, "model") == "no-such-model"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"/info": {"max_input_tokens": 1536}}, 1536),
        ({"/v1/models": {"data": [{"id": "m", "max_model_len": 2048}]}}, 2048),
        ({"/info": {"title": "a page"}, "/v1/models": {"data": [{"id": "m"}]}}, None),
        ({}, None),
    ],
)
def test_how_long_a_prompt_may_be(answers: dict[str, Json], expected: int | None) -> None:
    def answer(asked: httpx.Request) -> httpx.Response:
        found = answers.get(asked.url.path)
        return httpx.Response(404) if found is None else httpx.Response(200, json=found)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://engine")
    assert asyncio.run(context(client)) == expected
