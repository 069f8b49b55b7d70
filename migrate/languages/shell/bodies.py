"""The JSON that a command sends, as entries whose places are those of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At
from migrate.clients.python.edits.entries import Entries, entries_of
from migrate.clients.python.given.request import JSON
from migrate.languages.shell.objects import json_of
from migrate.languages.shell.texts import Text
from migrate.languages.shell.words import DOUBLE, EXPANDED, SINGLE
from migrate.source import Edit, Fragment, Source, Span

_VARIABLE = re.compile(r"\$\{\w+[^}]*\}|\$\(\w+\)|\$\w+|\$\([^)]*\)")
# A choice between two values cannot be written in JSON: this mark stands in front of the second one.
CHOICE = "\0"
SHELL = replace(JSON, greedy_unless=CHOICE + "{other}")
_BARE = re.compile(r"\s*\{\s*[A-Za-z_]")
_KEY = re.compile(r'"(\w+)"(?=:)|(?<!.)"(\w+)"(?!.)', re.DOTALL)
_ITSELF = re.compile(CHOICE + "-?_+")


def entries(source: Source, text: Text) -> Entries | None:
    """The entries of a JSON object, its shell variables as names; None: it cannot be read."""
    body, places = _masked(text), [*text.places]
    if text.builds:
        built = json_of(body)
        if built is None:
            return None
        body, indices = built
        places = [text.places[index] for index in indices]
    lead = len(body) - len(body.lstrip())
    places = places[lead:]
    marks = text.marks if not text.builds else ""
    file = text.file or source
    offsets = [Fragment.whole(file).offsets[place] for place in places]
    fragment = _Quoted(file, body[lead:], offsets, _ESCAPES.get(text.quote, str), marks=marks[lead:])
    try:
        module = Module.parse(fragment, file.path)
    except SyntaxError:
        return None
    module.json = True
    statement = module.tree.body[0] if len(module.tree.body) == 1 else None
    value = getattr(statement, "value", None)
    return entries_of(At(module, value)) if value is not None else None


def _masked(text: Text) -> str:
    """The text with a name in the place of each variable; a lone name would be one that may be written twice."""
    if text.quote == "<<'" or text.builds:
        return text.value
    found = list(text.value)
    for match in _VARIABLE.finditer(text.value):
        if not text.marks or text.marks[match.start()] != SINGLE:
            found[match.start() : match.end()] = "-" + "_" * (match.end() - match.start() - 1)
    for match in re.finditer(re.escape(EXPANDED) + "+", text.marks):
        found[match.start() : match.end()] = "-" + "_" * (match.end() - match.start() - 1)
    return "".join(found)


def _single(new: str) -> str:
    return new.replace("'", "'\\''")


def _double(new: str) -> str:
    return re.sub(r'(["\\`])', r"\\\1", new)


_ESCAPES = {"'": _single, '"': _double}


def chosen(text: Text, edit: Edit) -> Edit | None:
    """An edit as the text's language writes it: jq needs no quotes around keys.

    A temperature that is known at run time only becomes a choice in jq, and stays in JSON (None).
    """
    if not _ITSELF.fullmatch(edit.replacement):
        bare = text.builds and _BARE.match(text.value)
        return replace(edit, replacement=_KEY.sub(r"\1\2", edit.replacement)) if bare else edit
    if not text.builds:
        return None
    value = text.value[text.places.index(edit.start) : text.places.index(edit.end - 1) + 1]
    return replace(edit, replacement=f"(if {value} == null or {value} == 1 then 0 else {value} end)")


def crossing(text: Text, edit: Edit) -> bool:
    """Whether an edit of a text of several quotes begins and ends in different ones."""
    if text.quote != "mixed":
        return False
    marks = dict(zip(text.places, text.marks, strict=False))
    first, last = marks.get(edit.start, SINGLE), marks.get(edit.end - 1, SINGLE)
    return first not in (SINGLE, DOUBLE) or (edit.end > edit.start and first != last)


@dataclass(frozen=True)
class _Quoted(Fragment):
    """A quoted text, in which a character may be written as two, or parts of which have quotes of their own."""

    marks: str = ""

    def span(self, start: int, end: int) -> Span:
        first = self.offsets[start]
        if self.source.text[first - 1 : first] == "\\" and self.text[start : start + 1] in ('"', "\\"):
            first -= 1
        return Span(first, self.offsets[end - 1] + 1 if end > start else first)

    def edit(self, start: int, end: int, replacement: str, rule: str = "") -> Edit:
        if self.escape is not str or not self.marks:
            return super().edit(start, end, replacement, rule)
        span = self.span(start, end)
        escape = _ESCAPES.get(self.marks[start : start + 1], str)
        return Edit(self.source.path, span.start, span.end, escape(replacement), rule)
