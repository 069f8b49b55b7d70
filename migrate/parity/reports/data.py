"""A verdict for programs."""

from __future__ import annotations

import json

from migrate.parity.comparison import Compared
from migrate.parity.evidence import Stage
from migrate.parity.exchange import Engine, Json

SCHEMA = 1


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
