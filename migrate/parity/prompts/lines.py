"""Prompts of a JSON Lines file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import cast

from migrate.parity.exchange import Json
from migrate.parity.prompts import captured
from migrate.parity.prompts.prompt import DEFAULT_TOKENS, Prompt, PromptError
from migrate.parity.protocols.shape import integer, items, member, number, text


def read(path: str, content: str) -> list[Prompt]:
    """{name, text | messages, max_tokens, temperature, seed, stop, samples, parameters} a line, or a body of TGI's
    /generate: {inputs, parameters}.

    Raises:
        PromptError: a line is no prompt.
    """
    numbered = enumerate(content.split("\n"), start=1)
    return [_read(f"{path}:{number}", number, line) for number, line in numbered if line.strip()]


def _read(place: str, line_number: int, line: str) -> Prompt:
    try:
        data = cast(Json, json.loads(line))
    except ValueError as error:
        raise PromptError(f"{place}: no JSON: {error}") from error
    name = text(data, "name") or f"line-{line_number}"
    if isinstance(data, dict) and text(data, "inputs"):
        body = {key: value for key, value in data.items() if key != "name"}
        return captured.prompt(name, "/generate", body)
    said = tuple((text(item, "role"), text(item, "content")) for item in items(data, "messages"))
    if not all(role and content for role, content in said):
        raise PromptError(f"{place}: each message needs role and content, both texts")
    raw = text(data, "text") or text(data, "prompt")
    if bool(said) == bool(raw):
        raise PromptError(f"{place}: a prompt needs either text or messages")
    further = member(data, "parameters")
    return Prompt(
        name,
        raw,
        said,
        integer(data, "max_tokens") or DEFAULT_TOKENS,
        number(data, "temperature") or 0.0,
        integer(data, "seed"),
        _texts(member(data, "stop")),
        further if isinstance(further, dict) else {},
        samples=max(1, integer(data, "samples") or 1),
    )


def _texts(value: Json) -> tuple[str, ...]:
    wanted: Iterable[Json] = value if isinstance(value, list) else [value]
    return tuple(item for item in wanted if isinstance(item, str))
