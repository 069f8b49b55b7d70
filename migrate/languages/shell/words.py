"""The words of one shell command, with the place of every character: enough to read a `curl` call."""

from __future__ import annotations

from dataclasses import dataclass

ENDS = ";|&)\n`"
# What a character of a word stands in: single quotes, double quotes, none, or a `$(...)` or `${...}` of its own.
SINGLE, DOUBLE, BARE, EXPANDED = "'", '"', " ", "$"


@dataclass(frozen=True)
class ShellWord:
    """A word: its value without quotes, the place of each character in the text, and the quotes around all of it.

    `marks` says for each character what it stands in.
    """

    value: str
    places: tuple[int, ...]
    start: int
    end: int
    quote: str
    marks: str = ""

    def behind(self, count: int) -> ShellWord:
        """The word without its first characters."""
        marks = self.marks[count:]
        quotes = set(marks) or {BARE}
        quote = quotes.pop().strip() if len(quotes) == 1 else "mixed"
        return ShellWord(self.value[count:], self.places[count:], self.places[count], self.end, quote, marks)


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


def expansion(text: str, at: int) -> int:
    """Where a `$(...)` or `${...}` that begins at an offset ends; the offset itself where none does."""
    if not text.startswith(("$(", "${"), at):
        return at
    close = {"(": ")", "{": "}"}[text[at + 1]]
    place = at + 2
    while place < len(text) and text[place] != close:
        if text[place] == "'" and close == ")":
            place = text.find("'", place + 1)
        elif text[place] == '"':
            place = _closing(text, place)
        elif (inner := expansion(text, place)) > place:
            place = inner - 1
        elif text[place] == "\\":
            place += 1
        if place < 0:
            return at
        place += 1
    return place + 1 if place < len(text) else at


def _closing(text: str, at: int) -> int:
    """The double quote that closes the one at an offset; -1: none does."""
    place = at + 1
    while place < len(text) and text[place] != '"':
        if text[place] == "\\":
            place += 1
        place = max(expansion(text, place) - 1, place) + 1
    return place if place < len(text) else -1


class _Reading:
    """The characters of a word, as far as they are read."""

    def __init__(self, text: str) -> None:
        self.text, self.value, self.marks = text, "", ""
        self.places: list[int] = []

    def take(self, start: int, end: int, mark: str) -> int:
        self.value += self.text[start:end]
        self.marks += mark * (end - start)
        self.places += range(start, end)
        return end


def _word(text: str, at: int) -> ShellWord:
    start, read = at, _Reading(text)
    quotes: set[str] = set()
    while at < len(text) and text[at] not in " \t\r" + ENDS:
        if text[at] == "'":
            stop = text.find("'", at + 1)
            stop = len(text) if stop < 0 else stop
            at = read.take(at + 1, stop, SINGLE) + 1
            quotes.add("'")
        elif (end := expansion(text, at)) > at:
            at = read.take(at, end, EXPANDED)
            quotes.add("")
        elif text[at] == '"':
            at = _double(text, at + 1, read)
            quotes.add('"')
        else:
            at += text[at] == "\\"
            at = read.take(at, at + 1, BARE) if at < len(text) else at
            quotes.add("")
    read.places.append(at - 1 if len(quotes) == 1 and "" not in quotes else at)
    quote = quotes.pop() if len(quotes) == 1 else "mixed"
    return ShellWord(read.value, tuple(read.places), start, at, quote, read.marks)


def _double(text: str, at: int, read: _Reading) -> int:
    """Reads what stands in double quotes, and gives the place behind them."""
    while at < len(text) and text[at] != '"':
        if (end := expansion(text, at)) > at:
            at = read.take(at, end, EXPANDED)
            continue
        at += text[at] == "\\" and text[at + 1 : at + 2] in ('"', "\\", "$", "`")
        at = read.take(at, at + 1, DOUBLE) if at < len(text) else at
    return at + 1
