"""A verdict for a terminal."""

from __future__ import annotations

from migrate.markup.visible import visible
from migrate.parity.comparison import Compared
from migrate.parity.evidence import Outcome, Stage
from migrate.parity.latency.samples import Latency
from migrate.parity.reports.words import measured, name, ratio

# What a reader of a pull request can take in; JSON holds all of them.
SHOWN = 5


def text(compared: Compared) -> str:
    """The verdict's line, then one line a stage with its cause and first differences."""
    lines = [
        compared.verdict.line,
        f"{name(compared.first)} against {name(compared.second)}, {compared.prompts} prompts",
    ]
    for stage in compared.verdict.stages:
        lines.append(f"  {stage.name:<11}{stage.outcome.value:<13}{stage.summary}")
        lines += [f"      {_one_line(note)}" for note in (*_notes(stage), *_accepted(stage))]
    lines += _latency(compared.latency) if compared.latency else []
    lines += [f"note: {note}" for note in compared.notes]
    return "\n".join(lines) + "\n"


def _latency(latency: Latency) -> list[str]:
    lines = [
        f"  {f'{one.name} {one.statistic}':<11}{one.outcome.value:<13}{measured(one.first, one.unit)} became "
        f"{measured(one.second, one.unit)}, ratio {ratio(one)}"
        for one in latency.metrics
    ]
    return [*lines, *(f"      {note}" for note in latency.notes)]


def _notes(stage: Stage) -> list[str]:
    if stage.outcome in (Outcome.PASS, Outcome.SKIPPED):
        return []
    notes = [f"perhaps {stage.cause}"] if stage.cause else []
    notes += [f"about {stage.prompts_needed} prompts would tell"] if stage.prompts_needed else []
    return [*notes, *_some([f"{item.prompt}: {item.detail}" for item in stage.differences])]


def _accepted(stage: Stage) -> list[str]:
    return _some([f"accepted until {one.until}: {one.prompt}: {one.reason}" for one in stage.accepted])


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - SHOWN
    return [*lines[:SHOWN], f"and {more} more"] if more > 0 else lines


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())
