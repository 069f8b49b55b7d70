"""The syntaxes that hold command lines, and how their blanks, quotes and brackets are skipped."""

from __future__ import annotations

from dataclasses import dataclass

BLANK = " \t\r\n"
OPERATORS = ";&|()<>"


class Unclosed(ValueError):
    """A quote or bracket that never ends; `at` is the offset where it opens."""

    def __init__(self, at: int) -> None:
        super().__init__(f"unclosed quote or bracket at {at}")
        self.at = at


@dataclass(frozen=True, slots=True)
class Dialect:
    """`operators`: `;`, `&`, `|`, `<`, `>` and brackets end a word. `doubled`: what `$$` is: an ordinary expansion of
    the shell, an `escape` for one dollar, or `kept` as written because a second reader expands it. `quoted`:
    expansions are alive inside single quotes. `specifiers`: `%i` is an expansion. `c_escapes`: `\\n` is a newline.
    `newlines`: a newline is a blank rather than the end of the command."""

    operators: bool = True
    doubled: str = "expansion"
    quoted: bool = False
    specifiers: bool = False
    c_escapes: bool = False
    comments: bool = True
    newlines: bool = False


SHELL = Dialect()
_DIALECTS = {
    "shell": SHELL,
    "make": Dialect(doubled="kept", quoted=True),
    "compose": Dialect(operators=False, doubled="escape", quoted=True, comments=False, newlines=True),
    "compose-shell": Dialect(doubled="kept", quoted=True),
    "words": Dialect(operators=False, comments=False, newlines=True),
    "systemd": Dialect(operators=False, doubled="escape", quoted=True, specifiers=True, c_escapes=True, comments=False),
}


def dialect_of(name: str) -> Dialect:
    """The rules of a dialect's name; an unknown one reads as shell."""
    return _DIALECTS.get(name, SHELL)


def line_break(text: str, at: int) -> int:
    """The length of an escaped line end (backslash, newline) at an offset, or 0."""
    if text.startswith("\\\n", at):
        return 2
    return 3 if text.startswith("\\\r\n", at) else 0


def skip_blank(text: str, at: int, end: int, comments: bool = True, newlines: bool = True) -> int:
    """The offset of the next character that is neither blank, escaped line end nor comment."""
    while at < end:
        if text[at] in BLANK and (newlines or text[at] != "\n"):
            at += 1
        elif length := line_break(text, at):
            at += length
        elif comments and text[at] == "#":
            at = _find(text, "\n", at, end)
        else:
            break
    return min(at, end)


def _find(text: str, needle: str, at: int, end: int) -> int:
    found = text.find(needle, at, end)
    return end if found < 0 else found


def skip_brackets(text: str, at: int, end: int) -> int:
    """The offset behind the bracket that closes the one at `at`; quotes inside are skipped.

    Raises:
        Unclosed: it never closes.
    """
    opening, depth, first = text[at], 0, at
    closing = {"(": ")", "{": "}"}[opening]
    while at < end:
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "'" or char == '"':
            at = skip_quotes(text, at, end) - 1
        elif char == "#" and opening == "(" and text[at - 1] in BLANK:
            at = _find(text, "\n", at, end)
        elif char == opening:
            depth += 1
        elif char == closing:
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    raise Unclosed(first)


def skip_quotes(text: str, at: int, end: int) -> int:
    """The offset behind the quotation mark that closes the one at `at`.

    Raises:
        Unclosed: it never closes.
    """
    quote, first = text[at], at
    at += 1
    while at < end and text[at] != quote:
        if quote == '"' and text[at] == "\\":
            at += 1
        elif quote == '"' and text[at] == "$" and text[at + 1 : at + 2] in ("(", "{"):
            at = skip_brackets(text, at + 1, end) - 1
        at += 1
    if at >= end:
        raise Unclosed(first)
    return at + 1
