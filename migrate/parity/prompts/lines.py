"""Prompts of a JSON Lines file."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, cast

import msgspec
from msgspec import Meta, Struct

from migrate.parity.exchange import Json
from migrate.parity.prompts import captured
from migrate.parity.prompts.prompt import DEFAULT_TOKENS, Prompt, PromptError
from migrate.parity.protocols.shape import items, text

Kind = TypeVar("Kind", bound="Limits")

# More samples of one prompt than this tell nothing more, and each is a request.
MOST_SAMPLES = 10_000


class Limits(Struct, frozen=True):
    """How an answer is asked for, as every kind of file that a person writes has it; what is null counts as left out.
    Engines take seeds of 64 bits."""

    max_tokens: Annotated[int, Meta(ge=1)] | None = None
    temperature: Annotated[float, Meta(ge=0)] | None = None
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None


class _Line(Limits, frozen=True):
    name: str | None = None
    text: str | None = None
    prompt: str | None = None
    messages: list[Any] | None = None
    stop: str | list[str] | None = None
    samples: Annotated[int, Meta(ge=1, le=MOST_SAMPLES)] | None = None
    parameters: dict[str, Any] | None = None


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
    except (ValueError, RecursionError) as error:
        raise PromptError(f"{place}: no JSON: {error}") from error
    if isinstance(data, dict) and text(data, "inputs"):
        body = {key: value for key, value in data.items() if key != "name"}
        return captured.prompt(text(data, "name") or f"line-{line_number}", "/generate", body)
    return _prompt(place, line_number, data)


def _prompt(place: str, line_number: int, data: Json) -> Prompt:
    said = tuple((text(item, "role"), text(item, "content")) for item in items(data, "messages"))
    if not all(role and content for role, content in said):
        raise PromptError(f"{place}: each message needs role and content, both texts")
    raw = text(data, "text") or text(data, "prompt")
    if bool(said) == bool(raw):
        raise PromptError(f"{place}: a prompt needs either text or messages")
    _spelled(place, data)
    given = convert(place, data, _Line)
    stop = given.stop or ()
    return Prompt(
        given.name or f"line-{line_number}",
        raw,
        said,
        given.max_tokens or DEFAULT_TOKENS,
        given.temperature or 0.0,
        given.seed,
        (stop,) if isinstance(stop, str) else tuple(stop),
        given.parameters or {},
        samples=given.samples or 1,
    )


def convert(place: str, data: object, kind: type[Kind]) -> Kind:
    """What a person wrote as fields of their types.

    Raises:
        PromptError: a field of another type, or beyond its limits.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise PromptError(f"{place}: {error}") from error


def _spelled(place: str, data: Json) -> None:
    """Fields that mean nothing here are a file's own business, but for those that were meant to mean something.

    Raises:
        PromptError: a field that is nearly one of ours.
    """
    known = _Line.__struct_fields__
    for name in data if isinstance(data, dict) else ():
        near = get_close_matches(name, known, n=1, cutoff=0.8) if name not in known else []
        if near:
            raise PromptError(f"{place}: {name} is no field of a prompt: did you mean {near[0]}?")
