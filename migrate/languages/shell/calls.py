"""The curl commands of a text: the address, what is sent, and the commands that read the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from migrate.languages.shell.words import ShellWord, words

CURL = re.compile(r"(?<![\w./-])curl(?=[ \t\\])")
DATA = ("-d", "--data", "--data-raw", "--data-binary", "--json", "--data-ascii")
ROUTE = re.compile(
    r"(?P<base>(?:https?://)?(?:\$\([^)]*\)|\$\{[^}]*\}|[^\s\"'`/])*)/?(?P<route>generate_stream|generate|info|v1/[\w/]+|)/?$"
)
_HEREDOC = re.compile(r"<<(?P<dash>-?)[ \t]*(?P<quote>[\"']?)(?P<mark>\w+)(?P=quote)")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
# Options that take a value, so that the value is no address.
_VALUED = frozenset(
    (
        *(
            "-H",
            "--header",
            "-X",
            "--request",
            "-o",
            "--output",
            "-w",
            "--write-out",
            "-u",
            "--user",
            "-m",
            "--max-time",
        ),
        *(
            "--connect-timeout",
            "--retry",
            "--retry-delay",
            "-A",
            "--user-agent",
            "-x",
            "--proxy",
            "-b",
            "--cookie",
            "-e",
        ),
        *DATA,
    )
)


@dataclass(frozen=True)
class Text:
    """A text that is sent: its characters with their places in the file, and how it is quoted there."""

    value: str
    places: tuple[int, ...]
    quote: Literal["'", '"', "<<", "<<'"]


@dataclass(frozen=True)
class Call:
    """One curl command. `url` has TGI's `route` (empty: the root); `body` is what it sends, where that is seen."""

    start: int
    end: int
    url: ShellWord
    base: str
    route: str
    sends: bool
    body: Text | None
    pipes: tuple[tuple[ShellWord, ...], ...]


def calls(text: str) -> Iterator[Call]:
    """The curl commands whose address has one of the routes of TGI, or none."""
    for match in CURL.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if "#" in line:
            continue
        found, end = words(text, match.end())
        address = _address(found)
        if address is None:
            continue
        url, base, route = address
        data = next((found[i + 1] for i, word in enumerate(found[:-1]) if word.value in DATA), None)
        body = _body(text, data, found, match.start()) if data else None
        yield Call(match.start(), end, url, base, route, data is not None, body, _pipes(text, end))


def _address(found: list[ShellWord]) -> tuple[ShellWord, str, str] | None:
    for index, word in enumerate(found):
        plain = not word.value.startswith("-") and (index == 0 or found[index - 1].value not in _VALUED)
        match = ROUTE.fullmatch(word.value) if plain and not word.value.startswith("<") else None
        if match and match["base"]:
            return word, match["base"], match["route"]
    return None


def _pipes(text: str, at: int) -> tuple[tuple[ShellWord, ...], ...]:
    """The commands behind the call, each one's words."""
    found = []
    while (after := re.compile(r"[ \t]*(?:\\\r?\n)?[ \t]*\|(?!\|)\s*(?:\\\r?\n)?\s*").match(text, at)) is not None:
        one, at = words(text, after.end())
        found.append(tuple(one))
    return tuple(found)


def _body(text: str, data: ShellWord, found: list[ShellWord], start: int) -> Text | None:
    """What is sent: the word itself, a variable's value, or a here-document."""
    if data.value == "@-":
        return _here(text, found)
    if name := _VARIABLE.fullmatch(data.value):
        return _assigned(text, name[1], start)
    quote = data.quote
    return Text(data.value, data.places, quote) if quote in ("'", '"') else None  # type: ignore[arg-type]


def _assigned(text: str, name: str, before: int) -> Text | None:
    """The value of a variable that is set once, in front of the call, and read once."""
    sets = list(re.finditer(rf"(?m)^[ \t]*(?:export[ \t]+|local[ \t]+)?{name}=", text))
    reads = re.findall(rf"\$\{{?{name}\b", text)
    if len(sets) != 1 or len(reads) != 1 or sets[0].end() > before:
        return None
    found, _ = words(text, sets[0].end())
    word = next(iter(found), None)
    if word is None or word.start != sets[0].end() or word.quote not in ("'", '"'):
        return None
    return Text(word.value, word.places, word.quote)  # type: ignore[arg-type]


def _here(text: str, found: list[ShellWord]) -> Text | None:
    """The here-document that the command reads."""
    last = found[-1].end
    line = text.find("\n", last)
    start = min((word.start for word in found if word.value.startswith("<<")), default=-1)
    match = _HEREDOC.match(text, start) if start >= 0 else None
    end = re.compile(rf"(?m)^[ \t]*{match['mark']}\r?$").search(text, line) if match and line >= 0 else None
    if match is None or end is None:
        return None
    first, stop = line + 1, end.start()
    return Text(text[first:stop], tuple(range(first, stop + 1)), "<<'" if match["quote"] else "<<")
