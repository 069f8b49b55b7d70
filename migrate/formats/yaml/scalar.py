"""A YAML scalar as a text inside the file: what it says, where each character stands, and how new text is written
into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import yaml
from yaml import ScalarNode

from migrate.formats.yaml.tree import Loader, mask, span
from migrate.source import Edit, Fragment, Source

_HEADER = re.compile(r"[|>](?P<marks>[-+0-9]*)[^\n]*\n?")
_LINE = re.compile(r"[^\n]*(?:\n|$)")
_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b"}
_ESCAPES |= {"N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}
_HEX = {"x": 2, "u": 4, "U": 8}
_MUST_ESCAPE = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|0o[0-7]+")  # YAML 1.2 knows more numbers than PyYAML
_BREAK = re.compile(r"[ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*")


def fragment(source: Source, node: ScalarNode, layout: bool = False) -> Fragment:
    """The scalar's value with the file's place of every character, and the escape of its style.

    `layout`: folded line breaks read as newlines instead of blanks, and a newline is written as a line break that
    folds:
    for a reader that takes both for blanks and writes in the layout of the lines.
    """
    if node.style in ("|", ">"):
        return _block(source, node, layout)
    place = span(source, node)
    text, offsets, ends = _flow(source.text, place.start, place.end, node.style or None, layout)
    return Fragment(source, text, offsets, _flow_escape(source, node, layout), ends)


def value(source: Source, node: ScalarNode) -> str:
    """What the scalar says, templates and undecodable bytes as they are in the file."""
    return fragment(source, node).text


def _block(source: Source, node: ScalarNode, layout: bool) -> Fragment:
    place = span(source, node)
    header = _HEADER.match(source.text, place.start)
    assert header  # a block scalar's text begins with its mark
    start, limit = header.end(), max(header.end(), node.end_mark.index)
    end = place.end if "+" not in header["marks"] else limit
    lines = [(match.start(), match.end()) for match in _LINE.finditer(source.text, start, max(start, end)) if match[0]]
    indent = _block_indent(source, node, header["marks"], lines)
    text, offsets = _join(source.text, lines, indent, folded=node.style == ">" and not layout)
    if lines and "-" not in header["marks"] and not text.endswith("\n") and source.text[end:limit]:
        text, offsets = text + "\n", [*offsets, end]
        final = end + len(source.newline)
    else:
        final = max(start, end)
    pad = source.newline + " " * indent
    written = pad if layout or node.style == "|" else source.newline + pad
    return Fragment(source, text, [*offsets, min(final, limit)], lambda new: new.replace("\n", written))


def _block_indent(source: Source, node: ScalarNode, marks: str, lines: Sequence[tuple[int, int]]) -> int:
    digits = re.sub(r"\D", "", marks)
    texts = [source.text[start:end] for start, end in lines]
    filled = [len(text) - len(text.lstrip(" ")) for text in texts if text.strip()]
    if not digits:
        return filled[0] if filled else node.start_mark.column
    line = source.text[source.text.rfind("\n", 0, node.start_mark.index) + 1 : node.start_mark.index]
    return (
        len(line) - len(line.lstrip(" -")) + int(digits) if line.lstrip().startswith("- ") else _own(line) + int(digits)
    )


def _own(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _join(text: str, lines: Sequence[tuple[int, int]], indent: int, folded: bool) -> tuple[str, list[int]]:
    """The lines of a block without their indentation; folded: a break between two plain lines is a blank."""
    said: list[str] = []
    offsets: list[int] = []
    contents = [
        (min(start + indent, _content_end(text, start, end)), _content_end(text, start, end)) for start, end in lines
    ]
    for index, (start, end) in enumerate(contents):
        said.append(text[start:end])
        offsets.extend(range(start, end))
        if text[lines[index][1] - 1] != "\n":
            continue
        mark = "\n"
        if folded and index + 1 < len(contents):
            following = [text[first:last] for first, last in contents[index + 1 :]]
            mark = _fold(text[start:end], following)
        said.append(mark)
        offsets.extend([end] * len(mark))
    return "".join(said), offsets


def _fold(line: str, following: Sequence[str]) -> str:
    """What the break behind a line of a folded block becomes."""
    if not line or line[0] in " \t":
        return "\n"
    behind = next((text for text in following if text), "")
    if behind[:1] in (" ", "\t"):
        return "\n"
    return " " if following[0] else ""


def _content_end(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip("\r\n"))


_TREATED = {None: re.compile(r"[\r\n]"), "'": re.compile(r"[\r\n']"), '"': re.compile(r"[\r\n\\]")}


def _flow(text: str, start: int, end: int, style: str | None, layout: bool) -> tuple[str, list[int], list[int]]:
    """Plain and quoted scalars: escapes undone, line breaks folded."""
    at, stop = (start, end) if style is None else (start + 1, end - 1)
    if not _TREATED[style].search(text, at, stop):
        return text[at:stop], [*range(at, stop), max(at, stop)], [*range(at + 1, stop + 1)]
    said: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    while at < stop:
        piece, length = _piece(text, at, stop, style, layout)
        said.append(piece)
        offsets.extend([at] * len(piece))
        ends.extend([at + length] * len(piece))
        at += length
    return "".join(said), [*offsets, max(at, stop)], ends


def _piece(text: str, at: int, stop: int, style: str | None, layout: bool) -> tuple[str, int]:
    """The next characters of the value and the length of their text."""
    if style == '"' and text[at] == "\\":
        return _unescape(text, at)
    if style == "'" and text.startswith("''", at):
        return "'", 2
    if text[at] in " \t\r\n" and (match := _BREAK.match(text, at, stop)):
        empty = match[0].count("\n") - 1
        return "\n" if layout else "\n" * empty or " ", len(match[0])
    return text[at], 1


def _unescape(text: str, at: int) -> tuple[str, int]:
    mark = text[at + 1]
    if mark in _HEX:
        return chr(int(text[at + 2 : at + 2 + _HEX[mark]], 16)), 2 + _HEX[mark]
    if mark in "\r\n":
        return "", 1 + len(re.match(r"\r?\n[ \t]*", text[at + 1 :])[0])  # type: ignore[index]
    return _ESCAPES.get(mark, mark), 2


def _flow_escape(source: Source, node: ScalarNode, layout: bool) -> Callable[[str], str]:
    place = span(source, node)
    lines = source.text[place.start : place.end].split("\n")
    pad = lines[1][: len(lines[1]) - len(lines[1].lstrip(" \t"))] if len(lines) > 1 else ""
    written = source.newline + pad if layout else (source.newline * 2 + pad)
    if node.style == "'":
        return lambda new: new.replace("'", "''").replace("\n", written)
    if node.style == '"':
        return lambda new: _double(new).replace("\n", written if layout and pad else "\\n")
    return lambda new: new.replace("\n", written)


def _double(text: str) -> str:
    return "".join(_MUST_ESCAPE.get(char, char) for char in text)


def settle(source: Source, node: ScalarNode, edits: Sequence[Edit], flow: bool = False) -> list[Edit]:
    """Edits inside a scalar, or one edit that writes it in quotes where a plain scalar could not hold the new text."""
    if node.style or not edits:
        return list(edits)
    place = span(source, node)
    new, shift = source.text[place.start : place.end], place.start
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        new = new[: edit.start - shift] + edit.replacement + new[edit.end - shift :]
    if is_plain(new, flow):
        return list(edits)
    quoted = "'" + new.replace("'", "''") + "'"
    return [Edit(source.path, place.start, place.end, quoted, edits[0].rule)]


def is_plain(text: str, flow: bool = False) -> bool:
    """Whether a text can stand without quotes and be read as a string (a number or `yes` cannot)."""
    masked = mask(text)
    if "\t" in masked or _NUMBER.fullmatch(masked):
        return False
    try:
        node = yaml.compose(f"[{masked}]" if flow else f"- {masked}", Loader)
    except yaml.YAMLError:
        return False
    first = node.value[0] if node is not None and len(node.value) == 1 else None
    if not isinstance(first, ScalarNode) or first.style or first.tag != "tag:yaml.org,2002:str":
        return False
    return "".join(str(first.value).split()) == "".join(masked.split()) and masked == masked.strip()


def written(text: str, style: str | None, flow: bool = False) -> str:
    """A value as a new scalar on one line: in the style of its neighbours where that can hold it."""
    if style not in ("'", '"') and is_plain(text, flow) and "\n" not in text:
        return text
    if text.isprintable() and (style == "'" or '"' in text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + _double(text).replace("\n", "\\n") + '"'
