"""A verdict as a comment in a pull request."""

from __future__ import annotations

from migrate.parity.comparison import Compared
from migrate.parity.evidence import Outcome, Stage
from migrate.parity.reports.words import MARKS, name


def markdown(compared: Compared) -> str:
    """A comment for a pull request: the line, a table of stages, the differences folded away."""
    verdict = compared.verdict
    lines = [
        f"### {MARKS[verdict.outcome]} Parity: {name(compared.first)} → {name(compared.second)}",
        "",
        _escape(verdict.line),
        "",
        f"{compared.prompts} prompts.",
        "",
        "| stage | result | found |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {stage.name} | {MARKS[stage.outcome]} {stage.outcome.value} | {_escape(_found(stage))} |"
        for stage in verdict.stages
    ]
    for stage in verdict.stages:
        if stage.differences and stage.outcome is not Outcome.PASS:
            lines += ["", f"<details><summary>{stage.name}: {len(stage.differences)} differences</summary>", ""]
            lines += [f"- `{item.prompt}`: {_escape(item.detail)}" for item in stage.differences]
            lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def _found(stage: Stage) -> str:
    cause = f" Perhaps {stage.cause}." if stage.cause else ""
    needed = f" About {stage.prompts_needed} prompts would tell." if stage.prompts_needed else ""
    return f"{stage.summary}.{cause}{needed}"


def _escape(line: str) -> str:
    """Keep table cells whole and what a model said from being read as markup."""
    return line.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`").replace("\n", " ")
