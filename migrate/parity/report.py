"""A verdict for people and for programs: text, Markdown for a pull request, JSON."""

from __future__ import annotations

import json

from migrate.parity.comparison import Compared
from migrate.parity.evidence import Outcome, Stage
from migrate.parity.exchange import Engine, Json

SCHEMA = 1
# What a reader of a pull request can take in; JSON holds all of them.
SHOWN = 5

_MARKS = {
    Outcome.PASS: "✅",
    Outcome.FAIL: "❌",
    Outcome.INCONCLUSIVE: "❔",
    Outcome.DIFFERS: "ℹ️",
    Outcome.SKIPPED: "➖",
}


def text(compared: Compared) -> str:
    """The verdict's line, then one line a stage with its cause and first differences."""
    lines = [
        compared.verdict.line,
        f"{_name(compared.first)} against {_name(compared.second)}, {compared.prompts} prompts",
    ]
    for stage in compared.verdict.stages:
        lines.append(f"  {stage.name:<11}{stage.outcome.value:<13}{stage.summary}")
        lines += [f"      {note}" for note in _notes(stage)]
    return "\n".join(lines) + "\n"


def markdown(compared: Compared) -> str:
    """A comment for a pull request: the line, a table of stages, the differences folded away."""
    verdict = compared.verdict
    lines = [
        f"### {_MARKS[verdict.outcome]} Parity: {_name(compared.first)} → {_name(compared.second)}",
        "",
        _escape(verdict.line),
        "",
        f"{compared.prompts} prompts.",
        "",
        "| stage | result | found |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {stage.name} | {_MARKS[stage.outcome]} {stage.outcome.value} | {_escape(_found(stage))} |"
        for stage in verdict.stages
    ]
    for stage in verdict.stages:
        if stage.differences and stage.outcome is not Outcome.PASS:
            lines += ["", f"<details><summary>{stage.name}: {len(stage.differences)} differences</summary>", ""]
            lines += [f"- `{item.prompt}`: {_escape(item.detail)}" for item in stage.differences]
            lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def to_json(compared: Compared) -> str:
    """Everything, for programs; `schema_version` grows when a member changes its meaning."""
    data: Json = {
        "schema_version": SCHEMA,
        "outcome": compared.verdict.outcome.value,
        "line": compared.verdict.line,
        "prompts": compared.prompts,
        "engines": [_engine(compared.first), _engine(compared.second)],
        "stages": [_stage(stage) for stage in compared.verdict.stages],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _stage(stage: Stage) -> Json:
    return {
        "name": stage.name,
        "outcome": stage.outcome.value,
        "summary": stage.summary,
        "cause": stage.cause,
        "prompts_needed": stage.prompts_needed,
        "differences": [{"prompt": item.prompt, "detail": item.detail} for item in stage.differences],
    }


def _engine(engine: Engine) -> Json:
    return {
        "name": engine.name,
        "version": engine.version,
        "model": engine.model,
        "arguments": list(engine.arguments),
    }


def _name(engine: Engine) -> str:
    return f"{engine.name} {engine.version}".strip()


def _notes(stage: Stage) -> list[str]:
    if stage.outcome in (Outcome.PASS, Outcome.SKIPPED):
        return []
    notes = [f"perhaps {stage.cause}"] if stage.cause else []
    notes += [f"about {stage.prompts_needed} prompts would tell"] if stage.prompts_needed else []
    notes += [f"{item.prompt}: {item.detail}" for item in stage.differences[:SHOWN]]
    more = len(stage.differences) - SHOWN
    return [*notes, f"and {more} more"] if more > 0 else notes


def _found(stage: Stage) -> str:
    cause = f" Perhaps {stage.cause}." if stage.cause else ""
    needed = f" About {stage.prompts_needed} prompts would tell." if stage.prompts_needed else ""
    return f"{stage.summary}.{cause}{needed}"


def _escape(line: str) -> str:
    """Keep table cells whole and what a model said from being read as markup."""
    return line.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`").replace("\n", " ")
