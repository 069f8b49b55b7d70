"""The words of one shell command, with the place of every character: enough to read a `curl` call."""

from __future__ import annotations

import re
from dataclasses import dataclass

ENDS = ";|&)\n`"
_EXPANSION = re.compile(r"\$\([^()\n]*\)|\$\{[^}\n]*\}")


@dataclass(frozen=True)
class ShellWord:
    """A word: its value without quotes, the place of each character in the text, and the quotes around all of it."""

    value: str
    places: tuple[int, ...]
    start: int
    end: int
    quote: str


def words(text: str, at: int) -> tuple[list[ShellWord], int]:
    """The words from an offset to the end of the command, and where that is."""
    found = []
    while at < len(text):
        if text[at] in " \t" or text.startswith(("\\\n", "\\\r\n"), at):
            at += 1 if text[at] in " \t" else 2 if text[at + 1] == "\n" else 3
        elif text[at] in ENDS or (text[at] == "#" and (at == 0 or text[at - 1] in " \t")):
            break
        elif text[at] == "\r":
            at += 1
        else:
            word = _word(text, at)
            found.append(word)
            at = word.end
    return found, at


def _word(text: str, at: int) -> ShellWord:
    start, value = at, ""
    places: list[int] = []
    quotes: set[str] = set()
    while at < len(text) and text[at] not in " \t\r" + ENDS:
        if text[at] == "'":
            stop = text.find("'", at + 1)
            stop = len(text) if stop < 0 else stop
            value += text[at + 1 : stop]
            places += range(at + 1, stop)
            quotes.add("'")
            at = stop + 1
        elif (inner := _EXPANSION.match(text, at)) is not None:
            value += inner[0]
            places += range(at, inner.end())
            quotes.add("")
            at = inner.end()
        elif text[at] == '"':
            at += 1
            quotes.add('"')
            while at < len(text) and text[at] != '"':
                at += text[at] == "\\" and text[at + 1 : at + 2] in ('"', "\\", "$", "`")
                value += text[at : at + 1]
                places.append(at)
                at += 1
            at += 1
        else:
            at += text[at] == "\\"
            value += text[at : at + 1]
            places.append(at)
            quotes.add("")
            at += 1
    places.append(at - 1 if len(quotes) == 1 and "" not in quotes else at)
    return ShellWord(value, tuple(places), start, at, quotes.pop() if len(quotes) == 1 else "mixed")
