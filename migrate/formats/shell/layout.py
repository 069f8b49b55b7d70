"""Lays a plan's words into the text of a command: in its layout, and touching nothing that can stay."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from migrate.formats.shell.quote import quote
from migrate.source import Edit, Fragment
from migrate.touchpoints import Change, Plan, Token, Word

_BREAK = re.compile(r"([ \t]*\\?)[ \t]*\r?\n(?:.*\n)*?([ \t]*)$")
_PLAIN_GAP = re.compile(r"(?:[ \t\r\n]|\\\r?\n)*")


def lay_arguments(
    fragment: Fragment,
    words: Sequence[Word],
    plan: Plan,
    anchor: int,
    *,
    first: int = 0,
    dialect: str = "shell",
    single_line: bool = False,
) -> list[Edit]:
    """The edits that turn the arguments `words` into what the plan says.

    `words` are arguments `first ...` of the launch, all inside `fragment`; changes of others are left to others.
    `anchor` is the offset in `fragment.text` behind what the first argument follows (image, launcher). New words go
    on lines of their own where the arguments do, unless `single_line` forbids newlines; nothing behind the last
    argument is touched.
    """
    places = [(inner(fragment, word.span.start), inner(fragment, word.span.end)) for word in words]
    layout = _Layout(fragment, places, anchor, dialect, single_line)
    last = first + len(words)
    changes = [change for change in plan.changes if first <= change.first and change.last <= last]
    slots = [_Slot(change.first - first, change.last - first, list(change.words), change) for change in changes]
    slots = [slot for slot in slots if slot.first < slot.last or slot.words]
    _insert(slots, 0, plan.head, in_front=True)
    before = None if plan.tail_before is None else min(max(plan.tail_before - first, 0), len(words))
    if before is None or before == len(words):
        _append(slots, len(words), plan.tail)
    else:
        _insert(slots, before, plan.tail, in_front=False)
    return [edit for slot in _merged(slots) for edit in layout.edits(slot, words, plan.rule)]


def inner(fragment: Fragment, place: int) -> int:
    """The offset in the fragment's text of a place in the file."""
    return bisect_left(fragment.offsets, place)


@dataclass(slots=True)
class _Slot:
    """Arguments `first:last` become `words`; an empty range inserts before `first`."""

    first: int
    last: int
    words: list[Token] = field(default_factory=list)
    change: Change | None = None


def _insert(slots: list[_Slot], at: int, words: Sequence[Token], in_front: bool) -> None:
    """Words before argument `at`; they join a change that already rewrites this place."""
    if not words:
        return
    for slot in slots:
        same_place = slot.first == at and (not slot.words or slot.first == slot.last)
        if same_place or slot.first < at < slot.last:
            slot.words = [*words, *slot.words] if in_front or slot.first < slot.last else [*slot.words, *words]
            return
    slots.append(_Slot(at, at, list(words)))


def _append(slots: list[_Slot], count: int, words: Sequence[Token]) -> None:
    """Words behind the last argument; they take the place of an argument that goes there."""
    if not words:
        return
    for slot in slots:
        if slot.last == count and (not slot.words or slot.first == slot.last):
            slot.words += words
            return
    slots.append(_Slot(count, count, list(words)))


def _merged(slots: list[_Slot]) -> list[_Slot]:
    """In order, with neighbours that both go as one."""
    merged: list[_Slot] = []
    for slot in sorted(slots, key=lambda slot: (slot.first, slot.last)):
        previous = merged[-1] if merged else None
        if previous and not previous.words and not slot.words and previous.last == slot.first:
            previous.last = slot.last
        else:
            merged.append(slot)
    return merged


