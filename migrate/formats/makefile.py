"""Makefiles: recipes are shell text with make's variables in it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from migrate.formats.definitions import Definition, Definitions
from migrate.formats.shell.reader import ScriptContext, read_script
from migrate.repository import Repository
from migrate.source import Fragment, Source
from migrate.touchpoints import Found

_NAMES = frozenset(("Makefile", "makefile", "GNUmakefile"))
_DEFINITION = re.compile(
    r"^ *(?P<export>export +)?(?:override +)?(?P<name>[\w.-]+)[ \t]*(?P<how>::?:?|\?|\+|!)?=[ \t]*"
    r"(?P<value>(?:[^\\\r\n#]|\\\r?\n|\\[^\r\n])*)",
    re.MULTILINE,
)
_DEFINE = re.compile(r"^define[ \t]+(?P<name>[\w.-]+)[^\n]*\n(?P<value>.*?)\r?\n?^endef\b", re.MULTILINE | re.DOTALL)
_RECIPE = re.compile(
    r"^\t[^\n]*(?:\n|\Z)(?:(?<=\\\n)[^\n]*(?:\n|\Z)|(?<=\\\r\n)[^\n]*(?:\n|\Z)|^\t[^\n]*(?:\n|\Z))*", re.MULTILINE
)
_BEHIND_RULE = re.compile(
    r"^[^\s#:=][^#:=\n]*::?(?!=)[^=;\n]*;[ \t]*[@+-]*[ \t]*(?P<value>(?:[^\\\n]|\\\r?\n|\\[^\r\n])+)", re.MULTILINE
)
_PREFIX = re.compile(r"^\t[ \t]*([@+-][@+\- \t]*)", re.MULTILINE)


def claims(path: str) -> bool:
    """Makefiles by their usual names and suffix."""
    pure = PurePosixPath(path)
    return pure.name in _NAMES or pure.suffix == ".mk" or pure.name.startswith("Makefile.")


def read(source: Source, repo: Repository) -> Found:
    """The launches in the recipes and in multi-line variables."""
    text = source.text
    definitions = _definitions(source)
    context = ScriptContext("makefile", "make", definitions=definitions)
    spans = [match.span() for match in _RECIPE.finditer(text)]
    spans += [match.span("value") for pattern in (_DEFINE, _BEHIND_RULE) for match in pattern.finditer(text)]
    found = [read_script(_recipe(source, start, end), repo, context) for start, end in sorted(spans)]
    return Found(
        tuple(launch for item in found for launch in item.launches),
        tuple(mention for item in found for mention in item.mentions),
        tuple(problem for item in found for problem in item.problems),
    )


def _recipe(source: Source, start: int, end: int) -> Fragment:
    """The lines of a recipe without make's own prefixes (`@`, `-`, `+`), which stay in the file."""
    whole = Fragment.whole(source)
    places = list(range(start, end))
    for match in reversed(list(_PREFIX.finditer(source.text, start, end))):
        continued = source.text[: match.start()].rstrip("\r\n").endswith("\\")
        if not continued:
            del places[match.start(1) - start : match.end(1) - start]
    text = "".join(source.text[place] for place in places)
    return whole.inner(text, [*places, end], str)


def _definitions(source: Source) -> Definitions:
    definitions = Definitions()
    whole = Fragment.whole(source)
    for match in _DEFINITION.finditer(source.text):
        value = match["value"].rstrip()
        start = match.start("value")
        text = whole.part(start, start + len(value))
        span = text.span(0, len(value))
        line_end = source.text.find("\n", match.end())
        line = whole.span(match.start(), len(source.text) if line_end < 0 else line_end + 1)
        definitions.add(
            Definition(
                match["name"],
                value,
                text,
                whole.span(match.start(), start + len(value)) if value else span,
                line,
                expression="$" in value,
                exported=bool(match["export"]),
                appended=match["how"] == "+",
                weak=match["how"] == "?",
                dialect="make",
            )
        )
    return definitions
