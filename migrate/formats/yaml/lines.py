"""Whole lines of a YAML file: where they begin and end, how they go, and how new ones are written."""

from __future__ import annotations

from collections.abc import Iterable

from migrate.source import Edit, Source, Span


def line_start(source: Source, offset: int) -> int:
    """The offset of the first character of a line."""
    return source.text.rfind("\n", 0, offset) + 1


def line_end(source: Source, offset: int) -> int:
    """The offset of a line's newline (of its carriage return), or of the end of the file."""
    end = source.text.find("\n", offset)
    end = len(source.text) if end < 0 else end
    return end - 1 if end > 0 and source.text[end - 1] == "\r" and end < len(source.text) else end


def next_line(source: Source, offset: int) -> int:
    """The offset of the next line's first character, or of the end of the file."""
    end = source.text.find("\n", offset)
    return len(source.text) if end < 0 else end + 1


def lines_of(source: Source, place: Span) -> Span:
    """The whole lines that a place touches, with their last newline."""
    return Span(line_start(source, place.start), next_line(source, max(place.start, place.end - 1)))


def remove_lines(source: Source, places: Iterable[Span], rule: str = "") -> list[Edit]:
    """Edits that take the whole lines of the places; neighbours go together, and a file that ends without a newline
    still does."""
    runs: list[list[int]] = []
    for lines in sorted(lines_of(source, place) for place in places):
        if runs and lines.start <= runs[-1][1]:
            runs[-1][1] = max(runs[-1][1], lines.end)
        else:
            runs.append([lines.start, lines.end])
    return [Edit(source.path, *_run(source, start, end), "", rule) for start, end in runs]


def _run(source: Source, start: int, end: int) -> tuple[int, int]:
    if end == len(source.text) and not source.text.endswith("\n") and start > 0:
        return line_end(source, line_start(source, start - 1)), end
    return start, end


def insert_behind(source: Source, offset: int, lines: Iterable[str], rule: str = "") -> Edit:
    """New lines behind the line of an offset."""
    end = line_end(source, offset)
    return Edit(source.path, end, end, "".join(source.newline + line for line in lines), rule)


def insert_before(source: Source, offset: int, lines: Iterable[str], rule: str = "") -> Edit:
    """New lines before the line of an offset."""
    start = line_start(source, offset)
    return Edit(source.path, start, start, "".join(line + source.newline for line in lines), rule)
