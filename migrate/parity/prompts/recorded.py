"""The prompts of a recording, to ask another engine the same."""

from __future__ import annotations

from migrate.parity.asking import bare
from migrate.parity.exchange import Exchange
from migrate.parity.probes import RUN as PROBES
from migrate.parity.prompts.prompt import Prompt, PromptError
from migrate.parity.prompts.sendable import checked
from migrate.parity.protocols.shape import integer, member
from migrate.parity.recording import Recording


def recorded(recording: Recording) -> tuple[Prompt, ...]:
    """Every prompt of a recording once, as often sampled as it was.

    Raises:
        PromptError: it has none, or one that no engine can be sent.
        RecordingError: it cannot be read.
    """
    first: dict[str, Exchange] = {}
    samples: dict[str, set[str]] = {}
    for exchange in recording:
        if exchange.run == PROBES:
            continue
        first.setdefault(exchange.id, exchange)
        if exchange.run.startswith("sample-"):
            samples.setdefault(exchange.id, set()).add(exchange.run)
    if not first:
        raise PromptError(f"{recording.path}: has no prompts")
    prompts = (_prompt(exchange, len(samples.get(name, ()))) for name, exchange in first.items())
    return tuple(checked(str(recording.path), prompt) for prompt in prompts)


def _prompt(exchange: Exchange, samples: int) -> Prompt:
    asked = bare(exchange.request)
    seed = integer(member(asked.body, "parameters"), "seed") or integer(asked.body, "seed") or 0
    if samples < 2:
        return Prompt(exchange.id, asked=asked, optional=exchange.optional)
    return Prompt(exchange.id, asked=asked, seed=seed, samples=samples, optional=exchange.optional)
