"""One prompt: what an engine is asked, whichever engine it is."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_TOKENS = 64


class PromptError(ValueError):
    """A prompt that cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A raw text, or the messages of a chat; greedy at a temperature of 0."""

    name: str
    text: str = ""
    messages: tuple[tuple[str, str], ...] = ()
    max_tokens: int = DEFAULT_TOKENS
    temperature: float = 0.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
