"""Values in a Dockerfile: `ARG` and `ENV` pairs with their places, expansions, and how a new value is quoted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrate.formats.dockerfile.parser import Instruction
from migrate.source import Edit, Fragment
from migrate.touchpoints import Token

_PAIR = re.compile(
    r"""(?P<name>[A-Za-z_][\w.-]*)=(?P<raw>(?:"(?:\\.|[^"\\])*"|'[^']*'|\\(?![ \t]*\r?\n).|[^\s"'\\])*)""", re.DOTALL
)
_LEGACY = re.compile(r"(?P<name>[A-Za-z_][\w.-]*)[ \t]+(?P<raw>\S.*)", re.DOTALL)
_BARE = re.compile(r"[A-Za-z_]\w*")
_EXPANSION = re.compile(r"\\\$|\$\{(?P<name>\w+)(?:(?P<operator>:?[-+])(?P<word>[^}]*))?\}|\$(?P<plain>[A-Za-z_]\w*)")
_PART = re.compile(r'"(?P<double>(?:\\.|[^"\\])*)"|\'(?P<single>[^\']*)\'|(?P<bare>\\.|[^"\'\\])', re.DOTALL)
_SAFE = re.compile(r"[\w@%+=:,./${}-]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """`NAME=value` at `start:end` of an instruction's body; the value as written begins at `value_start`.

    `value` has its quotes removed, expansions as written. `legacy`: the form `NAME value`, which holds one variable.
    """

    name: str
    value: str
    raw: str
    start: int
    end: int
    value_start: int
    legacy: bool = False

    @property
    def expression(self) -> bool:
        return any(match[0] != r"\$" for match in _EXPANSION.finditer(self.value)) and not self.raw.startswith("'")


def pairs(instruction: Instruction) -> list[Pair]:
    """The variables of an `ENV` or `ARG` with a value, in order."""
    text = instruction.body.text
    legacy = _LEGACY.fullmatch(text) if instruction.keyword == "ENV" else None
    if legacy:
        raw = legacy["raw"].rstrip()
        return [Pair(legacy["name"], _unquote(raw), raw, 0, len(text), legacy.start("raw"), True)]
    return [
        Pair(match["name"], _unquote(match["raw"]), match["raw"], match.start(), match.end(), match.start("raw"))
        for match in _PAIR.finditer(text)
        if match.start() == 0 or text[match.start() - 1].isspace()
    ]


def declared(instruction: Instruction) -> list[str]:
    """The names that an `ARG` declares, with or without a default."""
    text = instruction.body.text
    return [match[0] for match in _BARE.finditer(text) if match.start() == 0 or text[match.start() - 1].isspace()]


def _unquote(raw: str) -> str:
    parts: list[str] = []
    for match in _PART.finditer(raw):
        if match["double"] is not None:
            parts.append(re.sub(r'\\(["\\])', r"\1", match["double"]))
        elif match["single"] is not None:
            parts.append(match["single"])
        else:
            bare = match["bare"]
            parts.append(bare if bare[0] != "\\" or bare == r"\$" else bare[1:])
    return "".join(parts)


def expand(text: str, known: Mapping[str, str]) -> str | None:
    """The text with its variables replaced, or None where one of them is not known."""
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        name = match["name"] or match["plain"]
        if name is None:
            return "$"
        given, operator, word = known.get(name), match["operator"] or "", match["word"] or ""
        usable = given is not None and (given != "" or not operator.startswith(":"))
        if operator.endswith("+"):
            return word if usable else ""
        if not usable and operator.endswith("-"):
            inner = expand(word, known)
            return inner if inner is not None else word
        if given is None:
            missing.append(name)
        return given or ""

    result = _EXPANSION.sub(value, text)
    return None if missing else result


def names_in(text: str) -> set[str]:
    """The variables that a text expands."""
    return {match["name"] or match["plain"] for match in _EXPANSION.finditer(text)} - {None}


def pure_variable(text: str) -> str | None:
    """X where the text is nothing but `$X` or `${X}`."""
    match = _EXPANSION.fullmatch(text)
    return (match["name"] or match["plain"]) if match and not match["operator"] else None


def quote(token: Token) -> str:
    """A value for `ENV` or `ARG`: as it is where nothing in it is special, else in double quotes."""
    if token.raw is not None and token.dialect == "dockerfile":
        return token.raw
    value = token.value if token.expression else token.value.replace("$", r"\$")
    if _SAFE.fullmatch(value):
        return value
    inner = re.sub(r'\\(?!\$)|"', lambda match: "\\" + match[0], value)
    return f'"{inner}"'


def remove(fragment: Fragment, instruction: Instruction, gone: Sequence[Pair], rule: str) -> list[Edit]:
    """Takes variables out of an `ENV`; an instruction that would be empty goes with the line end before it."""
    all_pairs = pairs(instruction)
    kept = [pair for pair in all_pairs if pair not in gone]
    if not kept:
        before = fragment.text[: instruction.start]
        start = len(before.removesuffix("\n").removesuffix("\r"))
        return [fragment.edit(start, instruction.end, "", rule)]
    edits: list[Edit] = []
    at = 0
    while at < len(all_pairs):
        last = at
        while last < len(all_pairs) and all_pairs[last] in gone:
            last += 1
        if last > at:
            start = all_pairs[at].start if last < len(all_pairs) else all_pairs[at - 1].end
            end = all_pairs[last].start if last < len(all_pairs) else all_pairs[-1].end
            edits.append(instruction.body.edit(start, end, "", rule))
        at = last + 1
    return edits
