"""Env files: `NAME=value` lines, read by docker, compose, systemd or a shell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from migrate.catalog.images import recognise
from migrate.repository import Repository
from migrate.source import Edit, Source, Span
from migrate.touchpoints import Found, Mention, Variable, Word

_LINE = re.compile(
    r"""^[ \t]*(?P<export>export[ \t]+)?(?P<name>[A-Za-z_][\w.-]*)[ \t]*=[ \t]*
        (?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|[^\r\n]*?)[ \t]*(?:[ \t]\#[^\r\n]*)?\r?(?:\n|\Z)""",
    re.MULTILINE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `span` is the whole line with its line end, `value_span` the value with its quotes, `mark` its
    quotation mark.

    `value` has the quotes removed and expansions as they are written.
    """

    name: str
    value: str
    span: Span
    name_span: Span
    value_span: Span
    raw: str
    mark: str = ""

    @property
    def inside(self) -> Span:
        """The value between its quotes."""
        shift = len(self.mark)
        return Span(self.value_span.start + shift, self.value_span.end - shift)


def parse(source: Source) -> list[Entry]:
    """The assignments of an env file in order; comments and other lines are left out."""
    return [_entry(match) for match in _LINE.finditer(source.text)]


def _entry(match: re.Match[str]) -> Entry:
    raw = match["value"]
    mark = raw[0] if len(raw) > 1 and raw[0] in "\"'" and raw[-1] == raw[0] else ""
    value = raw[1:-1] if mark else raw
    value = re.sub(r'\\(["\\$])', r"\1", value) if mark == '"' else value
    return Entry(
        match["name"], value, Span(*match.span()), Span(*match.span("name")), Span(*match.span("value")), raw, mark
    )


def variables(source: Source, *, private: bool = True, expands: bool = False) -> list[Variable]:
    """The file's assignments as variables of a server, later ones win. `expands`: the reader of the file (a shell,
    compose) expands `$X` in values that are not single-quoted."""
    found = {entry.name: variable(source, entry, private, expands) for entry in parse(source)}
    return list(found.values())


def variable(source: Source, entry: Entry, private: bool = True, expands: bool = False) -> Variable:
    """One assignment as a variable of a server."""
    expression = expands and entry.mark != "'" and "$" in entry.value
    word = Word(entry.value, source.path, entry.value_span, entry.raw, "env", expression)
    return Variable(entry.name, word, entry.span, private=private)


def sourced_by_user(name: str, path: str, repo: Repository) -> bool:
    """Whether a script, a Makefile or a program that loads the env file itself names the variable: it needs the line
    when the server no longer does."""
    base = re.escape(PurePosixPath(path).name)
    loaded = rf"(?:\.|source|-?include)[ \t]+[\"']?(?:[^\s\"';&]*/)?{base}(?![\w.-])"
    loads = re.compile(rf"(?m)(?:^|[;&|(\s]){loaded}|dotenv")
    names = re.compile(rf"\$[({{]?{name}\b|[\"']{name}[\"']")
    texts = (repo.source(other) for other in repo.holding(name) if other != path and not other.endswith(".md"))
    return any(text and names.search(text.text) and loads.search(text.text) for text in texts)


def remove(source: Source, names: Iterable[str], rule: str = "") -> list[Edit]:
    """Edits that delete the lines of these variables."""
    gone = frozenset(names)
    return [Edit(source.path, e.span.start, e.span.end, "", rule) for e in parse(source) if e.name in gone]


def assign(source: Source, name: str, new_name: str, value: str, rule: str = "") -> list[Edit]:
    """Edits that rename a variable and give it a value, keeping its quotes."""
    edits: list[Edit] = []
    for entry in parse(source):
        if entry.name != name:
            continue
        if new_name != name:
            edits.append(Edit(source.path, entry.name_span.start, entry.name_span.end, new_name, rule))
        if value != entry.value:
            edits.append(Edit(source.path, entry.inside.start, entry.inside.end, value, rule))
    return edits


def claims(path: str) -> bool:
    """`.env`, `.env.production`, `tgi.env`."""
    name = PurePosixPath(path).name
    return name == ".env" or name.startswith(".env.") or name.endswith(".env")


def read(source: Source, repo: Repository) -> Found:
    """TGI's images that an env file defines and that no other file uses by name: where one does, its launch writes
    here."""
    mentions = [
        Mention(source.path, "image", entry.value, entry.inside, entry.value)
        for entry in parse(source)
        if recognise(entry.value) and not _used(entry.name, source.path, repo)
    ]
    return Found(mentions=tuple(mentions))


def _used(name: str, path: str, repo: Repository) -> bool:
    pattern = re.compile(rb"\$[({]?" + name.encode() + rb"\b")
    return any(pattern.search(repo.read(other)) for other in repo.holding(name) if other != path)
