"""Variables that a script defines: where each stands, and what an expression stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from migrate.formats.env_file import Entry
from migrate.formats.shell.quote import escape_in
from migrate.formats.shell.script import Array
from migrate.formats.shell.words import Lexed
from migrate.repository import Repository
from migrate.source import Fragment, Source, Span

_REFERENCE = re.compile(
    r"\$\$?\{(?P<name>\w+)(?:(?P<how>:?[-=?+])(?P<default>(?:[^{}]|\$\{[^{}]*\})*))?\}"
    r"|\$\$?(?P<bare>\w+)|\$\((?P<make>\w+)\)|\$\{\{\s*env\.(?P<job>\w+)\s*\}\}"
)
_PURE = re.compile(r"\$\$?(?:\{(\w+)(?:\[[@*]\])?\}|(\w+)|\((\w+)\)|\{\{\s*env\.(\w+)\s*\}\})")


@dataclass(frozen=True)
class Definition:
    """One assignment. `text` is its value as a text of its own (quotes removed), `array` its words in brackets.

    `span` is the whole assignment's place in the file, `line` the whole line or statement that goes with it;
    `origin` the quotation mark around the value. `weak`: a default that the environment overrides (`:=`, `?=`).
    `whole`: the statement's line where several assignments share it, `shares` how many they are.
    """

    name: str
    value: str
    text: Fragment
    span: Span
    line: Span
    mark: str = ""
    expression: bool = False
    exported: bool = False
    appended: bool = False
    weak: bool = False
    array: Array | None = None
    outer: Fragment | None = None
    at: int = 0
    dialect: str = "shell"
    whole: Span | None = None
    shares: int = 1

    @property
    def grows(self) -> bool:
        """Whether it adds to what the variable holds already."""
        return self.appended or re.search(rf"\$\{{?{self.name}\b", self.value) is not None


@dataclass
class Definitions:
    """Every definition by name, in the order of the text; `used` are the places of those that a launch writes."""

    by_name: dict[str, list[Definition]] = field(default_factory=dict)
    used: set[Span] = field(default_factory=set)

    def add(self, definition: Definition) -> None:
        self.by_name.setdefault(definition.name, []).append(definition)

    def of(self, name: str) -> list[Definition]:
        return self.by_name.get(name, [])

    def __iter__(self) -> Iterator[Definition]:
        return (definition for found in self.by_name.values() for definition in found)

    def export(self, name: str) -> None:
        """`export NAME` after the assignment."""
        self.by_name[name] = [replace(definition, exported=True) for definition in self.of(name)]

    def pure(self, value: str) -> str | None:
        """The variable's name where the word is nothing but a reference to it."""
        match = _PURE.fullmatch(value)
        return next(filter(None, match.groups())) if match else None

    def resolve(self, value: str, *, defaults: bool = False, hidden: tuple[str, ...] = ()) -> str | None:
        """The literal that a value with expansions stands for, None where the text does not tell it.

        `defaults`: a default that the environment may override counts too (to recognise an image). `hidden`: variables
        whose definition is being resolved.
        """
        if len(hidden) > 5 or "$(" in _REFERENCE.sub("", value) or "`" in value:
            return None
        parts: list[str] = []
        at = 0
        for match in _REFERENCE.finditer(value):
            known = self._reference(match, defaults, hidden)
            if known is None:
                return None
            parts += [value[at : match.start()], known]
            at = match.end()
        rest = value[at:]
        return None if "$" in rest else "".join([*parts, rest])

    def _reference(self, match: re.Match[str], defaults: bool, hidden: tuple[str, ...]) -> str | None:
        name = match["name"] or match["bare"] or match["make"] or match["job"]
        found = [item for item in self.of(name) if defaults or not item.weak] if name not in hidden else []
        default = match["default"] if defaults and match["how"] in ("-", ":-", "=", ":=") else None
        if not found or any(item.appended or item.array for item in found):
            return self.resolve(default, defaults=True, hidden=(*hidden, name)) if default else None
        known = [self._value(item, defaults, (*hidden, name)) for item in found]
        if len(set(known)) == 1:
            return known[0]
        return next((value for value in reversed(known) if value), None) if defaults else None

    def _value(self, item: Definition, defaults: bool, hidden: tuple[str, ...]) -> str | None:
        if not item.expression:
            return item.value
        return self.resolve(item.value, defaults=defaults, hidden=hidden)


_DEFAULTED = re.compile(r"\$\$?\{(\w+):?[-=](.*)\}", re.DOTALL)


def default_of(value: str) -> tuple[str, int, int] | None:
    """(name, start and end of the default) where a value is nothing but `${X:-default}`."""
    match = _DEFAULTED.fullmatch(value)
    return (match[1], *match.span(2)) if match and match[2] and match[2].count("{") == match[2].count("}") else None


def value_text(source: Source, entry: Entry) -> Fragment:
    """The value of an env file's entry as a text of its own, written back with its quotes."""
    whole = Fragment.whole(source)
    text = whole.part(entry.inside.start, entry.inside.end)
    return Fragment(source, text.text, text.offsets, _escaper(entry.mark, whole.escape))


def find_file(repo: Repository, path: str, name: str) -> str | None:
    """A file that a script names: relative to the script, to the root, or to an expression for its own folder."""
    plain = re.sub(r'^(?:\$\{?\w+\}?|\$\([^/]*\)|"?\$\(.*?\)"?)/', "", name).removeprefix("./")
    return repo.beside(path, plain) or (plain if plain in repo else None)


def inside(fragment: Fragment, word: Lexed, start: int = 0) -> Fragment:
    """A word's value from a character on as a text of its own, written back with the word's quotes."""
    mark = mark_of(fragment.text, word, start)
    return fragment.inner(word.value[start:], word.places[start:], _escaper(mark, str), word.ends[start:])


def _escaper(mark: str, outer: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: outer(escape_in(mark, text))


def mark_of(text: str, word: Lexed, start: int = 0) -> str:
    """The quotation mark around the value from a character on, empty where there is none."""
    if word.quote:
        return word.quote
    if start >= len(word.places) or not word.places[start]:
        return ""
    before, last = text[word.places[start] - 1], text[word.end - 1]
    return before if before in "'\"" and last == before and start < len(word.value) else ""
