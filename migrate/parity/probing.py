"""Probes asked of an engine, into a recording."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

import httpx

from migrate.parity.asking import Protocol, ask
from migrate.parity.exchange import Exchange, Reply, Request
from migrate.parity.probes import AFTER, RUN, Probe, chat
from migrate.parity.prompts.prompt import Prompt
from migrate.parity.protocols.shape import integer
from migrate.parity.record import KNOWN_WITHIN_S
from migrate.parity.recording import Writer
from migrate.parity.sending import send
from migrate.parity.stream import parse


async def context(client: httpx.AsyncClient) -> int | None:
    """How many tokens the engine says that it takes: TGI in /info, vLLM and others in their list of models."""
    for path, *place in (("/info", "max_input_tokens"), ("/v1/models", "data", 0, "max_model_len")):
        reply = await send(client, Request("GET", path), KNOWN_WITHIN_S)
        tokens = integer(parse(reply.body), *place)
        if tokens is not None:
            return tokens
    return None


async def record_probes(
    client: httpx.AsyncClient,
    writer: Writer,
    wanted: Sequence[Probe],
    protocol: Protocol,
    progress: Callable[[str], None],
    within_s: float | None = None,
) -> None:
    """Ask what is not recorded yet, one probe after the other; `within_s` is how long one answer may take.

    Raises:
        OSError: the recording cannot be written.
    """
    waiting = [probe for probe in wanted if (f"probe-{probe.name}", RUN) not in writer.done]
    for number, probe in enumerate(waiting, start=1):
        for exchange in await _probe(client, probe, protocol, writer.engine.model, within_s):
            writer.write(exchange)
        progress(f"{RUN}: {number} of {len(waiting)}")


async def _probe(
    client: httpx.AsyncClient, probe: Probe, protocol: Protocol, model: str, within_s: float | None
) -> list[Exchange]:
    asked = _request(probe, protocol, model)
    replies = await asyncio.gather(*(_send(client, probe, asked, within_s) for _ in range(probe.at_once)))
    refused = next((reply for reply in replies if not 200 <= reply.status < 300), replies[-1])
    found = [Exchange(f"probe-{probe.name}", asked, refused, RUN)]
    if probe.gives_up:
        plain = _request(Probe("", chat()), protocol, model)
        found.append(Exchange(f"probe-{AFTER}{probe.name}", plain, await send(client, plain, within_s), RUN))
    return found


async def _send(client: httpx.AsyncClient, probe: Probe, asked: Request, within_s: float | None) -> Reply:
    """A reply that the client gave up on purpose is no failure of the engine."""
    reply = await send(client, asked, probe.patience_s or within_s, events=probe.events)
    return replace(reply, failure="") if probe.gives_up else reply


def _request(probe: Probe, protocol: Protocol, model: str) -> Request:
    """Probes are translated as prompts are; what is no JSON goes as it is."""
    if probe.asked.text is not None:
        return probe.asked
    asked = ask(Prompt(probe.name, asked=probe.asked), protocol, model).request
    if not probe.model or not isinstance(asked.body, dict):
        return asked
    return replace(asked, body={**asked.body, "model": probe.model})
