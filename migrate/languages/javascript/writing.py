"""The objects of a request as vLLM takes them, in their own style."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ast_grep_py import SgNode

from migrate.clients.parameters import Translation
from migrate.languages.javascript.changes import Changes
from migrate.languages.javascript.parts import Part, Parts
from migrate.languages.javascript.script import QUOTES, entries, same, span, value

Added = Sequence[tuple[str, str]]
COMMENTS = "parameters: comments stand between them, which would be lost"


def write(changes: Changes, body: SgNode, found: Parts, done: Translation, *, streams: bool, model: bool) -> None:
    """The body with its own parameters one level up, and each part that is spread into it."""
    pairs = entries(body)
    inputs, entry = pairs["inputs"], pairs.get("parameters")
    quote = inputs.text()[:1] if inputs.text()[:1] in QUOTES else ""
    named = model and not any(pair and pair[0] == "model" for pair in done.becomes.values()) and "model" not in pairs
    lead = f'{quote}model{quote}: "", ' if named else ""
    key = inputs.field("key")
    place = span(key) if key else span(inputs)
    changes.replace(place.start, place.end, f"{lead}{quote}prompt{quote}" + ("" if key else ": inputs"))
    last = [f"{quote}stream{quote}: true"] if streams and "stream" not in pairs else []
    main = found.main
    if entry is None:
        end = span(inputs).end
        new = [*_pairs(done.added, quote), *last]
        changes.replace(end, end, "".join(f", {one}" for one in new))
    elif main is None:
        text = ", ".join([f"...{value(entry).text()}", *last])
        changes.replace(span(entry).start, span(entry).end, text)
    else:
        new = [*_entries(main, done, done.added, quote, found), *last]
        changes.replace(span(entry).start, span(entry).end, _joined(changes, entry, main.holder, new))
        _comments(changes, main.holder)
    for index, part in enumerate(found.fixed):
        write_part(changes.at(part.script), part, done, done.added if main is None and not index else [])


def write_part(changes: Changes, part: Part, done: Translation, added: Added) -> None:
    """An object that is spread into the body, or that a caller hands over."""
    first = next(iter(part.inner.values()), None)
    quote = first.text()[:1] if first is not None and first.text()[:1] in QUOTES else ""
    text = _joined(changes, part.holder, part.holder, _entries(part, done, added, quote, None))
    place = span(part.holder)
    changes.replace(place.start, place.end, text if "\n" in text else "{ " + text + " }" if text else "{}")
    _comments(changes, part.holder)


def _comments(changes: Changes, holder: SgNode) -> None:
    if any(holder.find_all(kind="comment")):
        changes.escape(holder, COMMENTS)


def _pairs(added: Added, quote: str) -> list[str]:
    return [f"{quote}{name}{quote}: {text.replace(chr(34) * 2, chr(34))}" for name, text in added]


def _entries(part: Part, done: Translation, added: Added, quote: str, found: Parts | None) -> list[str]:
    """The new entries: those that stay, in their order, and what is added, in front of what callers may set anew."""
    new: list[str] = []
    extra = _pairs(added, quote)
    for one in part.holder.children():
        name = next((name for name, entry in part.inner.items() if same(entry, one)), None)
        pair = done.becomes.get(name) if name is not None else None
        if one.kind() == "spread_element":
            if found is not None and found.callers:
                new += extra
                extra = []
            new.append(one.text())
        elif pair:
            same_text = pair == (name, value(one).text())
            new.append(one.text() if same_text else f"{quote}{pair[0]}{quote}: {pair[1]}")
    return [*new, *extra]


def _joined(changes: Changes, at: SgNode, holder: SgNode, new: list[str]) -> str:
    """The entries on one line, or one a line where they stood so."""
    source = changes.script.source.text
    line = re.match(r"\{[ \t]*\r?\n([ \t]*)", holder.text())
    if line is None:
        return ", ".join(new)
    if same(at, holder):
        close = re.search(r"\n([ \t]*)\}\Z", holder.text())
        inside = "".join(f"\n{line[1]}{one}," for one in new)
        return "{" + inside + f"\n{close[1] if close else ''}" + "}"
    before = re.search(r"[ \t]*\Z", source[: span(at).start])
    return f",\n{before[0] if before else ''}".join(new)
