"""Edits on single entries of a dict or a call: what goes, what is renamed, what is new."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from migrate.clients.python.edits.entries import Entries, Entry, Record

WIDTH = 110  # of a line, where a display is written anew


@dataclass
class Draft:
    """Changes to one `Entries`, turned into edits at the end: what goes, what is renamed, what is new."""

    entries: Entries
    dropped: list[Entry] = field(default_factory=list)
    renamed: list[tuple[Entry, str]] = field(default_factory=list)
    revalued: list[tuple[Entry, str]] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    followed: bool = False  # whether something comes behind the entries, so that they end with a comma
    between: str | None = None  # what stands between new entries, where it is not what stands between the old ones

    @property
    def kept(self) -> list[Entry]:
        return [entry for entry in self.entries.entries if entry not in self.dropped]

    def edits(self) -> list[tuple[int, int, str]]:
        """Replacements `(start, end, text)` that do not overlap."""
        if self.entries.style == "store" and self.dropped:
            return [(*self.entries.inside, "pass")]
        if isinstance(self.entries, Record):
            return [(*self.entries.inside, self._display(self.pairs()))]
        found = [(*entry.key, self._key(entry, name)) for entry, name in self.renamed]
        found += [(*self.entries.module.span(entry.value), text) for entry, text in self.revalued]
        new = [self.entries.written(name, value) for name, value in self.added]
        kept = self.kept
        if not kept and self.entries.entries:
            first, last = self.entries.entries[0], self.entries.entries[-1]
            return [(first.start, last.end, ", ".join(new))]
        found += self._removals()
        if not new:
            return found
        if self.entries.style == "merge":
            start = self.entries.inside[0]
            return [*found, (start, start, f"{{{', '.join(new)}}} | ")]
        between = self.separator()
        at = self._end(kept)
        if not kept:
            found.append((at, at, between.join(new)))
        elif at == kept[0].start:
            found += [(at, at, one + between) for one in new]
        elif comment := self._commented(at):
            found += [(at, at, ",")] if not comment[1] else []
            lines = ",".join(f"{between[1:]}{one}" for one in new)
            found += [(comment.end(), comment.end(), f"{lines}{',' if self.followed else comment[1]}")]
        else:
            found += [(at, at, between + one) for one in new]
        return found

    def pairs(self) -> list[str]:
        """Every entry as it is written now."""
        names = {one.name: name for one, name in self.renamed}
        texts = {one.name: text for one, text in self.revalued}
        old = [(names.get(e.name, e.name or ""), texts.get(e.name, self.entries.text(e))) for e in self.kept]
        return [self.entries.written(name, text) for name, text in (*old, *self.added)]

    def _display(self, pairs: list[str]) -> str:
        """The entries between brackets, one a line where they are too long for one."""
        line = f"{{{', '.join(pairs)}}}"
        before = self.entries.module.fragment.text[: self.entries.inside[0]]
        lead = re.search(r"(?:\A|[\r\n])([ \t]*)[^\r\n]*\Z", before)
        if len(line) + len(before) - (lead.start(1) if lead else 0) <= WIDTH:
            return line
        end = f"\n{lead[1] if lead else ''}"
        return f"{{{''.join(f'{end}    {one},' for one in pairs)}{end}}}"

    def _key(self, entry: Entry, name: str) -> str:
        """The new name with the entry's own quotes."""
        quote = self.entries.module.fragment.text[entry.key[1] - 1]
        return f"{quote}{name}{quote}" if quote in "\"'" else self.entries.key_text(name)

    def _commented(self, at: int) -> re.Match[str] | None:
        """The comma, where there is one, and the comment behind the last entry of its line, which stays with it."""
        own_line = "\n" in self.separator() or "\r" in self.separator()
        text = self.entries.module.fragment.text
        return re.compile(r"(,?)[ \t]*#[^\r\n]*").match(text, at, self.entries.inside[1]) if own_line else None

    def comma_written(self) -> bool:
        """Whether a comma stands behind the last entry after the edits because of a comment there."""
        last = self.kept[-1]
        comment = self._commented(last.end)
        added = bool(self.added) and self._end(self.kept) == last.end
        return comment is not None and (added or (bool(comment[1]) and last is not self.entries.entries[-1]))

    def _end(self, kept: list[Entry]) -> int:
        """Where new entries stand: before what `**` brings in, which may hold the same names."""
        if not kept:
            return self.entries.inside[0]
        first = 1 if self.entries.positional and kept[0] is self.entries.entries[0] else 0
        spread = next((index for index, entry in enumerate(kept) if entry.name is None and index >= first), len(kept))
        return kept[spread - 1].end if spread else kept[0].start

    def separator(self) -> str:
        """What stands between two entries: a comma and a space, or a comma and the line break with its indentation."""
        if self.between is not None:
            return self.between
        text = self.entries.module.fragment.text
        starts = [entry.start for entry in self.entries.entries]
        for start in starts[:1]:
            before = re.search(r"(\r\n|\r|\n)[ \t]*\Z", text[self.entries.inside[0] : start])
            if before:
                return "," + before[0]
        return ", "

    def _removals(self) -> list[tuple[int, int, str]]:
        entries = self.entries.entries
        last = max((index for index, one in enumerate(entries) if one not in self.dropped), default=-1)
        pairs = pairwise(entries[: last + 1])
        found = [(one.start, after.start, "") for one, after in pairs if one in self.dropped]
        return found + ([self._tail(entries[last])] if 0 <= last < len(entries) - 1 else [])

    def _tail(self, last: Entry) -> tuple[int, int, str]:
        """What goes behind the last entry that stays; its comment stays with it, and the comma before that."""
        end = self.entries.entries[-1].end
        comment = self._commented(last.end)
        if comment is None:
            return last.end, end, ""
        comma = re.compile(r"\s*,").match(self.entries.module.fragment.text, end, self.entries.inside[1])
        return comment.end(), comma.end() if comma and comment[1] else end, ""


def displayed(pairs: Iterable[tuple[str, str]]) -> str:
    """A dict display of names and the texts of their values."""
    return "{" + ", ".join(f'"{name}": {text}' for name, text in pairs) + "}"
