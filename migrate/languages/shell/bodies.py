"""The JSON that a command sends, as entries whose places are those of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from migrate.clients.python.entries import Entries, entries_of
from migrate.clients.python.module import Module
from migrate.clients.python.project import At
from migrate.languages.shell.calls import Text
from migrate.source import Fragment, Source, Span

_VARIABLE = re.compile(r"\$\{\w+[^}]*\}|\$\w+|\$\([^)]*\)")


def entries(source: Source, text: Text) -> Entries | None:
    """The entries of a JSON object, its shell variables as names; None: it cannot be read."""
    masked = text.value if text.quote == "<<'" else _VARIABLE.sub(lambda match: "_" * len(match[0]), text.value)
    lead = len(masked) - len(masked.lstrip())
    escape = {"'": _single, '"': _double}.get(text.quote, lambda new: new)
    places = [*text.places[lead:]]
    fragment = _Quoted(source, masked[lead:], [Fragment.whole(source).offsets[place] for place in places], escape)
    try:
        module = Module.parse(fragment, source.path)
    except SyntaxError:
        return None
    module.json = True
    statement = module.tree.body[0] if len(module.tree.body) == 1 else None
    value = getattr(statement, "value", None)
    return entries_of(At(module, value)) if value is not None else None


def _single(new: str) -> str:
    return new.replace("'", "'\\''")


def _double(new: str) -> str:
    return re.sub(r'(["\\`])', r"\\\1", new)


@dataclass(frozen=True)
class _Quoted(Fragment):
    """A quoted text, in which a character may be written as two."""

    def span(self, start: int, end: int) -> Span:
        first = self.offsets[start]
        if self.source.text[first - 1 : first] == "\\" and self.text[start : start + 1] in ('"', "\\"):
            first -= 1
        return Span(first, self.offsets[end - 1] + 1 if end > start else first)
