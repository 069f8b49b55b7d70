"""Notebooks: cells as texts of their own, with the place of every character in the JSON file."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from migrate.source import Fragment, Source

_TOKEN = re.compile(r'\s*([\[\]{},:]|"(?:[^"\\]|\\.)*"|[^\s\[\]{},:"]+)')
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
_MAGIC = re.compile(r"^[ \t]*(?:[%!?](?:[^\n]*\\\n)*[^\n]*|[\w.]+\?{1,2}[ \t]*$)", re.MULTILINE)
_CELL = re.compile(r"\s*%%(\w+)")
_FILE = re.compile(r"\s*%%(?:writefile|file)[ \t]+(?P<name>[^\s-][^\s]*)[ \t]*\n")
# Cell magics whose other lines are Python.
_PYTHON = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "skip", "debug"})
_SHELLS = frozenset({"bash", "sh", "script", "shell", "!"})
_LINES = re.compile(r"^[ \t]*(?:!+|%sx[ \t]+|%(?=(?:pip|conda|uv)\b))((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)


@dataclass(frozen=True)
class Text:
    """A JSON string with its place, quotes included."""

    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Cell:
    """A cell: its number from 1, its kind (code, markdown, raw), its text; `joint` stands between two of its lines."""

    number: int
    kind: str
    fragment: Fragment
    joint: str


@dataclass(frozen=True)
class Broken:
    """A code cell that is no Python: its number from 1, the line inside it, the reason, its text."""

    cell: int
    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Written:
    """A cell that is a file of its own: the name that it is written under, its text."""

    name: str
    fragment: Fragment


@dataclass(frozen=True)
class Notebook:
    """`code`: all Python as one text; `shell`: what magics run in a shell; `text`: documents between.

    `broken`: cells that are no Python; the rest is read. `written`: what `%%writefile` puts into files.
    """

    code: Fragment
    shell: tuple[Fragment, ...]
    text: tuple[Fragment, ...]
    broken: tuple[Broken, ...]
    written: tuple[Written, ...] = ()


def notebook(source: Source) -> Notebook | None:
    """The notebook's texts; None: it is none. Lines of magics are comments in the code."""
    try:
        found = list(_cells(source))
    except (ValueError, IndexError, RecursionError):
        return None
    code = [cell for cell in found if cell.kind == "code"]
    masked = [_masked(cell.fragment.text) for cell in code]
    broken = []
    for index, cell in enumerate(code):
        if error := _mistake(masked[index]):
            broken.append(Broken(cell.number, error.lineno or 1, error.msg, cell.fragment.text))
            masked[index] = _comment(cell.fragment.text)
    shell = tuple(one for cell in code for one in _shell(cell.fragment))
    text = tuple(cell.fragment for cell in found if cell.kind == "markdown")
    written = tuple(one for cell in code if (one := _written(cell.fragment)))
    return Notebook(_joined(source, code, masked), shell, text, tuple(broken), written)


def _written(fragment: Fragment) -> Written | None:
    match = _FILE.match(fragment.text)
    return Written(match["name"].strip("\"'"), fragment.part(match.end(), len(fragment.text))) if match else None


def _mistake(text: str) -> SyntaxError | None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError) as error:
        return SyntaxError(str(error))
    return None


def _joined(source: Source, code: Sequence[Cell], masked: Sequence[str]) -> Fragment:
    """All cells in order, a line end between two; new lines are strings of their own where every cell has them so."""
    text: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    for cell, one in zip(code, masked, strict=True):
        text += [one, "\n"]
        places = list(cell.fragment.offsets)
        offsets += places
        ends += [*(cell.fragment.ends or ()), places[-1]]
    offsets.append(offsets[-1] if offsets else 0)
    joints = {cell.joint for cell in code}
    escape = _escape(joints.pop() if len(joints) == 1 else "")
    return Fragment(source, "".join(text), offsets, escape, ends)


def _masked(code: str) -> str:
    """The cell with magics as comments of the same length; a cell of another language is a comment throughout."""
    magic = _CELL.match(code)
    if magic and magic[1] not in _PYTHON:
        return _comment(code)
    return _MAGIC.sub(lambda match: _comment(match[0]), code)


def _comment(text: str) -> str:
    """As many comment signs as the text has characters, in the same lines."""
    return re.sub(r"[^\n]", "#", text)


def _shell(fragment: Fragment) -> Iterator[Fragment]:
    """The commands of a cell that a shell runs: all of a `%%bash` cell, the lines behind `!`, `%pip` and the like."""
    text = fragment.text
    magic = _CELL.match(text)
    if magic and magic[1] in _SHELLS:
        first = text.find("\n")
        if first >= 0:
            yield fragment.part(first + 1, len(text))
    elif not magic or magic[1] in _PYTHON:
        for match in _LINES.finditer(text):
            yield fragment.part(match.start(1), match.end(1))


# --- the file ---


def _cells(source: Source) -> Iterator[Cell]:
    """
    Raises:
        ValueError: no JSON.
    """
    tree, _ = _value(source.text, 0)
    for number, cell in enumerate(_get(tree, "cells") or (), 1):
        kind = _get(cell, "cell_type")
        written = _get(cell, "source")
        parts = [part for part in (written if isinstance(written, list) else [written]) if isinstance(part, Text)]
        if isinstance(kind, Text) and parts:
            lead = re.search(r"\s*\Z", source.text[: parts[0].start]) if isinstance(written, list) else None
            joint = f'",{lead[0] or " "}"' if lead else ""
            yield Cell(number, kind.value, _fragment(source, parts, joint), joint)


def _fragment(source: Source, parts: Sequence[Text], joint: str) -> Fragment:
    offsets: list[int] = []
    ends: list[int] = []
    for part in parts:
        for match in _ESCAPE.finditer(source.text, part.start + 1, part.end - 1):
            offsets.append(match.start())
            ends.append(match.end())
    offsets.append(parts[-1].end - 1)
    code = "".join(part.value for part in parts)
    if len(offsets) != len(code) + 1:
        raise ValueError("a text that is not written as JSON writes it")
    return Fragment(source, code, offsets, _escape(joint), ends)


def _escape(joint: str) -> Callable[[str], str]:
    """Writes new text as JSON; in a list of lines, each new line is a string of its own (`joint` stands between)."""

    def escape(new: str) -> str:
        text = json.dumps(new, ensure_ascii=False)[1:-1]
        return text.replace("\\n", f"\\n{joint}") if joint else text

    return escape


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
