"""Shell inside other files: the magics of notebooks and the literal blocks of YAML, read like a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import yaml

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
        _read(fragment, book, collected)


def read_blocks(source: Source, book: Book, collected: Collected) -> None:
    """Findings about the calls in the literal blocks (`run: |`) of a YAML file: steps of workflows and the like."""
    if "curl" not in source.text and "wget" not in source.text:
        return
    try:
        root = yaml.compose(source.text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return
    for node in _blocks(root):
        start, end = node.start_mark.index, node.end_mark.index
        _read(Fragment.whole(source).part(start, end), book, collected)


def _read(fragment: Fragment, book: Book, collected: Collected) -> None:
    inner = replace(collected, findings=[], names=[], asked=[])
    read_shell(Source(fragment.source.path, fragment.text), book, inner)
    collected.findings += [_finding(one, fragment) for one in inner.findings]
    collected.names += [_moved(one, fragment) for one in inner.names]
    collected.asked += [_moved(one, fragment) for one in inner.asked]


def _blocks(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode) and node.style == "|":
        yield node
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _blocks(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _blocks(one)


def _finding(one: Finding, fragment: Fragment) -> Finding:
    span = fragment.span(one.span.start, one.span.end)
    edits = tuple(fragment.edit(edit.start, edit.end, edit.replacement, edit.rule) for edit in one.edits)
    return replace(one, span=span, edits=edits, group=f"{one.group}+{fragment.offsets[0]}")


def _moved(one: _Ask, fragment: Fragment) -> _Ask:
    span = fragment.span(one.span.start, one.span.end)
    return replace(one, span=span, group=f"{one.group}+{fragment.offsets[0]}")
