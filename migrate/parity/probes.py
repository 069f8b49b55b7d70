"""Requests that are meant to fail, or that their client gives up: how an engine refuses, and whether it survives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import httpx

from migrate.parity.asking import Protocol, ask
from migrate.parity.exchange import Exchange, Json, Reply, Request
from migrate.parity.prompts.prompt import Prompt
from migrate.parity.recording import Writer
from migrate.parity.sending import send

# The run that probes are recorded in, and the mark of what is asked after a client gave up.
RUN = "probes"
AFTER = "after-"
# More than TGI takes at once where nothing is set (--max-concurrent-requests 128).
BURST = 160
# Tokens of a prompt that is too long where the engine does not say how long it may be, and how soon a client gives up.
LONGEST, HASTE_S = 140_000, 0.05


@dataclass(frozen=True, slots=True)
class Probe:
    """`at_once` requests; `events` is how many chunks of the answer the client waits for, `patience_s` how long. After
    a client that gave up a plain request is asked: `then`."""

    name: str
    asked: Request
    at_once: int = 1
    events: int | None = None
    patience_s: float | None = None
    model: str = ""

    @property
    def gives_up(self) -> bool:
        return self.events is not None or self.patience_s is not None


def _native(text: str, path: str = "/generate", **parameters: Json) -> Request:
    body: Json = {"inputs": text, "parameters": {"max_new_tokens": 8, **parameters}}
    return Request("POST", path, body, {"content-type": "application/json"})


def _chat(**fields: Json) -> Request:
    said: Json = [{"role": "user", "content": "Hello"}]
    body: Json = {"messages": said, "max_tokens": 8, "temperature": 0, **fields}
    return Request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})


def probes(context: int | None = None, *, overload: bool = False) -> tuple[Probe, ...]:
    """The probes; `context` is how many tokens the engine takes. `overload` sends more at once than TGI takes."""
    story = "Once upon a time"
    found = (
        Probe("too-long", _native(" a" * ((context or LONGEST) + 1))),
        Probe("bad-parameter", _native("a", top_p=2.0)),
        Probe("bad-parameter-chat", _chat(temperature=-1)),
        Probe("malformed", Request("POST", "/v1/chat/completions", None, {"content-type": "application/json"}, "{")),
        Probe("unknown-model", _chat(), model="no-such-model"),
        Probe("chat-template", _chat()),
        Probe("cancel", _native(story, "/generate_stream", max_new_tokens=256), events=1),
        Probe("timeout", _native(story, max_new_tokens=256), patience_s=HASTE_S),
    )
    return (*found, Probe("overload", _native(story, max_new_tokens=32), at_once=BURST)) if overload else found


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
        plain = _request(Probe("", _chat()), protocol, model)
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
