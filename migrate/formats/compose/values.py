"""Values of a compose file: `${X:-default}` and `$$`, resolved where the repository tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yaml import ScalarNode

from migrate.catalog.images import recognise
from migrate.formats.env_file import Entry, parse
from migrate.formats.yaml.scalar import fragment, written
from migrate.formats.yaml.tree import span
from migrate.repository import Repository
from migrate.source import Edit, Source, Span
from migrate.touchpoints import Token, Word

DIALECT = "yaml"
_TEMPLATES = (
    *(
        f".env{sign}{word}"
        for word in ("example", "sample", "template", "dist", "default", "defaults")
        for sign in ".-"
    ),
    *("env.example", "env.sample", "env.template", "example.env", "sample.env", "template.env"),
)
_REFERENCE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<bare>[A-Za-z_]\w*)"
    r"|\{(?P<name>[A-Za-z_]\w*)(?P<rest>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\})"
)


@dataclass(frozen=True)
class Definitions:
    """The `.env` file beside a compose file: what `${X}` stands for. Where the repository has only a template that
    people copy, that is it; else templates are `twins` of the file."""

    source: Source | None
    entries: dict[str, Entry]
    twins: tuple[Source, ...] = ()

    @classmethod
    def beside(cls, path: str, repo: Repository) -> Definitions:
        places = [place for name in (".env", *_TEMPLATES) if (place := repo.beside(path, name))]
        found = [source for place in places if (source := repo.source(place))]
        entries = {entry.name: entry for entry in parse(found[0])} if found else {}
        return cls(found[0] if found else None, entries, tuple(found[1:]))

    def images(self, name: str) -> Iterator[tuple[str, Span]]:
        """Where a variable's image stands in the file and in its templates."""
        for source in (*([self.source] if self.source else []), *self.twins):
            for entry in parse(source):
                if entry.name == name and (source is self.source or recognise(entry.value)):
                    yield source.path, entry.inside

    def resolve(self, text: str) -> str | None:
        """The text with every reference replaced and `$$` as one dollar; None where one has neither value nor
        default."""
        missing: list[str] = []

        def replacement(match: re.Match[str]) -> str:
            if match["escaped"]:
                return "$"
            found = self._value(match["bare"] or match["name"], match["rest"] or "")
            if found is None:
                missing.append(match[0])
            return found or ""

        resolved = _REFERENCE.sub(replacement, text)
        return None if missing or "{{" in text else resolved

    def _value(self, name: str, rest: str) -> str | None:
        entry = self.entries.get(name)
        if rest.startswith((":+", "+")):
            return self.resolve(rest.lstrip(":")[1:]) if entry else ""
        if entry and (entry.value or not rest.startswith(":-")):
            return entry.value if "$" not in entry.value or entry.mark == "'" else None
        return self.resolve(rest.lstrip(":")[1:]) if rest.startswith((":-", "-")) else None


def is_expression(text: str) -> bool:
    """Whether a value holds something that compose (or a template) replaces."""
    return "{{" in text or any(not match["escaped"] for match in _REFERENCE.finditer(text))


def references(text: str) -> list[str]:
    """The names of the variables that a text refers to."""
    return [match["bare"] or match["name"] for match in _REFERENCE.finditer(text) if not match["escaped"]]


def pure_reference(text: str) -> str | None:
    """The variable that a value consists of, with or without a default; None for another value."""
    match = _REFERENCE.fullmatch(text)
    return match["bare"] or match["name"] if match and not match["escaped"] else None


def default_of(text: str) -> tuple[int, int] | None:
    """Where the default stands in a value that is one reference with a default, else None."""
    match = _REFERENCE.fullmatch(text)
    rest = match["rest"] if match else None
    if not match or not rest or not rest.startswith((":-", "-")):
        return None
    return match.start("rest") + (2 if rest.startswith(":") else 1), match.end("rest")


def literal(text: str) -> str:
    """The text as the process sees it: `$$` is one dollar; an expression stays as written."""
    return text if is_expression(text) else text.replace("$$", "$")


def word_of(source: Source, node: ScalarNode, definitions: Definitions, start: int = 0) -> Word:
    """The word that a scalar says, or its part from `start` on (the value of `NAME=value`)."""
    read = fragment(source, node)
    place = read.span(start, len(read.text)) if start else span(source, node)
    return said(read.text[start:], source, place, definitions)


def said(text: str, source: Source, place: Span, definitions: Definitions) -> Word:
    """A word with a given text and place."""
    expression = is_expression(text)
    raw = source.text[place.start : place.end]
    resolved = definitions.resolve(text) if expression else None
    return Word(literal(text), source.path, place, raw, DIALECT, expression, resolved)


def text_of(token: Token) -> str:
    """What a token is as a value of the file: a literal dollar is written twice, an expression as it is."""
    return token.value if token.expression else token.value.replace("$", "$$")


def replace_scalar(source: Source, node: ScalarNode, token: Token, rule: str, flow: bool) -> list[Edit]:
    """An edit that gives a scalar a new value in its own quotation marks; none where it says that already."""
    text = text_of(token)
    if text == fragment(source, node).text:
        return []
    place = span(source, node)
    style = node.style if node.style in ("'", '"') else None
    return [Edit(source.path, place.start, place.end, written(text, style, flow), token.rule or rule)]
