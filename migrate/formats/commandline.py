"""One command as text: its words with their places, and a plan's words laid into it.

What other formats use: `split` reads the words of a fragment that holds one command, `quote` writes a word for a
dialect, `lay_arguments` turns a plan into edits. Dialects: shell, make, systemd, compose (a compose string, `$$` is a
literal dollar), compose-shell (a script inside such a string).
"""

from __future__ import annotations

from migrate.formats.shell.layout import lay_arguments
from migrate.formats.shell.quote import quote
from migrate.formats.shell.syntax import BLANK, Dialect, Unclosed, dialect_of, skip_blank, skip_brackets
from migrate.formats.shell.words import Lexed, word_at
from migrate.source import Fragment
from migrate.touchpoints import Word

__all__ = ["Unclosed", "lay_arguments", "lex", "quote", "split", "word"]


def split(fragment: Fragment, dialect: str = "shell") -> list[Word]:
    """The words of the command that a fragment holds, up to the end of the command (a newline, `;`, `&`, `|` in a
    shell).

    Redirections and comments are left out; in a compose string a newline is a blank.

    Raises:
        Unclosed: a quote never ends.
    """
    return [word(fragment, lexed, dialect) for lexed in lex(fragment.text, dialect)]


def word(fragment: Fragment, lexed: Lexed, dialect: str = "shell") -> Word:
    """A word read in the fragment's text, with its place in the file."""
    span = fragment.span(lexed.start, lexed.end)
    raw = fragment.text[lexed.start : lexed.end]
    return Word(lexed.value, fragment.source.path, span, raw, dialect, lexed.expression)


def lex(
    text: str, dialect: str = "shell", at: int = 0, end: int | None = None, *, newlines: bool = False
) -> list[Lexed]:
    """The words of the command that begins at `at`, as places in the text itself; `newlines`: newlines are blanks.

    Raises:
        Unclosed: a quote never ends.
    """
    rules, stop = dialect_of(dialect), len(text) if end is None else end
    words: list[Lexed] = []
    newlines |= rules.newlines
    at = skip_blank(text, at, stop, rules.comments)
    while True:
        at = skip_blank(text, at, stop, rules.comments, newlines)
        if at < stop and rules.operators and (behind := skip_redirection(text, at, stop, rules)):
            at = behind
            continue
        found = word_at(text, at, stop, rules) if at < stop else None
        if not found:
            return words
        words.append(found)
        at = found.end


def skip_redirection(text: str, at: int, end: int, rules: Dialect) -> int:
    """The offset behind the redirection (`> file`, `2>&1`, `<<< text`) at an offset, or 0 where there is none."""
    start = at
    while at < end and text[at].isdigit():
        at += 1
    if at == start and text.startswith("&>", at):
        at += 1
    if not (at < end and text[at] in "<>"):
        return 0
    while at < end and text[at] in "<>&|":
        at += 1
    if text.startswith("-", at):
        at += 1
    while at < end and text[at] in BLANK and text[at] != "\n":
        at += 1
    if text.startswith("(", at):
        return skip_brackets(text, at, end)
    target = word_at(text, at, end, rules)
    return target.end if target else at
