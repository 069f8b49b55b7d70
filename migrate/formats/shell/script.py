"""The simple commands of a script, in whatever nesting, with the place of every word.

Blocks, functions, conditions and loops are not modelled: a launch is one simple command wherever it stands, so
keywords and operators only say where a command begins. That keeps the reading linear, exact in its places, and
possible in a text that is only partly shell (a prompt sign, a template).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from migrate.formats.commandline import skip_redirection
from migrate.formats.shell.syntax import Dialect, Unclosed, dialect_of, skip_blank, skip_brackets
from migrate.formats.shell.words import Lexed, word_at

_KEYWORDS = frozenset(["if", "then", "elif", "else", "while", "until", "do", "!", "{", "}", "fi", "done", "esac"])
_HEREDOC = re.compile(r"<<(-?)[ \t]*(['\"]?)([\w.-]+)\2")
_ARRAY = re.compile(r"[A-Za-z_]\w*\+?=$")
_MOST_BROKEN = 20  # a text with more open quotes is no script; each costs a look through the rest


@dataclass(frozen=True, slots=True)
class Array:
    """The words of `NAME=(...)`; `start:end` is the text between the brackets."""

    words: tuple[Lexed, ...]
    start: int
    end: int


@dataclass(slots=True)
class Command:
    """A simple command: its words (assignments in front included), arrays by the index of their word, the bodies of its
    here-documents. `start:end` runs from its first word to its last."""

    start: int
    words: list[Lexed] = field(default_factory=list)
    arrays: dict[int, Array] = field(default_factory=dict)
    documents: list[tuple[int, int]] = field(default_factory=list)
    end: int = 0

    @property
    def name(self) -> str:
        """The program's name without its folder, `""` for bare assignments."""
        return self.words[0].value.rpartition("/")[2] if self.words else ""


def arrays(command: Command) -> list[Command]:
    """The arrays that a command assigns, as commands: a script may run one with `"${name[@]}"`."""
    return [
        Command(array.words[0].start, list(array.words), end=array.words[-1].end)
        for array in command.arrays.values()
        if array.words
    ]


@dataclass(slots=True)
class Script:
    """`broken` are commands that could not be read: where each begins, and where the quote opens."""

    commands: list[Command] = field(default_factory=list)
    broken: list[tuple[int, int]] = field(default_factory=list)


def scan(text: str, dialect: str = "shell", start: int = 0, end: int | None = None) -> Script:
    """Reads `text[start:end]`; what stands in `$(...)` is read too and comes before the command that holds it."""
    scanner = _Scanner(text, start, len(text) if end is None else end, dialect_of(dialect), dialect)
    scanner.run()
    return scanner.script


@dataclass(slots=True)
class _Scanner:
    text: str
    at: int
    stop: int
    rules: Dialect
    dialect: str
    script: Script = field(default_factory=Script)
    command: Command | None = None
    waiting: list[tuple[Command, str, bool]] = field(default_factory=list)

    def run(self) -> None:
        while self.at < self.stop:
            begin = self.at
            try:
                self.step()
            except Unclosed as error:
                self.recover(begin, error)
        self.finish()

    def recover(self, begin: int, error: Unclosed) -> None:
        """Gives the command up and goes on behind the line on which the quote opens."""
        self.script.broken.append((self.command.start if self.command else begin, error.at))
        self.command = None
        line_end = self.text.find("\n", error.at, self.stop)
        self.at = self.stop if line_end < 0 or len(self.script.broken) > _MOST_BROKEN else line_end + 1

    def finish(self) -> None:
        if self.command and self.command.words:
            self.script.commands.append(self.command)
        self.command = None

    def step(self) -> None:
        self.at = skip_blank(self.text, self.at, self.stop, comments=True, newlines=False)
        if self.at >= self.stop:
            return
        char = self.text[self.at]
        if char == "\n":
            self.finish()
            self.at += 1
            self.documents()
        elif (char in "<>&" and self.redirection()) or (char == "(" and self.array()):
            return
        elif char == "(" and self.text.startswith("((", self.at) and not self.command:
            self.at = skip_brackets(self.text, self.at, self.stop)
        elif char in ";&|()":
            self.finish()
            self.at += 1
        else:
            self.word()

    def redirection(self) -> bool:
        here = _HEREDOC.match(self.text, self.at, self.stop)
        if here and not self.text.startswith("<<<", self.at):
            command = self.command or Command(self.at)
            self.waiting.append((command, here[3], bool(here[1])))
            self.at = here.end()
            return True
        behind = skip_redirection(self.text, self.at, self.stop, self.rules)
        self.at = behind or self.at
        return bool(behind)

    def word(self) -> None:
        if self.text[self.at].isdigit() and (behind := skip_redirection(self.text, self.at, self.stop, self.rules)):
            self.at = behind
            return
        word = word_at(self.text, self.at, self.stop, self.rules)
        if word is None:
            self.at += 1
            return
        self.at = word.end
        for inner in word.inside:
            found = scan(self.text, self.dialect, *inner)
            self.script.commands += found.commands
            self.script.broken += found.broken
        if not self.command:
            if word.value in _KEYWORDS and not word.quote:
                return
            self.command = Command(word.start)
        self.command.words.append(word)
        self.command.end = word.end

    def array(self) -> bool:
        """`NAME=(` right behind a word: its words belong to the assignment."""
        last = self.command.words[-1] if self.command else None
        if not (self.command and last and last.end == self.at and _ARRAY.search(last.value)):
            return False
        end = skip_brackets(self.text, self.at, self.stop)
        words: list[Lexed] = []
        at = skip_blank(self.text, self.at + 1, end - 1)
        while at < end - 1 and (word := word_at(self.text, at, end - 1, self.rules)):
            words.append(word)
            at = skip_blank(self.text, word.end, end - 1)
        self.command.arrays[len(self.command.words) - 1] = Array(tuple(words), self.at + 1, end - 1)
        self.at = self.command.end = end
        return True

    def documents(self) -> None:
        """Takes the here-documents that begin on this line out of the script."""
        for command, delimiter, tabs in self.waiting:
            indent = r"\t*" if tabs else ""
            pattern = re.compile(rf"^{indent}{re.escape(delimiter)}[ \t]*\r?$", re.MULTILINE)
            match = pattern.search(self.text, self.at, self.stop)
            end = match.start() if match else self.stop
            command.documents.append((self.at, end))
            self.at = match.end() if match else self.stop
        self.waiting.clear()
