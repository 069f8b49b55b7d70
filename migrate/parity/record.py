"""An engine at a URL, asked every prompt, into a recording: one at a time, again, and eight at once.

The later passes measure the engine's own noise. What is recorded already is not asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import httpx

from migrate.parity.asking import Protocol, ask
from migrate.parity.exchange import Engine, Exchange, Json, Reply
from migrate.parity.prompts import Prompt
from migrate.parity.protocols.shape import text
from migrate.parity.recording import Writer
from migrate.parity.sending import send
from migrate.parity.stream import parse


class NoEngine(ConnectionError):
    """Nothing that answers like an engine."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over the prompts, `at_once` requests in flight."""

    name: str
    at_once: int


PASSES = (Pass("one-at-a-time-1", 1), Pass("one-at-a-time-2", 1), Pass("eight-at-once", 8))
# Samples of one prompt, each with a seed of its own, are passes of their own: sample-00, sample-01, ...
SAMPLES = Pass("sample", 8)


async def identify(client: httpx.AsyncClient, wanted: Protocol | None = None) -> tuple[Engine, Protocol]:
    """Who answers, and how it is asked: TGI on its own routes, others on OpenAI's, unless another way is `wanted`.

    TGI is known by its /info, SGLang by /get_model_info, vLLM by /version, Ollama by /api/version, Ray Serve by
    /-/routes; any other engine has to list its models.

    Raises:
        NoEngine: nothing answers, nothing of these, or not in the way that is wanted.
    """
    info = await _json(client, "/info")
    if text(info, "model_id") and text(info, "version"):
        return Engine("tgi", text(info, "version"), text(info, "model_id")), wanted or Protocol.TGI
    model = text(await _json(client, "/v1/models"), "data", 0, "id")
    if not model:
        raise NoEngine(f"{client.base_url}: answers neither /info nor /v1/models as an engine does")
    name, version = await _name(client)
    if wanted is Protocol.TGI or (wanted is Protocol.OLLAMA and name not in ("ollama", "sglang")):
        raise NoEngine(f"{client.base_url}: this is {name}, which has no routes of {wanted}")
    return Engine(name, version, model), wanted or Protocol.OPENAI


async def _name(client: httpx.AsyncClient) -> tuple[str, str]:
    """An engine with OpenAI's routes and its version; SGLang has Ollama's routes as well, so it is asked first."""
    if text(await _json(client, "/get_model_info"), "model_path"):
        return "sglang", text(await _json(client, "/get_server_info"), "version")
    for name, path in (("vllm", "/version"), ("ollama", "/api/version")):
        version = text(await _json(client, path), "version")
        if version:
            return name, version
    return ("ray-serve" if isinstance(await _json(client, "/-/routes"), dict) else "openai"), ""


async def _json(client: httpx.AsyncClient, path: str) -> Json:
    try:
        response = await client.get(path)
    except httpx.HTTPError as error:
        raise NoEngine(f"{client.base_url}: {error or type(error).__name__}") from error
    return parse(response.text) if response.is_success else None


async def record_engine(
    client: httpx.AsyncClient,
    writer: Writer,
    prompts: Sequence[Prompt],
    protocol: Protocol,
    progress: Callable[[str], None],
    passes: Sequence[Pass] = PASSES,
) -> int:
    """Ask what is not recorded yet and return how many requests got no whole answer.

    Raises:
        OSError: the recording cannot be written.
    """
    failed = 0
    for each, waiting in _waiting(prompts, passes, writer.done):
        gate = asyncio.Semaphore(each.at_once)
        tasks = [
            asyncio.create_task(_one(client, gate, prompt, run, protocol, writer.engine)) for prompt, run in waiting
        ]
        try:
            for number, task in enumerate(asyncio.as_completed(tasks), start=1):
                exchange = await task
                writer.write(exchange)
                failed += bool(exchange.reply.failure)
                progress(f"{each.name}: {number} of {len(waiting)}")
        finally:
            for task in tasks:
                task.cancel()
    return failed


def _waiting(
    prompts: Sequence[Prompt], passes: Sequence[Pass], done: set[tuple[str, str]]
) -> Iterator[tuple[Pass, list[tuple[Prompt, str]]]]:
    """What each pass has to ask still, and the run that it counts to: greedy prompts in each, sampled ones apart."""
    for each in passes:
        yield (
            each,
            [(prompt, each.name) for prompt in prompts if prompt.samples == 1 and (prompt.name, each.name) not in done],
        )
    samples = [
        (replace(prompt, seed=(prompt.seed or 0) + number), f"{SAMPLES.name}-{number:02}")
        for prompt in prompts
        for number in range(prompt.samples if prompt.samples > 1 else 0)
    ]
    yield SAMPLES, [(prompt, run) for prompt, run in samples if (prompt.name, run) not in done]


async def _one(
    client: httpx.AsyncClient, gate: asyncio.Semaphore, prompt: Prompt, run: str, protocol: Protocol, engine: Engine
) -> Exchange:
    asked = ask(prompt, protocol, engine.model)
    async with gate:
        reply = Reply(0) if asked.manual else await send(client, asked.request)
    return Exchange(prompt.name, asked.request, reply, run, asked.rules, asked.manual, prompt.optional)
