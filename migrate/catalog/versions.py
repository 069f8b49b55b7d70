"""Versions of both engines, and the ranges that the catalog and the rules state."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, total_ordering
from typing import Any

_FORM = re.compile(r"v?(?P<release>\d+(?:\.\d+){0,3})(?:\.post(?P<post>\d+))?", re.IGNORECASE)
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_CLAUSE = re.compile(r"(?P<operator>>=|<=|==|>|<)\s*(?P<version>\S+)")


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A released version. Missing parts are 0: `2.4` is 2.4.0, `0.9.0.1` and `0.6.6.post1` keep their extra part.

    An image tag `2.4` moves with every 2.4.x; it is treated as the first of them, 2.4.0.
    """

    release: tuple[int, int, int, int]
    post: int = 0

    @classmethod
    def parse(cls, text: str) -> Version:
        """Reads `2.4`, `v3.3.7`, `0.9.0.1` or `0.6.6.post1`; raises ValueError for anything else."""
        match = _FORM.fullmatch(text.strip())
        if not match:
            raise ValueError(f"not a version: {text!r}")
        parts = [int(part) for part in match["release"].split(".")] + [0, 0, 0]
        return cls((parts[0], parts[1], parts[2], parts[3]), int(match["post"] or 0))

    def __lt__(self, other: Version) -> bool:
        return (self.release, self.post) < (other.release, other.post)

    def __str__(self) -> str:
        length = 4 if self.release[3] else 3
        text = ".".join(str(part) for part in self.release[:length])
        return f"{text}.post{self.post}" if self.post else text


@cache
def version(text: str) -> Version:
    """`Version.parse`, remembered."""
    return Version.parse(text)


def _of(value: str | Version) -> Version:
    return value if isinstance(value, Version) else version(value)


@dataclass(frozen=True, slots=True)
class VersionRange:
    """Clauses such as `>=2.0.0,<=2.4.0` that must all hold; none: every version."""

    clauses: tuple[tuple[str, Version], ...] = ()

    @classmethod
    def parse(cls, text: str) -> VersionRange:
        """Reads clauses joined by commas (operators >=, >, <=, <, ==); raises ValueError for any other form."""
        clauses = []
        for part in filter(None, (part.strip() for part in text.split(","))):
            match = _CLAUSE.fullmatch(part)
            if not match:
                raise ValueError(f"not a version range: {text!r}")
            clauses.append((match["operator"], Version.parse(match["version"])))
        return cls(tuple(clauses))

    def holds(self, value: str | Version) -> bool:
        """Whether `value` satisfies every clause."""
        asked = _of(value)
        return all(_OPERATORS[sign](asked, bound) for sign, bound in self.clauses)

    def __str__(self) -> str:
        return ",".join(f"{sign}{bound}" for sign, bound in self.clauses)


@cache
def version_range(text: str) -> VersionRange:
    """`VersionRange.parse`, remembered."""
    return VersionRange.parse(text)


@dataclass(frozen=True, slots=True)
class Spans:
    """The versions that have a thing, as the data states them: `0.8.5..0.9.2 0.10.0..`, open up to the newest."""

    spans: tuple[tuple[Version, Version | None], ...]

    @classmethod
    def parse(cls, text: str) -> Spans:
        """Reads spans separated by spaces; a single version stands for itself."""
        spans = []
        for part in text.split():
            first, dots, last = part.partition("..")
            spans.append((version(first), version(last) if last else None if dots else version(first)))
        return cls(tuple(spans))

    def holds(self, value: str | Version) -> bool:
        """Whether a covered version lies in one of the spans."""
        asked = _of(value)
        return any(first <= asked and (last is None or asked <= last) for first, last in self.spans)

    @property
    def first(self) -> Version:
        """The first version that has it."""
        return self.spans[0][0]

    @property
    def last(self) -> Version | None:
        """The last version that has it; None: the newest covered one still has it."""
        return self.spans[-1][1]

    def __str__(self) -> str:
        return ", ".join(
            f"from {first} on" if last is None else str(first) if first == last else f"{first} to {last}"
            for first, last in self.spans
        )


@cache
def spans(text: str) -> Spans:
    """`Spans.parse`, remembered."""
    return Spans.parse(text)


def covered(value: str | Version, known: Sequence[str]) -> str | None:
    """The nearest version of `known` (ascending) that is not above `value`; None below the first one."""
    asked = _of(value)
    return next((text for text in reversed(known) if version(text) <= asked), None)


def newest(known: Iterable[str]) -> str:
    """The highest of some versions, as written."""
    return max(known, key=version)
