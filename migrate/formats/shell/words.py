"""Reads one word of a command line: where it ends, what the process sees of it, and where each character stands.

The syntaxes that hold command lines (shell, a recipe of make, a unit of systemd, a compose string) differ in what a
dollar, a backslash and an operator mean; `Dialect` says how.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from migrate.formats.shell.syntax import (
    BLANK,
    OPERATORS,
    SHELL,
    Dialect,
    Unclosed,
    line_break,
    skip_brackets,
    skip_quotes,
)

# Characters that no dialect treats, so that most words are read in one step.
_PLAIN = re.compile(r"[\w./:=,@+-]+")
_DOUBLE_ESCAPES = '"\\$`'
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "s": " "}


@dataclass(frozen=True, slots=True)
class Lexed:
    """A word `start:end` of a text. `places` has the offset of every character of `value`, and one for the end.

    `quote` is the quotation mark where a single quoted part is the whole word, else empty. `inside` are the ranges of
    the commands in it (`$(...)`, backquotes). `ends`: where each character of `value` ends (some are written with
    two).
    """

    start: int
    end: int
    value: str
    places: tuple[int, ...]
    expression: bool
    quote: str = ""
    inside: tuple[tuple[int, int], ...] = ()
    ends: tuple[int, ...] = ()


@dataclass(slots=True)
class _Reader:
    text: str
    at: int
    stop: int
    dialect: Dialect
    value: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    expression: bool = False
    end: int = 0
    inside: list[tuple[int, int]] = field(default_factory=list)

    def take(self, count: int = 1) -> None:
        end = self.at + count
        self.value.extend(self.text[self.at : end])
        self.places.extend(range(self.at, end))
        self.ends.extend(range(self.at + 1, end + 1))
        self.skip(count)

    def skip(self, count: int = 1) -> None:
        self.at += count
        self.end = self.at

    def put(self, char: str, count: int) -> None:
        self.value.append(char)
        self.places.append(self.at)
        self.ends.append(self.at + count)
        self.skip(count)

    def expand(self, end: int) -> None:
        self.expression = True
        self.take(end - self.at)

    def ahead(self, index: int = 1) -> str:
        return self.text[self.at + index : self.at + index + 1] if self.at + index < self.stop else ""

    def template(self) -> bool:
        """A placeholder of a template language, blanks included: `{{ x }}`, `${{ x }}`."""
        for opening in ("${{", "{{"):
            if self.text.startswith(opening, self.at):
                end = self.text.find("}}", self.at, self.stop)
                if end >= 0 and "\n" not in self.text[self.at : end]:
                    self.expand(end + 2)
                    return True
        return False

    def brackets(self, command: bool) -> None:
        end = skip_brackets(self.text, self.at + 1, self.stop)
        if command and self.ahead() == "(" and self.ahead(2) != "(":
            self.inside.append((self.at + 2, end - 1))
        self.expand(end)

    def dollar(self) -> None:
        following = self.ahead()
        if following == "$" and self.dialect.doubled == "escape":
            self.put("$", 2)
        elif following == "$" and self.dialect.doubled == "kept":
            self.expression = True
            self.take(1)
            if self.ahead() in ("(", "{"):
                self.brackets(command=True)
            else:
                self.expand(min(self.at + 1, self.stop))
        elif following in ("(", "{"):
            self.brackets(command=self.dialect.doubled != "kept")
        else:
            self.expression |= following.isalnum() or following in tuple("_@*#?!$-")
            self.take(2 if following in tuple("#@*?!$-") else 1)

    def backquote(self) -> None:
        end = self.text.find("`", self.at + 1, self.stop)
        if end < 0:
            raise Unclosed(self.at)
        self.inside.append((self.at + 1, end))
        self.expand(end + 1)

    def backslash(self, quoted: bool) -> None:
        if length := line_break(self.text, self.at):
            if quoted:
                self.skip(length)
            else:
                self.at += length
        elif self.dialect.c_escapes and self.ahead():
            self.put(_ANSI.get(self.ahead(), self.ahead()), 2)
        elif quoted and self.ahead() not in tuple(_DOUBLE_ESCAPES):
            self.take()
        elif self.ahead():
            self.put(self.ahead(), 2)
        else:
            self.skip()

    def single(self) -> None:
        end = skip_quotes(self.text, self.at, self.stop)
        self.skip()
        while self.at < end - 1:
            alive = self.dialect.quoted and self.text[self.at] == "$"
            if self.template():
                continue
            if alive:
                self.dollar()
            elif self.dialect.c_escapes and self.text[self.at] == "\\":
                self.backslash(quoted=True)
            else:
                self.take()
        self.skip()

    def double(self) -> None:
        first = self.at
        self.skip()
        while self.at < self.stop and self.text[self.at] != '"':
            char = self.text[self.at]
            if self.template():
                continue
            if char == "$":
                self.dollar()
            elif char == "`":
                self.backquote()
            elif char == "\\":
                self.backslash(quoted=True)
            else:
                self.specifier() if char == "%" else self.take()
        if self.at >= self.stop:
            raise Unclosed(first)
        self.skip()

    def ansi(self) -> None:
        first = self.at
        self.skip(2)
        while self.at < self.stop and self.text[self.at] != "'":
            if self.text[self.at] == "\\" and self.ahead():
                self.put(_ANSI.get(self.ahead(), self.ahead()), 2)
            else:
                self.take()
        if self.at >= self.stop:
            raise Unclosed(first)
        self.skip()

    def specifier(self) -> None:
        if not self.dialect.specifiers or not self.ahead():
            self.take()
        elif self.ahead() == "%":
            self.put("%", 2)
        else:
            self.expand(self.at + 2)

    def step(self) -> bool:
        """Reads on; False at the word's end."""
        if plain := _PLAIN.match(self.text, self.at, self.stop):
            self.take(plain.end() - self.at)
            return True
        char = self.text[self.at]
        if char in BLANK or (self.dialect.operators and char in OPERATORS):
            return False
        if self.template():
            return True
        if char == "$" and self.ahead() == "'" and not self.dialect.quoted:
            self.ansi()
        elif char == "$" and self.ahead() == '"' and not self.dialect.quoted:
            self.skip()
        elif char == "$":
            self.dollar()
        else:
            readers = {"'": self.single, '"': self.double, "`": self.backquote, "%": self.specifier}
            self.backslash(quoted=False) if char == "\\" else readers.get(char, self.take)()
        return True


def word_at(text: str, at: int, end: int, dialect: Dialect = SHELL) -> Lexed | None:
    """The word that begins at an offset, or None where none does.

    Raises:
        Unclosed: a quote or an expansion in it never ends.
    """
    reader = _Reader(text, at, end, dialect, end=at)
    while reader.at < end and reader.step():
        pass
    if reader.end == at:
        return None
    places = (*reader.places, reader.end)
    quote = text[at]
    whole = quote in "'\"" and text[reader.end - 1] == quote and skip_quotes(text, at, end) == reader.end
    if whole:
        places = (*reader.places, reader.end - 1)
    value, mark, inside = "".join(reader.value), quote if whole else "", tuple(reader.inside)
    return Lexed(at, reader.end, value, places, reader.expression, mark, inside, tuple(reader.ends))
