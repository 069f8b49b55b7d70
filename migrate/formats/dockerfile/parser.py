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
    """`body` is what follows the keyword and its flags, at its own length: continuation marks are backslashes, and
    comment lines between them are blank continued lines. `start`, `end` are offsets into the text that was parsed;
    `end` excludes the last newline, `next` is where the following line begins. `heredoc`: the body holds a
    here-document.
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
        last, masked = _logical_line(fragment.text, lines, at, escape)
        keyword = text.split(None, 1)[0].upper()
        delimiters = [match[2] for match in _HEREDOC.finditer(masked)] if keyword in _HEREDOC_KEYWORDS else []
        first, behind = lines[at], last + 1
        for delimiter in delimiters:
            while behind < len(lines):
                behind += 1
                if lines[behind - 1].text(fragment.text).strip() == delimiter:
                    break
        at = behind
        masked += fragment.text[lines[last].next : lines[behind - 1].next]
        found.append(_instruction(fragment, keyword, first, lines[behind - 1], masked, escape, bool(delimiters)))
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


def _logical_line(text: str, lines: list[_Line], at: int, escape: str) -> tuple[int, str]:
    """The last line of an instruction, and its text at the same length with comments as blank continued lines."""
    masked = [_continued(text, lines[at], escape)]
    while lines[at].text(text).rstrip(" \t").endswith(escape):
        end = at + 1
        while end < len(lines) and (not (inner := lines[end].text(text).strip()) or inner.startswith("#")):
            end += 1
        if end >= len(lines):
            break
        masked += [_blank(text, line) for line in lines[at + 1 : end]]
        at = end
        masked.append(_continued(text, lines[at], escape))
    return at, "".join(masked)


def _continued(text: str, line: _Line, escape: str) -> str:
    """A line whose continuation mark, where it has one, is a backslash right before the newline."""
    whole = text[line.start : line.next]
    match = re.search(rf"{re.escape(escape)}([ \t]*)(\r?\n)$", whole)
    return f"{whole[: match.start()]}{match[1]}\\{match[2]}" if match else whole


def _blank(text: str, line: _Line) -> str:
    """A comment inside an instruction as blanks and a continuation mark; an empty line has no room and stays."""
    whole = text[line.start : line.next]
    body = whole.rstrip("\r\n")
    return f"{' ' * (len(body) - 1)}\\{whole[len(body) :]}" if body else whole


def _instruction(
    outer: Fragment, keyword: str, first: _Line, last: _Line, masked: str, escape: str, heredoc: bool
) -> Instruction:
    end = last.end - (1 if last.end > last.start and outer.text[last.end - 1] == "\r" else 0)
    text = masked[: end - first.start]
    body = outer.inner(text, range(first.start, end + 1), _Continuations(escape))
    at = _skip_blank(text, len(text) - len(text.lstrip()) + len(keyword))
    flags: list[tuple[str, str]] = []
    while keyword in _FLAG_KEYWORDS and (match := _FLAG.match(text, at)):
        flags.append((match[1], match[2] or ""))
        at = match.end()
    stop = max(at, len(text.rstrip()))
    return Instruction(keyword, first.start, end, last.next, body.part(at, stop), tuple(flags), heredoc)


def _skip_blank(text: str, at: int) -> int:
    match = re.compile(r"(?:\s|\\[ \t]*\r?\n)*").match(text, at)
    return match.end() if match else at


@dataclass(frozen=True, slots=True)
class _Continuations:
    escape: str

    def __call__(self, text: str) -> str:
        return text if self.escape == "\\" else text.replace("\\\n", f"{self.escape}\n")