@dataclass(frozen=True)
class _Layout:
    fragment: Fragment
    places: Sequence[tuple[int, int]]
    anchor: int
    dialect: str
    single_line: bool

    def edits(self, slot: _Slot, words: Sequence[Word], rule: str) -> list[Edit]:
        rule = (slot.change.rule if slot.change else "") or next((word.rule for word in slot.words if word.rule), rule)
        if slot.first == slot.last:
            return [self._insertion(slot, rule)]
        if not slot.words:
            return [self.fragment.edit(*self._removal(slot.first, slot.last), "", rule)]
        if len(slot.words) == slot.last - slot.first and slot.change and len(slot.change.words) == len(slot.words):
            return self._word_by_word(slot, words, rule)
        start, end = self.places[slot.first][0], self.places[slot.last - 1][1]
        return [self.fragment.edit(start, end, self._joined(slot.words), rule)]

    def _word_by_word(self, slot: _Slot, words: Sequence[Word], rule: str) -> list[Edit]:
        edits: list[Edit] = []
        for index, token in zip(range(slot.first, slot.last), slot.words, strict=True):
            text = quote(token, self.dialect)
            start, end = self.places[index]
            if text != self.fragment.text[start:end]:
                edits.append(self.fragment.edit(start, end, text, token.rule or rule))
        return edits

    def _insertion(self, slot: _Slot, rule: str) -> Edit:
        text = self._joined(slot.words)
        if slot.first < len(self.places):
            start = self.places[slot.first][0]
            breaks = "\n" in self._gap(slot.first)
            return self.fragment.edit(start, start, text + (self._separator if breaks else " "), rule)
        end = self.places[-1][1] if self.places else self.anchor
        lead = self._separator if self.places or end > 0 else ""
        return _behind(self.fragment, end, lead + text, rule)

    def _joined(self, words: Sequence[Token]) -> str:
        """One option a line where the arguments stand one a line."""
        text = ""
        for index, token in enumerate(words):
            starts = token.value.startswith("-") and not re.match(r"-\.?\d", token.value)
            text += "" if not index else self._separator if starts else " "
            text += quote(token, self.dialect)
        return text

    def _gap(self, index: int) -> str:
        """What stands before an argument."""
        return self.fragment.text[self._gap_start(index) : self.places[index][0]]

    def _gap_start(self, index: int) -> int:
        return self.places[index - 1][1] if index else min(self.anchor, self.places[0][0])

    def _removal(self, first: int, last: int) -> tuple[int, int]:
        """The arguments with the blank before them; behind them where that keeps a line break or a comment in place."""
        start, end = self.places[first][0], self.places[last - 1][1]
        before = self._gap(first)
        following = self.fragment.text[end : self.places[last][0]] if last < len(self.places) else None
        plain = _PLAIN_GAP.fullmatch(before) is not None
        if not before and following is not None:
            return start, self.places[last][0]
        if following is not None and "\n" in before and (not plain or "\n" not in following):
            if "\n" not in following:
                return start, self.places[last][0]
            return self._line(start, end, following)
        if plain:
            return self._gap_start(first), end
        return start - len(before) + len(before.rstrip(" \t")), end

    def _line(self, start: int, end: int, following: str) -> tuple[int, int]:
        """The whole line (or lines) that the arguments fill."""
        text = self.fragment.text
        return text.rfind("\n", 0, start) + 1, end + following.index("\n") + 1

    @property
    def _separator(self) -> str:
        """What stands between two options: the line break of the arguments, of a lone image, or a blank."""
        if self.single_line:
            return " "
        behind = reversed(range(len(self.places)))
        flags_first = sorted(behind, key=lambda index: self.fragment.text[self.places[index][0]] != "-")
        gaps = [self._gap(index) for index in flags_first] or [self._own_line()]
        match = next((found for gap in gaps if (found := _BREAK.search(gap))), None)
        if not match:
            return " "
        lead = match[1] if match[1][:1] in ("", " ", "\t") else " " + match[1]
        return f"{lead.rstrip() and lead}\n{match[2]}"

    def _own_line(self) -> str:
        """The break before the word that the arguments follow, where that word fills its line."""
        line = self.fragment.text.rfind("\n", 0, self.anchor) + 1
        lead = self.fragment.text[line : self.anchor]
        indent = lead[: len(lead) - len(lead.lstrip(" \t"))]
        previous = self.fragment.text[:line].rstrip("\r\n")
        alone = line > 0 and re.search(r"[ \t]", lead.strip()) is None and previous.endswith("\\")
        return " \\\n" + indent if alone else ""


def _behind(fragment: Fragment, end: int, text: str, rule: str) -> Edit:
    """An insertion right behind a character, which in a fragment is not where the next one stands."""
    place = fragment.span(end - 1, end).end if end else fragment.offsets[0]
    return Edit(fragment.source.path, place, place, fragment.escape(text), rule)
