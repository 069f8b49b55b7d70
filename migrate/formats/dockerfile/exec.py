"""The exec form of `CMD` and `ENTRYPOINT`: a JSON list of words, read with places and laid out in its own style."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from migrate.source import Edit, Fragment
from migrate.touchpoints import Token, Word

_GAP = re.compile(r"(?:\s|\\[ \t]*\r?\n)*")
_STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """One string of the list: `start:end` in the body includes its quotes."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class ExecList:
    """`opened` is the offset behind `[`, `closed` that of `]`."""

    body: Fragment
    items: tuple[Item, ...]
    opened: int
    closed: int

    def word(self, index: int) -> Word:
        """An item as one word; Docker expands nothing in it."""
        item = self.items[index]
        raw = self.body.text[item.start : item.end]
        return Word(item.value, self.body.source.path, self.body.span(item.start, item.end), raw, "json")

    def inside(self, index: int) -> Fragment:
        """The text of an item without its quotes, as a nested text: new text is escaped for JSON."""
        item = self.items[index]
        places: list[int] = []
        ends: list[int] = []
        for match in _ESCAPE.finditer(self.body.text, item.start + 1, item.end - 1):
            count = len(json.loads(f'"{match[0]}"'))
            places += [match.start()] * count
            ends += [match.end()] * count
        return self.body.inner(item.value, [*places, item.end - 1], lambda text: json_string(text)[1:-1], ends)


def json_string(value: str) -> str:
    """A JSON string, with characters beyond ASCII as they are."""
    return json.dumps(value, ensure_ascii=False)


def parse_exec(body: Fragment) -> ExecList | None:
    """The list, or None where the text is a shell form (Docker's rule: whatever is no JSON list of strings)."""
    text = body.text
    if not text.startswith("["):
        return None
    items: list[Item] = []
    at = _skip(text, 1)
    opened = 1
    while at < len(text) and text[at] != "]":
        match = _STRING.match(text, at)
        if not match:
            return None
        try:
            value = json.loads(match[0])
        except ValueError:
            return None
        items.append(Item(value, match.start(), match.end()))
        at = _skip(text, match.end())
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
            if text[at : at + 1] == "]":
                return None
        elif text[at : at + 1] != "]":
            return None
    if at >= len(text) or _skip(text, at + 1) != len(text):
        return None
    return ExecList(body, tuple(items), opened, at)


def _skip(text: str, at: int) -> int:
    match = _GAP.match(text, at)
    return match.end() if match else at


def lay(listed: ExecList, entries: Sequence[int | Token], write: Callable[[Token], str], rule: str) -> list[Edit]:
    """Edits that make the list hold `entries` in order: indices of items that stay, and new words.

    Items that stay must be in their old order. Only the places between them change.
    """
    edits: list[Edit] = []
    style = _separators(listed)
    runs = _runs(len(listed.items), entries)
    for before, after, new in runs:
        edits += _region(listed, before, after, new, write, style, rule)
    return edits


def _runs(count: int, entries: Sequence[int | Token]) -> list[tuple[int, int, list[Token]]]:
    """(item before, item after, new words between them): -1 and `count` stand for the list's ends."""
    runs: list[tuple[int, int, list[Token]]] = []
    before, new = -1, list[Token]()
    for entry in [*entries, count]:
        if isinstance(entry, Token):
            new.append(entry)
            continue
        if new or entry != before + 1:
            runs.append((before, entry, new))
        before, new = entry, []
    return runs


def _region(
    listed: ExecList,
    before: int,
    after: int,
    new: list[Token],
    write: Callable[[Token], str],
    style: Callable[[Token], str],
    rule: str,
) -> list[Edit]:
    body, items = listed.body, listed.items
    old = items[before + 1 : after]
    if len(old) == len(new):
        changed = [(item, token) for item, token in zip(old, new, strict=True) if item.value != token.value]
        return [body.edit(item.start, item.end, write(token), token.rule or rule) for item, token in changed]
    owner = next((token.rule for token in new if token.rule), rule)
    if not new:
        if after < len(items):
            return [body.edit(old[0].start, items[after].start, "", owner)]
        start = items[before].end if before >= 0 else old[0].start
        return [body.edit(start, old[-1].end, "", owner)]
    words = write(new[0]) + "".join(style(token) + write(token) for token in new[1:])
    if old:
        return [body.edit(old[0].start, old[-1].end, words, owner)]
    if before >= 0:
        end = items[before].end
        return [body.edit(end, end, style(new[0]) + words, owner)]
    if after < len(items):
        start = items[after].start
        following = Token(items[after].value)
        return [body.edit(start, start, words + style(following), owner)]
    return [body.edit(listed.opened, listed.opened, words, owner)]


def _separators(listed: ExecList) -> Callable[[Token], str]:
    """What stands before a new word: a new line where the list puts its options, or every word, on own lines."""
    text, items = listed.body.text, listed.items
    gaps = [(text[left.end : right.start], right) for left, right in pairwise(items)]
    plain = next((gap for gap, _ in gaps if "\n" not in gap), ", ")
    broken = next((_break(gap) for gap, _ in gaps if "\n" in gap), None)
    if broken is None:
        return lambda token: plain
    each = all("\n" in gap for gap, _ in gaps)
    return lambda token: broken if each or token.value.startswith("-") else plain


def _break(gap: str) -> str:
    """A separator over a line end, without the comments in it."""
    head, _, rest = gap.replace("\r\n", "\n").partition("\n")
    return f"{head}\n{rest.rpartition(chr(10))[2]}"
