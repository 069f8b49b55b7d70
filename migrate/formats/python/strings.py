"""A string of a Python program as a text of its own: escapes, joined literals, and the holes of f-strings."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from migrate.clients.python.code.module import Module
from migrate.source import Fragment

_LITERAL = re.compile(r"(?P<prefix>[rRuUfF]{0,2})(?P<quote>\"\"\"|'''|\"|')")
_BETWEEN = re.compile(r"(?:\s|\\\r?\n|#[^\n]*)*")
_ESCAPE = re.compile(r"\\(?:\r?\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|.)", re.DOTALL)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class _Part:
    """One literal: what stands between its quotes."""

    start: int
    end: int
    raw: bool
    formatted: bool
    quote: str


def shell_text(module: Module, node: ast.expr) -> Fragment | None:
    """The string as shell text; a hole of an f-string is a variable of the same length, and is written back as it was.

    None: no literal, or one whose parts are quoted in different ways.
    """
    if not isinstance(node, ast.JoinedStr) and not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return None
    start, end = module.span(node)
    parts = list(_parts(module.fragment.text, start, end))
    if not parts or len({(part.raw, part.formatted, part.quote) for part in parts}) != 1:
        return None
    holes: dict[str, str] = {}
    characters: list[tuple[str, int, int]] = []
    for part in parts:
        characters += _characters(module.fragment.text, part, holes)
    if len(holes) > len(_DIGITS):
        return None
    text = "".join(one for one, _, _ in characters)
    places = [*(first for _, first, _ in characters), parts[-1].end]
    return module.fragment.inner(text, places, _written(parts[0], holes), [last for _, _, last in characters])


def _parts(text: str, at: int, end: int) -> Iterator[_Part]:
    """The literals that stand one behind the other."""
    while at < end and (match := _LITERAL.match(text, at)):
        quote, prefix = match["quote"], match["prefix"].lower()
        stop = match.end()
        while stop < end and not text.startswith(quote, stop):
            stop += 2 if text[stop] == "\\" else 1
        yield _Part(match.end(), stop, "r" in prefix, "f" in prefix, quote)
        between = _BETWEEN.match(text, stop + len(quote))
        at = between.end() if between else end


def _characters(text: str, part: _Part, holes: dict[str, str]) -> Iterator[tuple[str, int, int]]:
    """Each character of the string with its place in the program; a hole's characters are those of its variable."""
    at = part.start
    while at < part.end:
        if part.formatted and text[at] in "{}":
            if text[at + 1 : at + 2] == text[at]:
                yield text[at], at, at + 2
                at += 2
                continue
            stop = _closing(text, at, part.end)
            name = _variable(stop - at, len(holes))
            holes[name] = text[at:stop]
            yield from ((one, at + index, at + index + 1) for index, one in enumerate(name))
            at = stop
        elif not part.raw and (escape := _ESCAPE.match(text, at)):
            value = ast.literal_eval(f'"{escape[0]}"') if escape[0][1] not in "\r\n" else ""
            yield from ((one, at, escape.end()) for one in value)
            at = escape.end()
        else:
            yield text[at], at, at + 1
            at += 1


def _closing(text: str, at: int, end: int) -> int:
    depth = 0
    for place in range(at, end):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return place + 1
    return end


def _variable(length: int, number: int) -> str:
    """A shell variable of a hole's length, another one for each hole."""
    return f"${'_' * (length - 2)}{_DIGITS[number % len(_DIGITS)]}"


def _written(part: _Part, holes: dict[str, str]) -> Callable[[str], str]:
    """Writes new shell text into the literal."""

    def written(new: str) -> str:
        pieces = re.split("(" + "|".join(map(re.escape, holes)) + ")", new) if holes else [new]
        return "".join(holes.get(piece) or _plain(piece, part) for piece in pieces)

    return written


def _plain(text: str, part: _Part) -> str:
    if not part.raw:
        text = text.replace("\\", "\\\\")
        text = text if len(part.quote) == 3 else text.replace("\n", "\\n").replace(part.quote, f"\\{part.quote}")
    return text.replace("{", "{{").replace("}", "}}") if part.formatted else text
