"""Unified diffs that `git apply` takes, byte for byte: paths quoted as git quotes them, no newline lost or added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

CONTEXT = 3
# Between two changed places a line matcher compares at most this many lines; beyond it they are one change.
MATCHED_LINES = 2000
_NO_NEWLINE = b"\n\\ No newline at end of file\n"
_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


@dataclass(frozen=True, slots=True)
class Region:
    """Old lines `a:b` become new lines `c:d`, counted from 0, half-open."""

    a: int
    b: int
    c: int
    d: int


def unified(path: str, old: bytes, new: bytes) -> bytes:
    """The diff of one file, empty where nothing changes. Lines end at the byte 0x0A only, whatever the encoding."""
    before, after = _lines(old), _lines(new)
    regions = list(changed(before, after))
    if not regions:
        return b""
    parts = [b"--- " + _name("a/", path), b"+++ " + _name("b/", path)]
    for hunk in _hunks(regions):
        parts += _hunk(before, after, hunk)
    return b"".join(parts)


def _lines(data: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _name(side: str, path: str) -> bytes:
    """A file name in a header: quoted like git does, and ended with a tab where it holds a blank."""
    raw = (side + path).encode("utf-8", "surrogateescape")
    if any(byte < 32 or byte > 126 or byte in b'"\\' for byte in raw):
        text = "".join(_ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in raw)
        return b'"' + text.encode() + b'"\n'
    return raw + (b"\t\n" if b" " in raw else b"\n")


def changed(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[Region]:
    """The regions that differ. What both ends share is cut off first, so a long file costs what its change costs."""
    head = 0
    shortest = min(len(before), len(after))
    while head < shortest and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shortest - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    yield from _middle(before, after, Region(head, len(before) - tail, head, len(after) - tail))


def _middle(before: Sequence[bytes], after: Sequence[bytes], region: Region) -> Iterator[Region]:
    if region.a == region.b and region.c == region.d:
        return
    if max(region.b - region.a, region.d - region.c) > MATCHED_LINES:
        yield from _halves(before, after, region)
        return
    matcher = SequenceMatcher(None, before[region.a : region.b], after[region.c : region.d], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield Region(region.a + a, region.a + b, region.c + c, region.c + d)


def _halves(before: Sequence[bytes], after: Sequence[bytes], region: Region) -> Iterator[Region]:
    """Split a long region at lines that both sides hold exactly once, in order; without one it is a single change."""
    places = _unique(after, region.c, region.d)
    edge_a, edge_c = region.a, region.c
    anchored = False
    for line, a in sorted(_unique(before, region.a, region.b).items(), key=lambda item: item[1]):
        c = places.get(line)
        if c is None or c < edge_c:
            continue
        anchored = True
        if a > edge_a or c > edge_c:
            yield from _middle_or_whole(before, after, Region(edge_a, a, edge_c, c))
        edge_a, edge_c = a + 1, c + 1
    if anchored:
        yield from _middle_or_whole(before, after, Region(edge_a, region.b, edge_c, region.d))
    else:
        yield region


def _middle_or_whole(before: Sequence[bytes], after: Sequence[bytes], region: Region) -> Iterator[Region]:
    if max(region.b - region.a, region.d - region.c) > MATCHED_LINES:
        yield region
    else:
        yield from _middle(before, after, region)


def _unique(lines: Sequence[bytes], first: int, last: int) -> dict[bytes, int]:
    places: dict[bytes, int] = {}
    twice: set[bytes] = set()
    for index in range(first, last):
        if lines[index] in places:
            twice.add(lines[index])
        places[lines[index]] = index
    return {line: place for line, place in places.items() if line not in twice}


def _hunks(regions: Sequence[Region]) -> Iterator[list[Region]]:
    """Regions whose context would touch share a hunk."""
    hunk: list[Region] = []
    for region in regions:
        if hunk and region.a - hunk[-1].b > 2 * CONTEXT:
            yield hunk
            hunk = []
        hunk.append(region)
    yield hunk


def _hunk(before: Sequence[bytes], after: Sequence[bytes], regions: Sequence[Region]) -> Iterator[bytes]:
    first, last = regions[0], regions[-1]
    start = max(0, first.a - CONTEXT)
    end = min(len(before), last.b + CONTEXT)
    new_start = first.c - (first.a - start)
    new_end = last.d + (end - last.b)
    yield f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@\n".encode()
    position = start
    for region in regions:
        yield from (_line(b" ", line) for line in before[position : region.a])
        yield from (_line(b"-", line) for line in before[region.a : region.b])
        yield from (_line(b"+", line) for line in after[region.c : region.d])
        position = region.b
    yield from (_line(b" ", line) for line in before[position:end])


def _range(start: int, end: int) -> str:
    """Lines from 1; an empty range names the line before it."""
    length = end - start
    return f"{start + 1 if length else start},{length}"


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + _NO_NEWLINE
