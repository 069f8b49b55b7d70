"""What no engine can be sent: found when prompts are read, not when half of them were asked."""

from __future__ import annotations

import math

from migrate.parity.exchange import Json
from migrate.parity.prompts.prompt import Prompt, PromptError

# No request of a client comes near it; whoever walks through one may recurse.
DEEPEST = 100


def checked(place: str, prompt: Prompt) -> Prompt:
    """The prompt, once it is known that it can be written as JSON and in UTF-8.

    Raises:
        PromptError: it cannot; `place` is the file that it stands in.
    """
    said: list[Json] = [text for message in prompt.messages for text in message]
    body = prompt.asked.body if prompt.asked else None
    why = refusal([prompt.text, said, prompt.temperature, list(prompt.stop), dict(prompt.fields), body])
    if why:
        raise PromptError(f"{place}: prompt {prompt.name}: holds {why}")
    return prompt


def refusal(value: Json) -> str:
    """Why a value can be sent to nobody, nothing where it can."""
    waiting = [(value, 0)]
    while waiting:
        here, depth = waiting.pop()
        if depth > DEEPEST:
            return f"more than {DEEPEST} levels of lists and objects"
        if isinstance(here, float) and not math.isfinite(here):
            return "NaN or an infinite number, which JSON does not have"
        if isinstance(here, str) and not _encodable(here):
            return "half a character (a lone surrogate such as \\ud800), which UTF-8 does not have"
        inner = [*here, *here.values()] if isinstance(here, dict) else here if isinstance(here, list) else ()
        waiting += [(each, depth + 1) for each in inner]
    return ""


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
