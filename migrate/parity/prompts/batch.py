"""Prompts of an OpenAI batch file: {custom_id, method, url, body} a line.

https://platform.openai.com/docs/guides/batch
"""

from __future__ import annotations

from collections.abc import Mapping

from migrate.parity.exchange import Json
from migrate.parity.prompts import captured
from migrate.parity.prompts.prompt import Prompt, PromptError
from migrate.parity.protocols.shape import member, text
from migrate.parity.stream import parse


def claims(first: Mapping[str, Json]) -> bool:
    """Whether a first line is one of a batch."""
    return "url" in first and "body" in first and "method" in first and "custom_id" in first


def read(path: str, content: str) -> list[Prompt]:
    """The prompts of a batch.

    Raises:
        PromptError: a line is no request, or of a route that generates nothing.
    """
    numbered = enumerate(content.split("\n"), start=1)
    return [_prompt(f"{path}:{number}", number, parse(line)) for number, line in numbered if line.strip()]


def _prompt(place: str, number: int, data: Json) -> Prompt:
    if not isinstance(data, dict):
        raise PromptError(f"{place}: no JSON object")
    path, body = captured.route(text(data, "method"), text(data, "url")), member(data, "body")
    if not path:
        url = f"{text(data, 'method')} {text(data, 'url')}"
        raise PromptError(f"{place}: {url}: only chat and text completions can be compared")
    if not captured.asks(body):
        raise PromptError(f"{place}: body holds neither messages nor prompt")
    return captured.prompt(text(data, "custom_id") or f"line-{number}", path, body)
