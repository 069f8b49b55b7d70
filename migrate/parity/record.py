"""An engine at a URL, asked every prompt, into a recording: one at a time, again, and eight at once.

The later passes measure the engine's own noise. What is recorded already is not asked again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import httpx

from migrate.parity.asking import Asked, Protocol, ask
from migrate.parity.exchange import Engine, Exchange, Json, Reply
from migrate.parity.prompts import Prompt
from migrate.parity.protocols.shape import text
from migrate.parity.recording import Writer, facts
from migrate.parity.sending import TOO_LONG, send
from migrate.parity.stream import parse

# Questions about the engine itself, and whether it is there still, are answered at once or not at all.
KNOWN_WITHIN_S, THERE_WITHIN_S = 30.0, 5.0
# An engine that gives so many requests in a row not one byte in their whole time will not answer the next one either.
SILENT = 3


class NoEngine(ConnectionError):
    """Nothing that answers like an engine, or not any more."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over the prompts, `at_once` requests in flight."""

    name: str
    at_once: int


_WORDS = {1: "one-at-a-time", 8: "eight-at-once"}


def passes(at_once: Sequence[int]) -> tuple[Pass, ...]:
    """Passes with so many requests in flight each, under names that tell them apart."""
    names = [_WORDS.get(number, f"{number}-at-once") for number in at_once]
    places = [f"-{names[: at + 1].count(name)}" if names.count(name) > 1 else "" for at, name in enumerate(names)]
    return tuple(Pass(name + place, number) for name, place, number in zip(names, places, at_once, strict=True))


PASSES = passes((1, 1, 8))
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
        more = {name: fact for name, fact in facts(info).items() if name not in ("model_id", "version")}
        return Engine("tgi", text(info, "version"), text(info, "model_id"), info=more), wanted or Protocol.TGI
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
        response = await client.get(path, timeout=KNOWN_WITHIN_S)
    except httpx.HTTPError as error:
        raise NoEngine(f"{client.base_url}: {str(error) or type(error).__name__}") from error
    _refuse_locked(client, path, response.status_code)
    return parse(response.text) if response.is_success else None


def _refuse_locked(client: httpx.AsyncClient, what: str, status: int) -> None:
    """
    Raises:
        NoEngine: the engine wants another key.
    """
    if status in (401, 403):
        raise NoEngine(f"{client.base_url}: {what} is refused ({status}): is MIGRATE_API_KEY its key?")


async def record_engine(
    client: httpx.AsyncClient,
    writer: Writer,
    prompts: Sequence[Prompt],
    protocol: Protocol,
    progress: Callable[[str], None],
    passes: Sequence[Pass] = PASSES,
    within_s: float | None = None,
    budget: int | None = None,
) -> int:
    """Ask what is not recorded yet and return how many requests got no whole answer, or an engine's own fault (500).

    `within_s` is how long one answer may take, `budget` how many tokens TGI gave where a prompt names no limit.

    Raises:
        NoEngine: it is gone, or hangs; all that it answered before is recorded.
        OSError: the recording cannot be written.
    """
    failed = 0
    watch = _Watch(client, within_s)
    for each, waiting in _waiting(prompts, passes, writer.done):
        gate = _Gate(each.at_once)
        tasks = [
            asyncio.create_task(_one(watch, gate, ask(prompt, protocol, writer.engine.model, budget), prompt, run))
            for prompt, run in waiting
        ]
        try:
            for number, task in enumerate(asyncio.as_completed(tasks), start=1):
                exchange = await task
                await watch.refused(exchange.reply)
                writer.write(exchange)
                await watch.broken(exchange.reply)
                failed += bool(exchange.reply.failure) or exchange.reply.status >= 500
                progress(f"{each.name}: {number} of {len(waiting)}")
        finally:
            for task in tasks:
                task.cancel()
    return failed


def complete(prompts: Sequence[Prompt], passes: Sequence[Pass], done: set[tuple[str, str]]) -> bool:
    """Whether nothing is left to ask."""
    return not any(waiting for _, waiting in _waiting(prompts, passes, done))


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


@dataclass(slots=True)
class _Watch:
    """Whether the engine is there still: asking a dead one all the rest would only fill the recording with failures."""

    client: httpx.AsyncClient
    within_s: float | None
    silent: int = 0

    async def refused(self, reply: Reply) -> None:
        """A connection that was refused asked nothing, and is not worth a line; nor is a door that needs a key.

        Raises:
            NoEngine: it is gone, or wants another key.
        """
        _refuse_locked(self.client, "a prompt", reply.status)
        if reply.failure.startswith("ConnectError") and await self._gone():
            raise NoEngine(f"{self.client.base_url}: the engine is gone: {reply.failure}")

    async def broken(self, reply: Reply) -> None:
        """
        Raises:
            NoEngine: it is gone, or hangs.
        """
        if not reply.failure:
            self.silent = 0
            return
        self.silent = self.silent + 1 if reply.failure.startswith(TOO_LONG) and not reply.status else 0
        if self.silent >= SILENT:
            raise NoEngine(f"{self.client.base_url}: the engine hangs: {SILENT} requests in a row had no answer at all")
        if await self._gone():
            raise NoEngine(f"{self.client.base_url}: the engine went away while it was asked: {reply.failure}")

    async def _gone(self) -> bool:
        """Whether nothing listens any more, asked twice; a busy engine that does not answer now is there."""
        for wait in (0.0, 0.5):
            await asyncio.sleep(wait)
            try:
                await self.client.get("/health", timeout=THERE_WITHIN_S)
            except (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError):
                continue
            except httpx.HTTPError:
                return False
            return False
        return True


class _Gate(asyncio.Semaphore):
    """Lets so many requests of a pass through at once, and knows when the pass began."""

    def __init__(self, at_once: int) -> None:
        super().__init__(at_once)
        self._began = time.monotonic()

    def now_ms(self) -> float:
        return round((time.monotonic() - self._began) * 1000, 3)


async def _one(watch: _Watch, gate: _Gate, asked: Asked, prompt: Prompt, run: str) -> Exchange:
    async with gate:
        sent = None if asked.manual else gate.now_ms()
        reply = Reply(0) if asked.manual else await send(watch.client, asked.request, watch.within_s)
    return Exchange(prompt.name, asked.request, reply, run, asked.rules, asked.manual, prompt.optional, sent)
