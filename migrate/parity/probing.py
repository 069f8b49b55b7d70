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
from migrate.parity.recording import Writer
from migrate.parity.sending import send


async def record_probes(
    client: httpx.AsyncClient,
    writer: Writer,
    wanted: Sequence[Probe],
    protocol: Protocol,
    progress: Callable[[str], None],
) -> None:
    """Ask what is not recorded yet, one probe after the other.

    Raises:
        OSError: the recording cannot be written.
    """
    waiting = [probe for probe in wanted if (f"probe-{probe.name}", RUN) not in writer.done]
    for number, probe in enumerate(waiting, start=1):
        for exchange in await _probe(client, probe, protocol, writer.engine.model):
            writer.write(exchange)
        progress(f"{RUN}: {number} of {len(waiting)}")


async def _probe(client: httpx.AsyncClient, probe: Probe, protocol: Protocol, model: str) -> list[Exchange]:
    asked = _request(probe, protocol, model)
    replies = await asyncio.gather(*(_send(client, probe, asked) for _ in range(probe.at_once)))
    refused = next((reply for reply in replies if not 200 <= reply.status < 300), replies[-1])
    found = [Exchange(f"probe-{probe.name}", asked, refused, RUN)]
    if probe.gives_up:
        plain = _request(Probe("", chat()), protocol, model)
        found.append(Exchange(f"probe-{AFTER}{probe.name}", plain, await send(client, plain), RUN))
    return found


async def _send(client: httpx.AsyncClient, probe: Probe, asked: Request) -> Reply:
    """A reply that the client gave up on purpose is no failure of the engine."""
    reply = await send(client, asked, within_s=probe.patience_s, events=probe.events)
    return replace(reply, failure="") if probe.gives_up else reply


def _request(probe: Probe, protocol: Protocol, model: str) -> Request:
    """Probes are translated as prompts are; what is no JSON goes as it is."""
    if probe.asked.text is not None:
        return probe.asked
    asked = ask(Prompt(probe.name, asked=probe.asked), protocol, model).request
    if not probe.model or not isinstance(asked.body, dict):
        return asked
    return replace(asked, body={**asked.body, "model": probe.model})
