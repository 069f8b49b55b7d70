"""A verdict as a comment in a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.markup.markdown import CELL, LIMIT, code, escaped, folded
from migrate.parity.comparison import Compared
from migrate.parity.evidence import Stage
from migrate.parity.latency.samples import Latency
from migrate.parity.reports.words import MARKS, TOLD, found, measured, name, ratio

# What a reader takes in of one stage; the JSON holds all.
SHOWN = 50
_CUT = "More does not fit into a comment; the JSON and HTML reports hold it."


def markdown(compared: Compared) -> str:
    """The line, a table of stages, then the differences folded away; what does not fit is counted."""
    lines = [*_head(compared), *_latency(compared.latency), *_notes(compared)]
    room = LIMIT - sum(len(line) + 1 for line in lines)
    for stage in compared.verdict.stages:
        for title, listed, count in (_differences(stage), _accepted(stage)):
            block = folded(f"{stage.name}: {count} {title}", listed, count, room)
            if listed and not block:
                return "\n".join([*lines, "", _CUT]) + "\n"
            lines += block
            room -= sum(len(line) + 1 for line in block)
    return "\n".join(lines) + "\n"


def _head(compared: Compared) -> Iterator[str]:
    verdict = compared.verdict
    yield f"### {MARKS[verdict.outcome]} Parity: {escaped(name(compared.first))} → {escaped(name(compared.second))}"
    yield ""
    yield escaped(verdict.line, 2 * CELL)
    yield ""
    yield f"{compared.prompts} prompts."
    yield ""
    yield "| stage | result | found |"
    yield "| --- | --- | --- |"
    for stage in verdict.stages:
        yield f"| {stage.name} | {MARKS[stage.outcome]} {stage.outcome.value} | {escaped(found(stage))} |"


def _latency(latency: Latency | None) -> Iterator[str]:
    if latency is None:
        return
    yield from ("", "| latency | first | second | ratio | result |", "| --- | --- | --- | --- | --- |")
    for one in latency.metrics:
        values = f"{measured(one.first, one.unit)} | {measured(one.second, one.unit)} | {ratio(one)}"
        yield f"| {one.name} {one.statistic} | {values} | {MARKS[one.outcome]} {one.outcome.value} |"
    yield from (line for note in latency.notes for line in ("", escaped(note)))


def _notes(compared: Compared) -> Iterator[str]:
    if compared.notes:
        yield ""
        yield from (f"- {escaped(note)}" for note in compared.notes[:SHOWN])


def _differences(stage: Stage) -> tuple[str, list[str], int]:
    shown = stage.differences[:SHOWN] if stage.outcome in TOLD else ()
    return "differences", [f"- {code(item.prompt)}: {code(item.detail)}" for item in shown], len(stage.differences)


def _accepted(stage: Stage) -> tuple[str, list[str], int]:
    listed = [
        f"- {code(one.prompt)}: {code(one.detail)} until {one.until}: {escaped(one.reason)}"
        for one in stage.accepted[:SHOWN]
    ]
    return "accepted", listed, len(stage.accepted)
