"""The prompts of a recording, to ask another engine the same."""

from __future__ import annotations

from dataclasses import replace

from migrate.parity.exchange import Exchange, Json, Request
from migrate.parity.prompts.prompt import Prompt, PromptError
from migrate.parity.protocols.shape import integer, member
from migrate.parity.recording import Recording

# What this program asks for besides, so that an answer can be judged; it is asked of the other engine anew.
_NATIVE = ("details", "decoder_input_details", "top_n_tokens")
_OPENAI = ("logprobs", "top_logprobs", "return_token_ids", "stream_options")


def recorded(recording: Recording) -> tuple[Prompt, ...]:
    """Every prompt of a recording once, as often sampled as it was.

    Raises:
        PromptError: it has none.
        RecordingError: it cannot be read.
    """
    first: dict[str, Exchange] = {}
    samples: dict[str, set[str]] = {}
    for exchange in recording:
        first.setdefault(exchange.id, exchange)
        if exchange.run.startswith("sample-"):
            samples.setdefault(exchange.id, set()).add(exchange.run)
    if not first:
        raise PromptError(f"{recording.path}: has no prompts")
    return tuple(_prompt(exchange, len(samples.get(name, ()))) for name, exchange in first.items())


def _prompt(exchange: Exchange, samples: int) -> Prompt:
    asked = _as_asked(exchange.request)
    seed = integer(member(asked.body, "parameters"), "seed") or integer(asked.body, "seed") or 0
    if samples < 2:
        return Prompt(exchange.id, asked=asked, optional=exchange.optional)
    return Prompt(exchange.id, asked=asked, seed=seed, samples=samples, optional=exchange.optional)


def _as_asked(request: Request) -> Request:
    """The request without what this program put into it."""
    body = request.body
    if not isinstance(body, dict):
        return request
    if "inputs" not in body:
        return replace(request, body=_without(body, _OPENAI))
    stated = body.get("parameters")
    return replace(
        request, body={**body, "parameters": _without(stated, _NATIVE)} if isinstance(stated, dict) else body
    )


def _without(fields: dict[str, Json], names: tuple[str, ...]) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if name not in names}
