"""A read of the whole text of a stream, as it is found."""

from __future__ import annotations

from dataclasses import dataclass

from ast_grep_py import SgNode

from migrate.languages.javascript.modules import Place


@dataclass(frozen=True)
class Whole:
    """`place` reads it, of what `event` names; `choice` is the expression of the event's first choice."""

    place: Place
    event: SgNode
    choice: str
