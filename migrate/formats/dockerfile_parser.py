"""Instructions of a Dockerfile with the place of every character: continuation lines, comments in them, heredocs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.source import Fragment

_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*$")
_HEREDOC = re.compile(r"<<-?\s*([\"']?)([A-Za-z_]\w*)\1")
_FLAG = re.compile(r"--([a-z][\w-]*)(?:=(\S*))?(?:\s|\\\r?\n)+")
_HEREDOC_KEYWORDS = frozenset({"RUN", "COPY", "ADD"})
_FLAG_KEYWORDS = frozenset({"FROM", "RUN", "COPY", "ADD", "HEALTHCHECK"})


@dataclass(frozen=True)
class Instruction:
    """`body` is what follows the keyword and its flags: continuation marks are kept (always as a backslash), comment
    lines between them are left out. `start`, `end` are offsets into the text that was parsed; `end` excludes the last
    newline, `next` is where the following line begins. `heredoc`: the body holds a here-document.
    """

    keyword: str
    start: int
    end: int
    next: int
    body: Fragment
    flags: tuple[tuple[str, str], ...] = ()
    heredoc: bool = False

    def flag(self, name: str) -> str | None:
        """The value of a flag such as `--from=`; None where it is not given."""
        return next((value for flag, value in self.flags if flag == name), None)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int  # without the newline
    next: int

    def text(self, whole: str) -> str:
        return whole[self.start : self.end].removesuffix("\r")


def parse(fragment: Fragment) -> list[Instruction]:
    """The instructions in order. Never fails: what Docker would refuse is an instruction with an odd keyword."""
    lines = list(_lines(fragment.text))
    escape = _escape_character(fragment.text, lines)
    found: list[Instruction] = []
    at = 0
    while at < len(lines):
        text = lines[at].text(fragment.text).strip()
        if not text or text.startswith("#"):
            at += 1
            continue
        used = _logical_line(fragment.text, lines, at, escape)
        pieces = [lines[index] for index in used]
        at = used[-1] + 1
        keyword = text.split(None, 1)[0].upper()
        delimiters = _delimiters(fragment.text, pieces) if keyword in _HEREDOC_KEYWORDS else []
        for delimiter in delimiters:
            while at < len(lines):
                pieces.append(lines[at])
                at += 1
                if pieces[-1].text(fragment.text).strip() == delimiter:
                    break
        found.append(_instruction(fragment, keyword, pieces, escape, bool(delimiters)))
    return found


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    while start < len(text):
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        yield _Line(start, end, min(end + 1, len(text)))
        start = end + 1


def _escape_character(text: str, lines: list[_Line]) -> str:
    for line in lines:
        directive = _DIRECTIVE.match(line.text(text).strip())
        if not directive:
            break
        if directive[1].lower() == "escape" and directive[2] in ("`", "\\"):
            return directive[2]
    return "\\"


def _logical_line(text: str, lines: list[_Line], at: int, escape: str) -> list[int]:
    """Indices of the lines that one instruction is written on; comment and empty lines in between are left out."""
    used = [at]
    while lines[used[-1]].text(text).rstrip(" \t").endswith(escape):
        at += 1
        while at < len(lines) and (not (inner := lines[at].text(text).strip()) or inner.startswith("#")):
            at += 1
        if at >= len(lines):
            break
        used.append(at)
    return used


def _delimiters(text: str, pieces: list[_Line]) -> list[str]:
    return [match[2] for piece in pieces for match in _HEREDOC.finditer(piece.text(text))]


def _instruction(outer: Fragment, keyword: str, pieces: list[_Line], escape: str, heredoc: bool) -> Instruction:
    places: list[int] = []
    for piece in pieces:
        places.extend(range(piece.start, piece.next))
    last = pieces[-1]
    end = last.end - (1 if last.end > last.start and outer.text[last.end - 1] == "\r" else 0)
    while places and places[-1] >= end:
        places.pop()
    text = "".join(outer.text[place] for place in places)
    if escape != "\\":
        text = re.sub(rf"{re.escape(escape)}(?=[ \t]*\r?\n)", "\\\\", text)
    body = outer.inner(text, [*places, end], _Continuations(escape))
    at = len(text) - len(text.lstrip())
    at += len(keyword)
    flags: list[tuple[str, str]] = []
    at = _skip_blank(text, at)
    while keyword in _FLAG_KEYWORDS and (match := _FLAG.match(text, at)):
        flags.append((match[1], match[2] or ""))
        at = match.end()
    stop = max(at, len(text.rstrip()))
    return Instruction(keyword, pieces[0].start, end, last.next, body.part(at, stop), tuple(flags), heredoc)


def _skip_blank(text: str, at: int) -> int:
    match = re.compile(r"(?:\s|\\[ \t]*\r?\n)*").match(text, at)
    return match.end() if match else at


@dataclass(frozen=True, slots=True)
class _Continuations:
    escape: str

    def __call__(self, text: str) -> str:
        return text if self.escape == "\\" else text.replace("\\\n", f"{self.escape}\n")
