"""A file's exact text, and the only way to change it: non-overlapping edits that leave every other byte alone."""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

# Longest first: a UTF-32 mark begins like a UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class EditError(ValueError):
    """Edits that overlap or leave the text."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of a decoded text: offsets in characters from 0, `end` exclusive."""

    start: int
    end: int

    def __contains__(self, offset: int) -> bool:
        return self.start <= offset < self.end


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace `path`'s characters `start:end` by `replacement`; `rule` is the id of the rule that asked for it."""

    path: str
    start: int
    end: int
    replacement: str
    rule: str = field(default="", compare=False)


@dataclass(frozen=True)
class Source:
    """A decoded file. Undecodable bytes are one character each (lone surrogates); `text` is without byte order mark."""

    path: str
    text: str
    encoding: str = "utf-8"
    mark: bytes = b""

    @classmethod
    def decode(cls, path: str, data: bytes) -> Source:
        """Read bytes losslessly: `encode(text)` gives them back for every input."""
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                body = data[len(mark) :]
                try:
                    return cls(path, body.decode(encoding, "surrogateescape"), encoding, mark)
                except UnicodeDecodeError:
                    break
        return cls(path, data.decode("utf-8", "surrogateescape"))

    def encode(self, text: str) -> bytes:
        """The bytes of a changed text in the file's own encoding, with its mark.

        Raises:
            UnicodeEncodeError: a character that the encoding cannot hold.
        """
        return self.mark + text.encode(self.encoding, "surrogateescape")

    @property
    def newline(self) -> str:
        """The newline that new lines of this file get: the one its first line ends with."""
        at = self.text.find("\n")
        return "\r\n" if at > 0 and self.text[at - 1] == "\r" else "\n"

    @cached_property
    def line_starts(self) -> list[int]:
        starts = [0]
        at = self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """(line, column) of an offset, both from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """One file's edits by place, equal ones once; an insertion stands before a change that begins where it is.

    Raises:
        EditError: two edits overlap.
    """
    ordered: list[Edit] = []
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: (edit.start, edit.end)):
        if ordered and edit.start < ordered[-1].end:
            raise EditError(f"{edit.path}: edits overlap at {edit.start}: {ordered[-1]} and {edit}")
        ordered.append(edit)
    return ordered


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits; what lies outside them is carried over and compared once more.

    Raises:
        EditError: edits overlap or lie outside the text.
    """
    parts: list[str] = []
    kept: list[str] = []
    position = 0
    for edit in in_order(edits):
        if not 0 <= edit.start <= edit.end <= len(text):
            raise EditError(f"{edit.path}: edit {edit.start}:{edit.end} is outside the text of {len(text)} characters")
        kept.append(text[position : edit.start])
        parts += [kept[-1], edit.replacement]
        position = edit.end
    kept.append(text[position:])
    parts.append(kept[-1])
    return "".join(parts)


@dataclass(frozen=True)
class Fragment:
    """A text inside a file (a quoted shell command, a YAML scalar, a code fence), with the place of every character.

    `offsets` has one entry a character and one for the end: where it stands in the file. `escape` turns new inner
    text into what is written in the file (quotes, indentation, newlines). `ends`: where each character ends in the
    file, for a text in which one is written with several (`\\"`); None: one behind its offset.
    """

    source: Source
    text: str
    offsets: Sequence[int]
    escape: Callable[[str], str] = str
    ends: Sequence[int] | None = None

    @classmethod
    def whole(cls, source: Source) -> Fragment:
        """The file itself; new lines get the file's newline."""
        newline = source.newline
        return cls(source, source.text, range(len(source.text) + 1), lambda text: text.replace("\n", newline))

    def span(self, start: int, end: int) -> Span:
        """The file's range of the inner range; an empty range stays empty.

        A range that ends with a newline ends where the next line's text begins: between them the file may have a
        carriage return and indentation that `escape` writes behind a newline too. A newline that the file does not have
        (between two cells of a notebook) ends the range before it.
        """
        first = self.offsets[start]
        if end <= start:
            return Span(first, first)
        line = self.text[end - 1] == "\n" and self._end(end - 1) > self.offsets[end - 1]
        return Span(first, self.offsets[end] if line else self._end(end - 1))

    def _end(self, place: int) -> int:
        return self.offsets[place] + 1 if self.ends is None else self.ends[place]

    def edit(self, start: int, end: int, replacement: str, rule: str = "") -> Edit:
        """An edit of the inner text as an edit of the file."""
        span = self.span(start, end)
        return Edit(self.source.path, span.start, span.end, self.escape(replacement), rule)

    def part(self, start: int, end: int) -> Fragment:
        """The same text, narrowed."""
        ends = None if self.ends is None else self.ends[start:end]
        return Fragment(self.source, self.text[start:end], self.offsets[start : end + 1], self.escape, ends)

    def inner(
        self, text: str, places: Sequence[int], escape: Callable[[str], str], ends: Sequence[int] | None = None
    ) -> Fragment:
        """A text inside this text: `places` (`ends`) are offsets into `self.text`, `escape` writes into `self.text`."""
        offsets = [self.offsets[place] for place in places]
        outer: list[int] | None = None
        if ends is not None:
            outer = [self._end(end - 1) for end in ends]
        elif self.ends is not None:
            outer = [self._end(place) for place in places[:-1]]
        return Fragment(self.source, text, offsets, lambda new: self.escape(escape(new)), outer)
