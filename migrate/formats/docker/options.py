"""The options of `docker run`: where Docker's own end and the image stands, and the facts that they state."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from migrate.formats.docker.flags import SHORT, SWITCHES, VALUED
from migrate.formats.shell.words import Lexed
from migrate.touchpoints import Gpus


@dataclass(frozen=True, slots=True)
class Option:
    """One option of Docker: its long name, its words `first:last`, and its value: word `at` from character `offset`
    of its value on; `at` is -1 where it has none."""

    name: str
    first: int
    last: int
    at: int = -1
    offset: int = 0

    def value(self, words: Sequence[Lexed]) -> str:
        return words[self.at].value[self.offset :] if self.at >= 0 else ""


def read_options(
    words: Sequence[Lexed], start: int, is_image: Callable[[int], bool]
) -> tuple[list[Option], int | None]:
    """The options from word `start` on and the index of the image, or None where the command names none.

    `is_image` says whether a word names an image that matters; it decides where an unknown option or a variable that
    holds options stands before the image.
    """
    options: list[Option] = []
    at = start
    while at < len(words):
        value = words[at].value
        if not value.startswith("-") or value == "-":
            if (
                words[at].expression
                and not is_image(at)
                and any(is_image(later) for later in range(at + 1, len(words)))
            ):
                at += 1
                continue
            return options, at
        found = _long(words, at, is_image) if value.startswith("--") else _short(words, at)
        options += found
        at = max(found[-1].last, at + 1)
    return options, None


def _long(words: Sequence[Lexed], at: int, is_image: Callable[[int], bool]) -> list[Option]:
    name, equals, _ = words[at].value[2:].partition("=")
    if equals:
        return [Option(name, at, at + 1, at, len(name) + 3)]
    following = at + 1 < len(words)
    valued = name in VALUED or (
        name not in SWITCHES and following and not words[at + 1].value.startswith("-") and not is_image(at + 1)
    )
    return [Option(name, at, at + 2, at + 1)] if valued and following else [Option(name, at, at + 1)]


def _short(words: Sequence[Lexed], at: int) -> list[Option]:
    """A cluster such as `-dit` or `-dp8080:80`: the first option that takes a value takes the rest."""
    found: list[Option] = []
    value = words[at].value
    for offset, letter in enumerate(value[1:], 2):
        name = SHORT.get(letter, letter)
        if name in SWITCHES or name not in VALUED:
            found.append(Option(name, at, at + 1))
            continue
        if offset < len(value):
            return [*found, Option(name, at, at + 1, at, offset + (value[offset] == "="))]
        last = min(at + 2, len(words))
        return [*found, Option(name, at, last, at + 1 if last == at + 2 else -1)]
    return found or [Option("", at, at + 1)]


def alone(option: Option, words: Sequence[Lexed]) -> Option | None:
    """The option where it has its words to itself, None inside a cluster (`-de X=1`), where it cannot simply go."""
    first = words[option.first].value
    clustered = not first.startswith("--") and SHORT.get(first[1:2]) != option.name
    return None if clustered else replace(option)


def gpus_of(value: str) -> Gpus:
    """What `--gpus` asks for: `all`, a count, or `device=0,1` (quoted once more, as Docker wants it)."""
    value = value.strip("\"'")
    if value == "all":
        return Gpus("all")
    if value.isdigit():
        return Gpus("list", int(value)) if int(value) else Gpus()
    match = re.search(r"device=([^\"']+)", value)
    if match:
        return Gpus("list", len([part for part in match[1].split(",") if part and "=" not in part]))
    count = re.search(r"count=(\w+)", value)
    return gpus_of(count[1]) if count else Gpus("all")


def visible(value: str) -> Gpus:
    """What `NVIDIA_VISIBLE_DEVICES` or `CUDA_VISIBLE_DEVICES` shows."""
    if value in ("", "void", "none"):
        return Gpus()
    return Gpus("all") if value == "all" or "$" in value else Gpus("list", len(value.split(",")))


def bind(value: str) -> tuple[str, str] | None:
    """Host path and container path of `-v`; a colon inside `${X:-y}` divides nothing."""
    masked = re.sub(r"\$\{[^}]*\}|\$\([^)]*\)|\{\{.*?\}\}", lambda match: "x" * len(match[0]), value)
    parts = [match.span() for match in re.finditer(r"[^:]+", masked)]
    if len(parts) < 2:
        return None
    return value[slice(*parts[0])], value[slice(*parts[1])]


def mounted(value: str) -> tuple[str, str] | None:
    """Host path and container path of `--mount`."""
    fields = dict(part.partition("=")[::2] for part in value.split(","))
    source = fields.get("source") or fields.get("src")
    target = fields.get("target") or fields.get("dst") or fields.get("destination")
    return (source, target) if source and target else None
