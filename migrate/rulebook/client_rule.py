"""What every rule for clients has."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from migrate.rulebook.model import Identifier, SafetyName


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of a rule."""


class CallExample(Part, frozen=True):
    """A program before and after.

    `before` and `after` are whole programs; `tgi` and `vllm` are a request's parameters, or the expression that reads
    an answer. `unchanged` is a program, or a piece as in `tgi`, that is reported and stays; `alone` a
    program that looks alike and of which nothing is said.
    """

    before: str | None = None
    after: str | None = None
    tgi: str | None = None
    vllm: str | None = None
    unchanged: str | None = None
    alone: str | None = None


class ClientRule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What every rule for clients has."""

    form: ClassVar[str] = ""

    id: Identifier
    summary: str
    safety: SafetyName
    why: str
    see: list[str] = []
    examples: list[CallExample] = []
