"""What both stand-ins share besides the pretended model: texts of conversations, JSON and events as bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any


def together(streams: list[Iterator[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """One event of each in turn."""
    while streams:
        for stream in list(streams):
            event = next(stream, None)
            if event is None:
                streams.remove(stream)
            else:
                yield event


def texts(messages: Sequence[dict[str, Any]]) -> list[str]:
    """The texts of a conversation."""
    parts = (message.get("content") or "" for message in messages)
    return [part if isinstance(part, str) else " ".join(str(p.get("text", "")) for p in part) for part in parts]


def compact(value: Any) -> bytes:
    """JSON as both engines write it; lone surrogates are kept."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def event(data: Any) -> bytes:
    """A server-sent event; a text is sent as it is."""
    return b"data: " + (data.encode() if isinstance(data, str) else compact(data)) + b"\n\n"
