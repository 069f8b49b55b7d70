"""The calls of curl, wget and load tools in a text: the address, the body, and the commands that read the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrate.languages.shell.texts import Beside, Text, sent
from migrate.languages.shell.words import ShellWord, words

COMMAND = re.compile(r"(?<![\w./-])(?P<program>curl|wget|hey|oha|https?|xhs?)(?=[ \t\\])")
POSTING = frozenset({"http", "https", "xh", "xhs"})  # HTTPie and its like: the body is made of words
DATA = frozenset(
    {"-d", "--data", "--data-raw", "--data-binary", "--json", "--data-ascii", "--post-data", "--body-data"}
)
_CLUSTER = re.compile(r"-[sSfLkNvgi]+d")
_ATTACHED = re.compile(r"-d(?=[@{])|--(?:post-data|body-data)=")
_ARRAY = re.compile(r"\[[@*]\]|\$[@*]")
_FILE = re.compile(r"--(?:post|body)-file=")
ROUTE = re.compile(
    r"(?P<base>(?:https?://)?(?:\$\([^)]*\)|\$\{[^}]*\}|[^\s\"'`/])*)/?(?P<route>generate_stream|generate|info|v1/[\w/]+|)/?$"
)
# Options that take a value, so that the value is no address.
_VALUED = frozenset(
    (
        *("-H", "--header", "-X", "--request", "-o", "--output", "-w", "--write-out", "-u", "--user", "-m"),
        *("--max-time", "--connect-timeout", "--retry", "--retry-delay", "-A", "--user-agent", "-x", "--proxy", "-b"),
        *("--cookie", "-e", "-D", "--dump-header", "-c", "--cookie-jar", "--cacert", "--cert", "--key", "-O"),
        *("--output-document", "--method", "-T", "--timeout", "--tries", "--retry-max-time", "--resolve", *DATA),
    )
)


@dataclass(frozen=True)
class Call:
    """One command. `url` has TGI's `route` (empty: the root); `body` is what it sends, where that is seen."""

    start: int
    end: int
    url: ShellWord
    base: str
    route: str
    sends: bool
    body: Text | None
    pipes: tuple[tuple[ShellWord, ...], ...]
    program: str = "curl"


def calls(text: str, beside: Beside = lambda _: None) -> Iterator[Call]:
    """The commands whose address has one of the routes of TGI, or none. `beside` gives a file by its relative name."""
    for match in COMMAND.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if "#" in line:
            continue
        found, end = words(text, match.end())
        address = _address(found)
        if address is None:
            continue
        url, base, route = address
        program = match["program"]
        if program in POSTING:
            if route in ("generate", "generate_stream") and any(word.value.startswith("inputs") for word in found):
                yield Call(match.start(), end, url, base, route, True, None, _pipes(text, end), program)
            continue
        data = _data(found)
        body = sent(text, data, found, match.start(), beside) if data else None
        yield Call(match.start(), end, url, base, route, data is not None, body, _pipes(text, end), program)


def _address(found: Sequence[ShellWord]) -> tuple[ShellWord, str, str] | None:
    """The first word that is an address, one with a route or a scheme before others."""
    maybe = []
    for index, word in enumerate(found):
        plain = (
            not word.value.startswith("-")
            and not _ARRAY.search(word.value)
            and (index == 0 or found[index - 1].value not in _VALUED)
        )
        match = ROUTE.fullmatch(word.value) if plain and not word.value.startswith("<") else None
        if match and match["base"]:
            maybe.append((word, match["base"], match["route"]))
    return max(maybe, key=lambda one: (bool(one[2]), "://" in one[1], "$" in one[1]), default=None)


def _data(found: Sequence[ShellWord]) -> ShellWord | None:
    """The word that is sent, without its option; a file is `@` and its name."""
    for index, word in enumerate(found):
        if (word.value in DATA or _CLUSTER.fullmatch(word.value)) and index + 1 < len(found):
            return found[index + 1]
        if attached := _ATTACHED.match(word.value):
            return word.behind(attached.end())
        if named := _FILE.match(word.value):
            rest = word.behind(named.end())
            return ShellWord(f"@{rest.value}", (rest.start, *rest.places), rest.start, rest.end, rest.quote)
    return None


def _pipes(text: str, at: int) -> tuple[tuple[ShellWord, ...], ...]:
    """The commands behind the call, each one's words."""
    found = []
    while (after := re.compile(r"[ \t]*(?:\\\r?\n)?[ \t]*\|(?!\|)\s*(?:\\\r?\n)?\s*").match(text, at)) is not None:
        one, at = words(text, after.end())
        found.append(tuple(one))
    return tuple(found)
