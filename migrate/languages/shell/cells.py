"""Notebooks: the commands that their magics run in a shell, read like a script."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from migrate.clients.notebook import notebook
from migrate.clients.outcome import ClientName, ClientNeed, Collected
from migrate.clients.rules import Book
from migrate.findings import Finding
from migrate.languages.shell.reading import read_shell
from migrate.source import Fragment, Source

_Ask = TypeVar("_Ask", ClientName, ClientNeed)


def read_cells(source: Source, book: Book, collected: Collected) -> None:
    """Findings about the curl calls of a notebook, at their places in its file."""
    found = notebook(source)
    for fragment in found.shell if found else ():
        inner = replace(collected, findings=[], names=[], asked=[])
        read_shell(Source(source.path, fragment.text), book, inner)
        collected.findings += [_finding(one, fragment) for one in inner.findings]
        collected.names += [_moved(one, fragment) for one in inner.names]
        collected.asked += [_moved(one, fragment) for one in inner.asked]


def _finding(one: Finding, fragment: Fragment) -> Finding:
    span = fragment.span(one.span.start, one.span.end)
    edits = tuple(fragment.edit(edit.start, edit.end, edit.replacement, edit.rule) for edit in one.edits)
    return replace(one, span=span, edits=edits, group=f"{one.group}+{fragment.offsets[0]}")


def _moved(one: _Ask, fragment: Fragment) -> _Ask:
    span = fragment.span(one.span.start, one.span.end)
    return replace(one, span=span, group=f"{one.group}+{fragment.offsets[0]}")
