"""One prompt: what TGI is asked, and what any other engine is asked once the rules have translated it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from migrate.parity.exchange import Json, Request

DEFAULT_TOKENS = 64


class PromptError(ValueError):
    """A prompt that cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A raw text, the messages of a chat, or a request as TGI was `asked` it; greedy at a temperature of 0.

    `fields` are further parameters as TGI's route takes them: of /generate for a raw text, of its OpenAI route for a
    chat. A sampled prompt is asked `samples` times with a seed each. That an engine refuses an `optional` one is told
    and fails nothing: the built-in suite cannot know what its user needs.
    """

    name: str
    text: str = ""
    messages: tuple[tuple[str, str], ...] = ()
    max_tokens: int = DEFAULT_TOKENS
    temperature: float = 0.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    fields: Mapping[str, Json] = field(default_factory=dict)
    asked: Request | None = None
    samples: int = 1
    optional: bool = False
