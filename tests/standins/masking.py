"""An answer with what differs from one generation to the next masked, so that two answers can be held together."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

TEXTS = frozenset(
    {
        "text",
        "content",
        "generated_text",
        "arguments",
        "token",
        "tokens",
        "decoded_token",
        "predictions",
        "templated_text",
    }
)
IDS = frozenset({"id", "root"})
# Lists with an item for each token: what kinds of items there are counts, not how many.
PER_TOKEN = frozenset(
    {"tokens", "token_ids", "prompt_token_ids", "bytes", "top_logprobs", "top_tokens", "prompt_logprobs", "text_offset"}
    | {"token_logprobs", "tokenize_response", "content"}
)
# What the model might have said instead: any text, special or not.
ALTERNATIVES = frozenset({"top_logprobs", "top_tokens"})
KEYED_BY_TOKEN = frozenset({"top_logprobs", "prompt_logprobs"})
FIELDS = frozenset({"token", "logprob", "bytes", "rank", "decoded_token", "top_logprobs"})
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?|\[redacted\]")


def masked(value: Any, name: str = "", guessed: bool = False) -> Any:
    """Numbers by their type, generated texts and ids as there or empty, lists over tokens by their kinds of items.

    `guessed`: inside of what the model might have said, where texts may be empty and tokens special.
    """
    guessed = guessed or name in ALTERNATIVES
    if isinstance(value, dict):
        return {_key(key, name): masked(one, key, guessed) for key, one in value.items()}
    if isinstance(value, list):
        return _list(value, name, guessed)
    if guessed and (name == "special" or name in TEXTS):
        return f"<{name}>"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return type(value).__name__
    if isinstance(value, str) and value and (name in TEXTS or name in IDS):
        return f"<{name}>"
    return NUMBER.sub("#", value) if isinstance(value, str) and name in ("error", "message") else value


def _list(value: Sequence[Any], name: str, guessed: bool) -> Any:
    if guessed and name == "bytes":
        return "<bytes>"
    items = [masked(one, name, guessed) for one in value]
    if name not in PER_TOKEN:
        return items
    kinds = {json.dumps(item, sort_keys=True): item for item in items}
    return [kinds[kind] for kind in sorted(kinds)]


def _key(key: str, name: str) -> str:
    """Texts and ids of tokens are keys as well."""
    return "<token>" if name in KEYED_BY_TOKEN and key not in FIELDS else key


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """All but the date, numbers masked."""
    return {name: NUMBER.sub("#", value) for name, value in headers.items() if name != "date"}


def masked_body(text: str) -> Any:
    """A body that is JSON, or a plain text with its numbers masked."""
    try:
        body = json.loads(text)
        tokens = isinstance(body, list) and all("start" in item for item in body)
        return masked(body, "tokenize_response" if tokens else "")
    except ValueError:
        return NUMBER.sub("#", text)


def masked_stream(chunks: Sequence[str]) -> list[Any]:
    """The events, equal ones in a row once; of several answers in one stream those of each together.

    Every transfer chunk must be one event, as both engines send them.
    """
    events = []
    for chunk in chunks:
        assert chunk.startswith("data: "), chunk
        assert chunk.endswith("\n\n"), chunk
        assert "\n\n" not in chunk[:-2], chunk
        data = chunk[6:-2]
        events.append((_place(data), data if data == "[DONE]" else masked(json.loads(data))))
    events.sort(key=lambda event: event[0])
    return [event for number, (_, event) in enumerate(events) if not number or event != events[number - 1][1]]


def _place(data: str) -> int:
    """Which of several answers an event belongs to; what belongs to none comes last."""
    if data == "[DONE]":
        return 1000
    event = json.loads(data)
    choices = event.get("choices")
    if choices == []:
        return 999
    return int(choices[0]["index"]) if choices else 0
