"""A verdict for a terminal."""

from __future__ import annotations

from migrate.parity.comparison import Compared
from migrate.parity.evidence import Outcome, Stage
from migrate.parity.reports.words import name

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
        lines += [f"      {note}" for note in _notes(stage)]
    return "\n".join(lines) + "\n"


def _notes(stage: Stage) -> list[str]:
    if stage.outcome in (Outcome.PASS, Outcome.SKIPPED):
        return []
    notes = [f"perhaps {stage.cause}"] if stage.cause else []
    notes += [f"about {stage.prompts_needed} prompts would tell"] if stage.prompts_needed else []
    notes += [f"{item.prompt}: {item.detail}" for item in stage.differences[:SHOWN]]
    more = len(stage.differences) - SHOWN
    return [*notes, f"and {more} more"] if more > 0 else notes
