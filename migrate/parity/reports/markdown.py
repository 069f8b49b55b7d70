"""A verdict as a comment in a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from migrate.parity.comparison import Compared
from migrate.parity.evidence import Outcome, Stage
from migrate.parity.latency.samples import Latency
from migrate.parity.reports.words import MARKS, TOLD, found, judged, measured, name, ratio, visible

# GitHub refuses a comment of more than 65,536 characters.
LIMIT = 65_000
# What a reader takes in of one stage; the JSON holds all.
SHOWN = 50
_CELL, _LINE = 400, 300
# What a folded list takes beside its lines, and the last line of a comment that is cut.
_FRAME = 200
_CUT = "More does not fit into a comment; the JSON and HTML reports hold it."


def markdown(compared: Compared) -> str:
    """The line, a table of stages, then the differences folded away; what does not fit is counted."""
    lines = [*_head(compared), *_latency(compared.latency), *_notes(compared)]
    room = LIMIT - sum(len(line) + 1 for line in lines)
    for stage in compared.verdict.stages:
        for title, listed, count in (_differences(stage), _accepted(stage)):
            block = _folded(f"{stage.name}: {count} {title}", listed, count, room)
            if listed and not block:
                return "\n".join([*lines, "", _CUT]) + "\n"
            lines += block
            room -= sum(len(line) + 1 for line in block)
    return "\n".join(lines) + "\n"


def _head(compared: Compared) -> Iterator[str]:
    verdict = compared.verdict
    yield f"### {MARKS[verdict.outcome]} Parity: {_escape(name(compared.first))} → {_escape(name(compared.second))}"
    yield ""
    yield _escape(verdict.line, 2 * _CELL)
    yield ""
    yield f"{compared.prompts} prompts."
    yield ""
    yield "| stage | result | found |"
    yield "| --- | --- | --- |"
    for stage in verdict.stages:
        yield f"| {stage.name} | {MARKS[stage.outcome]} {stage.outcome.value} | {_escape(found(stage))} |"


def _latency(latency: Latency | None) -> Iterator[str]:
    if latency is None:
        return
    yield from ("", "| latency | first | second | ratio | result |", "| --- | --- | --- | --- | --- |")
    for one in latency.metrics:
        mark = "" if one.outcome is Outcome.DIFFERS else f"{MARKS[one.outcome]} "
        values = f"{measured(one.first, one.unit)} | {measured(one.second, one.unit)} | {ratio(one)}"
        yield f"| {one.name} {one.statistic} | {values} | {mark}{judged(one)} |"
    yield from (line for note in latency.notes for line in ("", _escape(note)))


def _notes(compared: Compared) -> Iterator[str]:
    if compared.notes:
        yield ""
        yield from (f"- {_escape(note)}" for note in compared.notes[:SHOWN])


def _differences(stage: Stage) -> tuple[str, list[str], int]:
    shown = stage.differences[:SHOWN] if stage.outcome in TOLD else ()
    return "differences", [f"- {code(item.prompt)}: {code(item.detail)}" for item in shown], len(stage.differences)


def _accepted(stage: Stage) -> tuple[str, list[str], int]:
    listed = [
        f"- {code(one.prompt)}: {code(one.detail)} until {one.until}: {_escape(one.reason)}"
        for one in stage.accepted[:SHOWN]
    ]
    return "accepted", listed, len(stage.accepted)


def _folded(title: str, listed: list[str], count: int, room: int) -> list[str]:
    """As many of the lines as there is room for (characters), and how many there are beside; nothing if none fits."""
    left = room - len(title) - _FRAME
    fitting = [
        line for line, end in zip(listed, accumulate(len(line) + 1 for line in listed), strict=True) if end < left
    ]
    if not fitting:
        return []
    more = [f"- and {count - len(fitting)} more"] if count > len(fitting) else []
    return ["", f"<details><summary>{title}</summary>", "", *fitting, *more, "", "</details>"]


def code(text: str) -> str:
    """A code span: nothing that a model or a user said acts in it, neither markup nor a mention of somebody."""
    line = _cut(" ".join(visible(text).split("\n")), _LINE)
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line.strip() else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _escape(line: str, room: int = _CELL) -> str:
    """Keep table cells whole and what was said from being read as markup or as a mention."""
    plain = _cut(" ".join(visible(line).split("\n")), room)
    marked = re.sub(r"([\\|`*_\[\]~])", r"\\\1", plain).replace("&", "&amp;").replace("<", "&lt;")
    return marked.replace("#", "&#35;").replace("@", "@&#8203;")


def _cut(line: str, room: int) -> str:
    return line if len(line) <= room else f"{line[: room - 1]}…"
