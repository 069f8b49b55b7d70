"""Code blocks of Markdown, reStructuredText and AsciiDoc as nested texts; prose is not looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from migrate.source import Fragment, Source, Span

_FENCE = re.compile(r"(?P<prefix>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*)(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)")
_DIRECTIVE = re.compile(r"(?P<indent>[ \t]*)\.\.[ \t]+(?:code-block|code|sourcecode|prompt)::[ \t]*(?P<info>[^\n]*)")
_LITERAL = re.compile(r"(?P<indent>[ \t]*)(?!\.\. )\S.*::[ \t]*$|(?P<alone>[ \t]*)::[ \t]*$")
_LISTING = re.compile(r"\[source(?:%\w+)?,[ \t]*(?P<info>[\w+-]+)[^\]]*\][ \t]*$")
_INDENTED = re.compile(r"(?: {4}|\t)[ \t]*\S")
_SPAN = re.compile(r"(?<!`)`([^`\r\n]+)`(?!`)")
_FIELD = re.compile(r"[ \t]*:[\w-]+:")


@dataclass(frozen=True)
class Block:
    """A code block: the language's name in lower case (empty: none said), and its lines without their indentation.

    `indented`: it is marked by nothing but its indentation.
    """

    language: str
    fragment: Fragment
    indented: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int  # with the newline

    def text(self, source: Source) -> str:
        return source.text[self.start : self.end].rstrip("\r\n")


def blocks(source: Source) -> Iterator[Block]:
    """The code blocks in order."""
    lines = _lines(source)
    if source.path.lower().endswith((".rst", ".rest")):
        return _rest(source, lines)
    if source.path.lower().endswith((".adoc", ".asciidoc")):
        return _asciidoc(source, lines)
    return _markdown(source, lines)


def spans(source: Source) -> Iterator[Fragment]:
    """The texts in single backquotes of Markdown's prose, each on one line."""
    if not source.path.lower().endswith((".rst", ".rest", ".adoc", ".asciidoc")) and "`" in source.text:
        whole = Fragment.whole(source)
        taken = [Span(block.fragment.offsets[0], block.fragment.offsets[-1]) for block in blocks(source)]
        for match in _SPAN.finditer(source.text):
            if not any(match.start() in block for block in taken):
                yield whole.part(*match.span(1))


def _lines(source: Source) -> list[_Line]:
    starts = [*source.line_starts, len(source.text)]
    return [_Line(start, end) for start, end in pairwise(starts) if end > start]


def _markdown(source: Source, lines: list[_Line]) -> Iterator[Block]:
    at = 0
    blank = True
    while at < len(lines):
        text = lines[at].text(source)
        opening = _FENCE.fullmatch(text)
        if opening and not ("`" in opening["info"] and opening["mark"][0] == "`"):
            end = _closing(source, lines, at + 1, opening["mark"])
            prefix = re.sub(r"[^\s>]", " ", opening["prefix"])
            yield Block(_language(opening["info"]), _fragment(source, lines[at + 1 : end], prefix))
            at, blank = end + 1, True
            continue
        if blank and _INDENTED.match(text):
            end = at
            while end < len(lines) and (
                _INDENTED.match(lines[end].text(source)) or not lines[end].text(source).strip()
            ):
                end += 1
            indent = text[: len(text) - len(text.lstrip())]
            yield Block("", _fragment(source, lines[at:end], indent), indented=True)
            at, blank = end, True
            continue
        blank = not text.strip()
        at += 1


def _closing(source: Source, lines: list[_Line], at: int, mark: str) -> int:
    closing = re.compile(rf"[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*")
    while at < len(lines) and not closing.fullmatch(lines[at].text(source)):
        at += 1
    return at


def _language(info: str) -> str:
    """The language that an info string names: `bash`, `{.bash}`, `{code-block} bash`, `sh title="x"`, `bash,ignore`."""
    words = re.findall(r"[\w+#.-]+", info.replace("{code-block}", " ").replace("{code}", " "))
    return words[0].lstrip(".").lower() if words else ""


def _fragment(source: Source, lines: list[_Line], prefix: str) -> Fragment:
    """The lines without the prefix; new lines get it."""
    strip = _prefix_pattern(prefix)
    places: list[int] = []
    used = prefix
    for line in lines:
        match = strip.match(source.text, line.start, line.end)
        start = match.end() if match else line.start
        if source.text[start : line.end].strip():
            used = source.text[line.start : start]
        places.extend(range(start, line.end))
    end = lines[-1].end if lines else 0
    text = "".join(source.text[place] for place in places)
    newline = source.newline + used
    return Fragment(source, text, [*places, end], lambda new: new.replace("\n", newline))


def _prefix_pattern(prefix: str) -> re.Pattern[str]:
    quotes = prefix.count(">")
    indent = len(prefix) - len(prefix.rstrip(" \t")) - (1 if quotes and prefix.endswith(" ") else 0)
    quoted = rf"(?:[ \t]*>[ ]?){{0,{quotes}}}" if quotes else ""
    return re.compile(rf"{quoted}[ \t]{{0,{max(indent, 0)}}}")


def _rest(source: Source, lines: list[_Line]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        text = lines[at].text(source)
        directive = _DIRECTIVE.fullmatch(text)
        literal = None if directive else _LITERAL.match(text)
        at += 1
        if not directive and not literal:
            continue
        opening = directive or literal
        assert opening
        outer = len((opening["indent"] or "").expandtabs())
        while directive and at < len(lines) and _FIELD.match(lines[at].text(source)):
            at += 1
        end = at
        while end < len(lines) and (not (inner := lines[end].text(source)).strip() or _indent(inner) > outer):
            end += 1
        body = [line for line in lines[at:end] if line.text(source).strip()]
        if body:
            shortest = min((line.text(source) for line in body), key=_indent)
            prefix = shortest[: len(shortest) - len(shortest.lstrip())]
            yield Block(_language(directive["info"]) if directive else "", _fragment(source, lines[at:end], prefix))
        at = end


def _indent(text: str) -> int:
    text = text.expandtabs()
    return len(text) - len(text.lstrip())


def _asciidoc(source: Source, lines: list[_Line]) -> Iterator[Block]:
    at = 0
    language = ""
    while at < len(lines):
        text = lines[at].text(source).rstrip()
        listing = _LISTING.match(text)
        at += 1
        if re.fullmatch(r"-{4,}|\.{4,}", text):
            end = at
            while end < len(lines) and lines[end].text(source).rstrip() != text:
                end += 1
            yield Block(language, _fragment(source, lines[at:end], ""))
            at = end + 1
        language = listing["info"].lower() if listing else ""
