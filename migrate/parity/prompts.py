"""What engines are asked: a built-in suite, or prompts from a JSON Lines file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from migrate.parity.exchange import Json
from migrate.parity.protocols.shape import integer, items, member, number, text

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


def _raw(name: str, text: str) -> Prompt:
    return Prompt(f"raw-{name}", text)


def _chat(name: str, *said: str) -> Prompt:
    """A chat whose turns alternate, the user's first."""
    roles = ("user", "assistant")
    return Prompt(f"chat-{name}", messages=tuple((roles[at % 2], text) for at, text in enumerate(said)))


_LONG = " ".join(f"Item {number} of the list is number {number * 7 % 100}." for number in range(1, 60))

SUITE: tuple[Prompt, ...] = (
    _raw("capital", "The capital of France is"),
    _raw("word", "Hello"),
    _raw("story", "Once upon a time, in a village by the sea,"),
    _raw("numbered", "The planets of the solar system are:\n1. Mercury\n2."),
    _raw("python", "def fibonacci(n):\n    "),
    _raw("json", '{"name": "Alice", "age": 30, "city":'),
    _raw("german", "Die wichtigste Erfindung des Mittelalters war"),
    _raw("unicode", "日本の首都は"),
    _raw("emoji", "Weather today: ☀️ 🌧️ ❄️"),
    _raw("arithmetic", "12 + 30 = 42\n15 + 27 ="),
    _raw("repeat", "one two three one two three one two"),
    _raw("long-context", f"{_LONG}\nItem 17 of the list is number"),
    Prompt("raw-stop", "Q: What is the tallest mountain?\nA:", stop=("\n",)),
    _chat("capital", "What is the capital of France?"),
    _chat("explain", "Explain what a hash map is to a beginner."),
    _chat("list", "Give me three tips for a good night's sleep."),
    _chat("code", "Write a Python function that reverses a string."),
    _chat("translate", "Translate to French: Where is the train station?"),
    _chat("math", "If I have 3 apples and buy 5 more, how many do I have?"),
    _chat("turns", "My name is Bob.", "Nice to meet you, Bob.", "What is my name?"),
    _chat("unicode", "Write a short greeting in Japanese."),
    _chat("json", "Answer in JSON with the keys city and country: where is the Eiffel Tower?"),
    _chat("story", "Tell me a short story about a robot who learns to paint."),
    _chat("compare", "What is the difference between a list and a tuple?"),
    _chat("long-context", f"{_LONG} Which number has item 17?"),
    Prompt("chat-system", messages=(("system", "You answer in one sentence."), ("user", "Why is the sky blue?"))),
)


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
