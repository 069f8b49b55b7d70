"""The form that a request asks of its answer: JSON by a schema, or a regular expression."""

from __future__ import annotations

import re
from dataclasses import dataclass

from migrate.parity.exchange import Json, Request
from migrate.parity.protocols.shape import items, member, text
from migrate.parity.stream import parse


@dataclass(frozen=True, slots=True)
class Grammar:
    """`pattern` is a regular expression, empty where JSON is asked for; `required` are the members that JSON needs."""

    pattern: str = ""
    required: tuple[str, ...] = ()

    def broken_by(self, answer: str) -> str:
        """Why a whole answer is not of this form, nothing where it is, or where this program cannot tell.

        Of a schema the outermost object's required members are looked for: enough to see text that no grammar held.
        """
        if self.pattern:
            return "" if self._fits(answer) else "does not match the regular expression"
        data = parse(answer)
        if data is None:
            return "is no JSON"
        missing = [name for name in self.required if not isinstance(data, dict) or name not in data]
        return f"lacks {', '.join(missing)}" if missing else ""

    def _fits(self, answer: str) -> bool:
        """By Python's syntax; engines know others, and an expression that is none here tells nothing."""
        try:
            return re.fullmatch(self.pattern, answer, re.DOTALL) is not None
        except (re.error, RecursionError):
            return True


def grammar_of(request: Request) -> Grammar | None:
    """What TGI's own routes have in `parameters.grammar`, OpenAI's in `response_format`; None for free text."""
    native = member(request.body, "parameters", "grammar")
    asked = native if native is not None else member(request.body, "response_format")
    kind = text(asked, "type")
    if kind == "regex":
        pattern = text(asked, "value")
        return Grammar(pattern) if pattern else None
    if kind not in ("json", "json_object", "json_schema"):
        return None
    return Grammar(required=_required(_schema(asked)))


def _schema(asked: Json) -> Json:
    """TGI takes it as `value`, as an object or a text, and inside of a named schema; OpenAI has it in `json_schema`."""
    stated = member(asked, "value")
    if stated is None:
        stated = member(asked, "json_schema")
    found = parse(stated) if isinstance(stated, str) else stated
    inner = member(found, "schema")
    return inner if isinstance(inner, dict) else found


def _required(schema: Json) -> tuple[str, ...]:
    return tuple(name for name in items(schema, "required") if isinstance(name, str))
