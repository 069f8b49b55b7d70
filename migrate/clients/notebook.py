"""Notebooks: the code cells as one Python text, with the place of every character in the JSON file."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from migrate.source import Edit, Fragment, Source, Span

_TOKEN = re.compile(r'\s*([\[\]{},:]|"(?:[^"\\]|\\.)*"|[^\s\[\]{},:"]+)')
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
_MAGIC = re.compile(r"^([ \t]*)[%!?]", re.MULTILINE)


@dataclass(frozen=True)
class Text:
    """A JSON string with its place, quotes included."""

    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Cells(Fragment):
    """A fragment whose characters may be several in the file: `ends` has where each one ends."""

    ends: Sequence[int] = ()

    def span(self, start: int, end: int) -> Span:
        first = self.offsets[start]
        return Span(first, self.ends[end - 1] if end > start else first)

    def edit(self, start: int, end: int, replacement: str, rule: str = "") -> Edit:
        span = self.span(start, end)
        return Edit(self.source.path, span.start, span.end, self.escape(replacement), rule)


def cells(source: Source) -> Cells | None:
    """The code of all cells, in order, a line end between two; lines of magics are comments. None: no notebook."""
    try:
        tree, _ = _value(source.text, 0)
    except (ValueError, IndexError, RecursionError):
        return None
    text: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    for cell in _get(tree, "cells") or ():
        kind = _get(cell, "cell_type")
        if not isinstance(kind, Text) or kind.value != "code":
            continue
        written = _get(cell, "source")
        parts = [part for part in written if isinstance(part, Text)] if isinstance(written, list) else [written]
        parts = [part for part in parts if isinstance(part, Text)]
        if not parts:
            continue
        code = "".join(part.value for part in parts)
        text += [_masked(code), "\n"]
        for part in parts:
            for start, end, count in _characters(source.text, part):
                offsets += [start] * count
                ends += [end] * count
        offsets.append(parts[-1].end - 1)
        ends.append(parts[-1].end - 1)
    offsets.append(offsets[-1] if offsets else 0)
    whole = "".join(text)
    if len(offsets) != len(whole) + 1:
        return None
    return Cells(source, whole, offsets, lambda new: json.dumps(new, ensure_ascii=False)[1:-1], ends)


def _masked(code: str) -> str:
    """The cell with magics as comments of the same length; a cell of another language is a comment throughout."""
    if code.lstrip().startswith("%%"):
        return re.sub(r"(?m)^[^\n]", "#", code)
    return _MAGIC.sub(r"\1#", code)


def _characters(text: str, part: Text) -> list[tuple[int, int, int]]:
    return [(match.start(), match.end(), 1) for match in _ESCAPE.finditer(text, part.start + 1, part.end - 1)]


def _get(node: Any, key: str) -> Any:
    return node.get(key) if isinstance(node, dict) else None


def _value(text: str, at: int) -> tuple[Any, int]:
    """A JSON value with places of its strings, and where it ends.

    Raises:
        ValueError: no JSON.
    """
    match = _TOKEN.match(text, at)
    if match is None:
        raise ValueError(f"no JSON at {at}")
    token, end = match[1], match.end()
    if token == "{":
        return _object(text, end)
    if token == "[":
        return _array(text, end)
    if token.startswith('"'):
        return Text(match.start(1), end, json.loads(token, strict=False)), end
    return token, end


def _object(text: str, at: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        key, at = _value(text, at)
        if key == "}":
            return found, at
        if key == ",":
            continue
        colon, at = _value(text, at)
        if not isinstance(key, Text) or colon != ":":
            raise ValueError(f"no JSON at {at}")
        found[key.value], at = _value(text, at)


def _array(text: str, at: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while True:
        value, at = _value(text, at)
        if value == "]":
            return found, at
        if value != ",":
            found.append(value)
