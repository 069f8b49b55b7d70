"""Definitions are gathered from the commands of a script and from the files that it sources."""

from __future__ import annotations

import re
from collections.abc import Sequence

from migrate.formats.definitions import Definition, Definitions, find_file, inside, mark_of, value_text
from migrate.formats.env_file import parse
from migrate.formats.shell.script import Command
from migrate.formats.shell.words import Lexed
from migrate.repository import Repository
from migrate.source import Fragment, Source, Span

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?=)")
_DEFAULT = re.compile(r"\$\{([A-Za-z_]\w*):?=(.*)\}$", re.DOTALL)
_DECLARING = ("export", "declare", "typeset", "local", "readonly")


def collect(
    fragment: Fragment, commands: Sequence[Command], definitions: Definitions, repo: Repository, dialect: str = "shell"
) -> None:
    """Adds what the commands define, and what files that they source define."""
    everything = False
    for command in commands:
        words = command.words
        if command.name == "set" and any(re.match(r"-\w*a", word.value) for word in words[1:]):
            everything = True
        elif command.name == "set" and any(re.match(r"\+\w*a", word.value) for word in words[1:]):
            everything = False
        elif command.name in ("source", "."):
            for word in words[1:2]:
                _sourced(fragment.source.path, word.value, definitions, repo, everything)
        elif command.name == ":":
            for word in words[1:]:
                _weak(fragment, word, definitions)
        else:
            _assigned(fragment, command, definitions, everything, dialect)


def _assigned(fragment: Fragment, command: Command, definitions: Definitions, everything: bool, dialect: str) -> None:
    declaring = command.name in _DECLARING
    flags = [word.value for word in command.words[1:] if word.value.startswith("-")] if declaring else []
    exported = everything or command.name == "export" or any("x" in flag for flag in flags)
    words = command.words[1:] if declaring else command.words
    if not declaring and not all(_ASSIGNMENT.match(word.value) for word in words):
        return
    for index, word in enumerate(words, int(declaring)):
        match = _ASSIGNMENT.match(word.value)
        if match:
            definitions.add(_definition(fragment, command, index, match, exported, dialect))
        elif exported and not word.value.startswith("-"):
            definitions.export(word.value)


def _definition(
    fragment: Fragment, command: Command, index: int, match: re.Match[str], exported: bool, dialect: str
) -> Definition:
    word = command.words[index]
    start = len(match[0])
    array = command.arrays.get(index)
    shares = len([item for item in command.words if _ASSIGNMENT.match(item.value)])
    line = statement(fragment, command.start, command.end)
    end = array.end + 1 if array else word.end
    span = fragment.span(word.start, end)
    return Definition(
        match[1],
        word.value[start:],
        inside(fragment, word, start),
        span,
        line if shares == 1 else _with_blank(fragment, word.start, end),
        mark_of(fragment.text, word, start),
        word.expression,
        exported,
        match[2] == "+=",
        array=array,
        outer=fragment,
        at=word.start,
        dialect=dialect,
        whole=line,
        shares=shares,
    )


def _weak(fragment: Fragment, word: Lexed, definitions: Definitions) -> None:
    """`: "${X:=value}"`: the default is a definition that the environment overrides."""
    match = _DEFAULT.match(word.value)
    if match:
        start, end = match.span(2)
        text = fragment.inner(match[2], word.places[start : end + 1], str)
        span = text.span(0, len(text.text))
        definitions.add(Definition(match[1], match[2], text, span, span, weak=True, expression="$" in match[2]))


def _sourced(path: str, name: str, definitions: Definitions, repo: Repository, everything: bool) -> None:
    found = find_file(repo, path, name)
    source = repo.source(found) if found else None
    if source:
        add_env_file(source, definitions, everything)


def add_env_file(source: Source, definitions: Definitions, exported: bool) -> None:
    """The definitions of an env file that a script sources."""
    for entry in parse(source):
        text = value_text(source, entry)
        live = "$" in entry.raw and entry.mark != "'"
        marked = exported or source.text[entry.span.start : entry.name_span.start].strip() == "export"
        definitions.add(Definition(entry.name, entry.value, text, entry.span, entry.span, entry.mark, live, marked))


def statement(fragment: Fragment, start: int, end: int) -> Span:
    """The whole line where a command is alone on it (a comment behind it goes too), else the command with what
    divides it from the next one."""
    text = fragment.text
    line = text.rfind("\n", 0, start) + 1
    behind = re.compile(r"[ \t]*;?[ \t]*(?:[ \t]#[^\n]*)?\r?(?:\n|\Z)").match(text, end)
    if behind and not text[line:start].strip():
        return fragment.span(line, behind.end()) if behind.end() > line else fragment.span(start, end)
    divider = re.compile(r"[ \t]*(?:;|&&)[ \t]*").match(text, end)
    if divider:
        return fragment.span(start, divider.end())
    before = re.search(r"[ \t]*(?:;|&&)[ \t]*$", text[line:start])
    return fragment.span(line + before.start(), end) if before else fragment.span(start, end)


def _with_blank(fragment: Fragment, start: int, end: int) -> Span:
    before = len(fragment.text[:start]) - len(fragment.text[:start].rstrip(" \t"))
    return fragment.span(start - before, end)
