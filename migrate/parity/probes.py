"""Requests that are meant to fail, or that their client gives up: how an engine refuses, and whether it survives."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.parity.exchange import Json, Request

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


def chat(**fields: Json) -> Request:
    said: Json = [{"role": "user", "content": "Hello"}]
    body: Json = {"messages": said, "max_tokens": 8, "temperature": 0, **fields}
    return Request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})


def probes(context: int | None = None, *, overload: bool = False) -> tuple[Probe, ...]:
    """The probes; `context` is how many tokens the engine takes. `overload` sends more at once than TGI takes."""
    story = "Once upon a time"
    found = (
        Probe("too-long", _native(" a" * ((context or LONGEST) + 1))),
        Probe("bad-parameter", _native("a", top_p=2.0)),
        Probe("bad-parameter-chat", chat(temperature=-1)),
        Probe("malformed", Request("POST", "/v1/chat/completions", None, {"content-type": "application/json"}, "{")),
        Probe("unknown-model", chat(), model="no-such-model"),
        Probe("chat-template", chat()),
        Probe("cancel", _native(story, "/generate_stream", max_new_tokens=256), events=1),
        Probe("timeout", _native(story, max_new_tokens=256), patience_s=HASTE_S),
    )
    return (*found, Probe("overload", _native(story, max_new_tokens=32), at_once=BURST)) if overload else found
