"""The entries of an inner dict move one level up, with their lines and comments."""

from __future__ import annotations

import ast
import re

from migrate.clients.python.edits.changes import Changes
from migrate.clients.python.edits.drafts import Draft
from migrate.clients.python.edits.entries import Entry, Record


def change(draft: Draft, entry: Entry, becomes: tuple[str, str] | None) -> None:
    """One entry of a draft gets its new name and text, or goes."""
    if becomes is None:
        draft.dropped.append(entry)
        return
    name, text = becomes
    if name != entry.name:
        draft.renamed.append((entry, name))
    if text != draft.entries.text(entry):
        draft.revalued.append((entry, text))


def emit(draft: Draft, changes: Changes) -> None:
    for start, end, text in draft.edits():
        changes.replace(draft.entries.module, start, end, text)


def emit_keywords(draft: Draft, changes: Changes) -> None:
    """As `emit`, for the keywords of a call: where none stays, the comma before them goes too."""
    module, entries, call = draft.entries.module, draft.entries.entries, draft.entries.at.node
    if isinstance(call, ast.Call) and call.args and entries and not draft.kept and not draft.added:
        changes.replace(module, module.span(call.args[-1])[1], entries[-1].end, "")
    else:
        emit(draft, changes)


def flatten(outer: Draft, inner: Draft, entry: Entry, changes: Changes) -> None:
    """The entries of `parameters` move one level up, lines and comments with them."""
    module = outer.entries.module
    text = module.fragment.text
    if isinstance(inner.entries, Record) and outer.entries.style == "dict":
        changes.replace(module, entry.start, entry.end, outer.separator().join(inner.pairs()))
        return
    if inner.entries.style != outer.entries.style or inner.entries.positional:
        changes.replace(module, entry.start, module.span(entry.value)[0], "**")
        emit(inner, changes)
        return
    if not inner.kept:
        new = outer.separator().join(outer.entries.written(name, value) for name, value in inner.added)
        changes.replace(module, entry.start, entry.end, new)
        return
    if inner.separator() != ", ":
        inner.between = outer.separator()
    inner.followed = True
    emit(inner, changes)
    entries = inner.entries.entries
    first = entries[0].start
    changes.replace(module, entry.start, first, "")
    close = entry.end - 1
    tail = text[entries[-1].end : close]
    written = inner.comma_written()
    if "#" in tail or written:
        if not tail.lstrip().startswith(",") and not written:
            changes.insert(module, entries[-1].end, ",", -1)
        comma = re.match(r"\s*,", text[entry.end :])
        stop = entry.end + (comma.end() if comma else 0)
        line = re.search(r"(\r\n|\r|\n)[ \t]*\Z", tail)
        changes.replace(module, close - (len(line[0]) if line else 0), stop, "")
    else:
        changes.replace(module, entries[-1].end, entry.end, "")
    _dedent(module.fragment.text, entry, entries, changes, inner)


def _dedent(text: str, entry: Entry, entries: list[Entry], changes: Changes, inner: Draft) -> None:
    module = inner.entries.module
    mine = re.search(r"[ \t]*\Z", text[: entry.start])
    deeper = re.search(r"(?:\r\n|\r|\n)([ \t]*)\Z", text[: entries[0].start])
    if mine is None or deeper is None or not deeper[1].startswith(mine[0]):
        return
    extra = len(deeper[1]) - len(mine[0])
    if extra <= 0:
        return
    removed = [(start, end) for start, end, _ in inner.edits() if start < end]
    inside = [module.span(one.value) for one in entries]
    for match in re.finditer(r"(?:\r\n|\r|\n)(" + re.escape(deeper[1]) + ")", text[entries[0].start : entries[-1].end]):
        start = entries[0].start + match.start(1)
        triple = any(first < start < last and '"""' in text[first:last] for first, last in inside)
        if not triple and not any(first <= start < last for first, last in removed):
            changes.replace(module, start, start + extra, "")
