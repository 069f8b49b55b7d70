"""Prompts of a JSON Lines file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from migrate.parity.exchange import Json
from migrate.parity.prompts.prompt import DEFAULT_TOKENS, Prompt, PromptError
from migrate.parity.protocols.shape import integer, items, member, number, text


def load(path: Path) -> tuple[Prompt, ...]:
    """Prompts of a JSON Lines file: {name, text | messages, max_tokens, temperature, seed, stop} a line.

    Raises:
        PromptError: a line is no prompt, or two have the same name.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path}: {error}") from error
    prompts = [_read(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    names = [prompt.name for prompt in prompts]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or not prompts:
        raise PromptError(f"{path}: {'no prompts' if twice is None else f'two prompts are named {twice}'}")
    return tuple(prompts)


def _read(path: Path, line_number: int, line: str) -> Prompt:
    try:
        data = cast(Json, json.loads(line))
    except ValueError as error:
        raise PromptError(f"{path}:{line_number}: no JSON: {error}") from error
    said = tuple((text(item, "role"), text(item, "content")) for item in items(data, "messages"))
    raw = text(data, "text") or text(data, "prompt")
    if bool(said) == bool(raw):
        raise PromptError(f"{path}:{line_number}: a prompt needs either text or messages")
    return Prompt(
        text(data, "name") or f"line-{line_number}",
        raw,
        said,
        integer(data, "max_tokens") or DEFAULT_TOKENS,
        number(data, "temperature") or 0.0,
        integer(data, "seed"),
        _texts(member(data, "stop")),
    )


def _texts(value: Json) -> tuple[str, ...]:
    wanted: Iterable[Json] = value if isinstance(value, list) else [value]
    return tuple(item for item in wanted if isinstance(item, str))
