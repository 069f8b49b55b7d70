"""The entries of a unit file, the variables that they set, and how those change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from migrate.formats import env_file
from migrate.formats.commandline import lex, quote
from migrate.formats.definitions import find_file
from migrate.formats.shell.words import Lexed
from migrate.repository import Repository
from migrate.source import Edit, Fragment, Source, Span
from migrate.touchpoints import Launch, Plan, Setting, Token, Variable, Word

_ENTRY = re.compile(
    r"^(?P<key>[A-Za-z]\w*)[ \t]*=[ \t]*(?P<value>(?:[^\\\r\n]|\\\r?\n(?:[ \t]*[#;][^\n]*\n)*|\\[^\r\n])*)",
    re.MULTILINE,
)
_COMMENT = re.compile(r"(?<=\n)[ \t]*[#;][^\n]*\n")


@dataclass(frozen=True)
class Entry:
    """`key=value`; `value` is a fragment of the file, `span` the whole entry with its line end."""

    key: str
    value: Fragment
    span: Span
    end: int


@dataclass(frozen=True)
class Assignment:
    """One variable of an `Environment=` line or an environment file. `words` is how many the line holds."""

    variable: Variable
    entry: Entry | None
    lexed: Lexed | None
    words: int
    file: Source | None = None


def read_entries(source: Source) -> list[Entry]:
    """The entries in order, continued lines joined."""
    whole = Fragment.whole(source)
    entries: list[Entry] = []
    for match in _ENTRY.finditer(source.text):
        start, end = match.span("value")
        value = _without_comments(whole, start, end)
        line_end = source.text.find("\n", end)
        stop = len(source.text) if line_end < 0 else line_end + 1
        entries.append(Entry(match["key"], value, Span(match.start(), stop), end))
    return entries


def _without_comments(whole: Fragment, start: int, end: int) -> Fragment:
    """Comment lines between continued lines are no part of the value; they stay in the file."""
    places = list(range(start, end))
    for match in reversed(list(_COMMENT.finditer(whole.text, start, end))):
        del places[match.start() - start : match.end() - start]
    return whole.inner("".join(whole.text[place] for place in places), [*places, end], str)


def read_assignments(entries: Sequence[Entry], source: Source, repo: Repository) -> list[Assignment]:
    """Later ones win; `Environment` lines and files count in their order."""
    found: dict[str, Assignment] = {}
    for entry in entries:
        if entry.key == "Environment":
            if not entry.value.text.strip():
                found = {name: item for name, item in found.items() if item.file}
            words = lex(entry.value.text, "systemd")
            for lexed in words:
                name, equals, value = lexed.value.partition("=")
                if equals:
                    found[name] = Assignment(_variable(entry, lexed, name, value), entry, lexed, len(words))
        elif entry.key == "EnvironmentFile":
            path = find_file(repo, source.path, entry.value.text.strip().removeprefix("-"))
            path = path or _by_name(repo, entry.value.text.strip())
            file = repo.source(path) if path else None
            for variable in env_file.variables(file, private=False) if file else ():
                shared = file is not None and env_file.sourced_by_user(variable.name, file.path, repo)
                found[variable.name] = Assignment(replace(variable, shared=shared), None, None, 1, file)
    return list(found.values())


def _by_name(repo: Repository, path: str) -> str | None:
    """A file that is installed elsewhere (`/etc/default/tgi`): the only file of the repository whose path ends like
    it."""
    name = PurePosixPath(path.removeprefix("-")).name
    found = [known for known in repo.paths if name and PurePosixPath(known).name == name]
    return found[0] if len(found) == 1 else None


def _variable(entry: Entry, lexed: Lexed, name: str, value: str) -> Variable:
    fragment = entry.value
    start = len(name) + 1
    place = fragment.span(lexed.places[start], max(lexed.places[-1], lexed.places[start]))
    raw = quote(Token(value, expression=lexed.expression), "systemd")
    word = Word(value, fragment.source.path, place, raw, "systemd", lexed.expression)
    return Variable(name, word, fragment.span(lexed.start, lexed.end))


def environment_edits(launch: Launch, plan: Plan, assignments: Sequence[Assignment], before: Entry) -> list[Edit]:
    """The edits of `Environment` lines and files; an added variable gets a line of its own before the command."""
    by_name = {item.variable.name: item for item in assignments}
    edits: list[Edit] = []
    gone: dict[int, list[Assignment]] = {}
    for index in plan.removed:
        item = by_name.get(launch.environment[index].name)
        if item and item.file:
            edits += env_file.remove(item.file, [item.variable.name], plan.rule)
        elif item and item.entry:
            gone.setdefault(item.entry.span.start, []).append(item)
    for items in gone.values():
        edits += _removed(items, plan.rule)
    for setting in plan.settings:
        item = by_name.get(launch.environment[setting.replaces].name) if setting.replaces is not None else None
        if item:
            edits += _replaced(item, setting)
        elif setting.replaces is None and setting.value:
            edits.append(_added(before, setting))
    return edits


def _removed(items: Sequence[Assignment], rule: str) -> list[Edit]:
    """The whole line where all of its assignments go, else each with the blank beside it."""
    entry = items[0].entry
    assert entry is not None
    path = entry.value.source.path
    if len(items) == items[0].words:
        return [Edit(path, entry.span.start, entry.span.end, "", rule)]
    text = entry.value.text
    edits: list[Edit] = []
    for item in items:
        assert item.lexed is not None
        start, end = item.lexed.start, item.lexed.end
        behind = re.compile(r"[ \t]*").match(text, end)
        if behind and behind.end() > end and behind.end() < len(text):
            end = behind.end()
        else:
            start = len(text[:start].rstrip(" \t"))
        edits.append(entry.value.edit(start, end, "", rule))
    return edits


def _replaced(item: Assignment, setting: Setting) -> list[Edit]:
    value = setting.value.value if setting.value else item.variable.word.value
    if item.file:
        return env_file.assign(item.file, item.variable.name, setting.name, value, setting.rule)
    assert item.entry is not None
    assert item.lexed is not None
    token = setting.value or Token.of(item.variable.word)
    return [item.entry.value.edit(item.lexed.start, item.lexed.end, _assignment(setting.name, token), setting.rule)]


def _assignment(name: str, token: Token) -> str:
    """`NAME=value`, quoted as a whole where the value needs quotes."""
    text = quote(token, "systemd")
    return (
        quote(Token(f"{name}={token.value}", expression=token.expression), "systemd")
        if text[:1] in "'\""
        else f"{name}={text}"
    )


def _added(before: Entry, setting: Setting) -> Edit:
    assert setting.value is not None
    source = before.value.source
    text = f"Environment={_assignment(setting.name, setting.value)}{source.newline}"
    return Edit(source.path, before.span.start, before.span.start, text, setting.rule)
