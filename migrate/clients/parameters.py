"""TGI's request parameters as a program writes them, and what becomes of them: values are texts of any language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class _Unknown:
    """The value of an expression that is no literal."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()


@dataclass(frozen=True)
class Given:
    """A parameter as it is written: `literal` is its value where that is known, else UNKNOWN; `text` its source.

    `nullable`: it may be null, which is to TGI as if it was not there.
    """

    name: str
    text: str
    literal: Any = UNKNOWN
    simple: bool = False  # it may be written twice
    nullable: bool = False


@dataclass(frozen=True)
class Note:
    """Something a person should know; `manual` ones stop the edit."""

    parameter: str
    rule: str
    message: str
    manual: bool = False


@dataclass
class Translation:
    """For each given parameter its new name and text (None: it goes), what is added, and what is to be said."""

    becomes: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    added: list[tuple[str, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # model names (adapters) that are sent now

    @property
    def manual(self) -> bool:
        return any(note.manual for note in self.notes)


@dataclass(frozen=True)
class Spelling:
    """How a language writes literals, and the choice between two values."""

    true: str = "True"
    false: str = "False"
    null: str = "None"
    greedy_unless: str = "({value} if {flag} else {other})"
    neutral: str = "{value} in (None, 1.0)"
    negate: str = "not {flag} and "
    given: str = "{value} is not None"
    missing: str = "{value} is None"
    either: str = " or "
    grammar: Callable[[str], tuple[str, str] | None] = lambda _: None

    def literal(self, value: Any) -> str:
        if isinstance(value, bool):
            return self.true if value else self.false
        return f'"{value}"' if isinstance(value, str) else str(value)


def closed(text: str) -> str:
    """The text as one operand."""
    return text if re.fullmatch(r"[\w.]+(\(.*\)|\[.*\])?", text, re.DOTALL) else f"({text})"
