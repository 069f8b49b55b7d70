"""A verdict for programs: JSON that holds everything, so that a saved one can be rendered in any other form."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from migrate import __version__
from migrate.parity.comparison import Compared
from migrate.parity.evidence import Outcome, Stage, Thresholds
from migrate.parity.exchange import Engine
from migrate.parity.latency.samples import Latency
from migrate.parity.seen import Seen
from migrate.parity.verdict import Verdict

SCHEMA = 1
# Of a point of a sweep; NaN where nothing was answered.
_PERCENTILES = ("ttft_p95_ms", "tpot_p95_ms")


class ReportError(ValueError):
    """A text that is no result of a comparison, or one that a newer program wrote."""


@dataclass(frozen=True, slots=True)
class Tool:
    """The program that wrote the report."""

    name: str = "migrate"
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Document:
    """The result of a comparison. `schema_version` grows when a member goes or changes its meaning."""

    outcome: Outcome
    line: str
    prompts: int
    engines: tuple[Engine, Engine]
    stages: tuple[Stage, ...]
    answers: tuple[Seen, ...] = ()
    latency: Latency | None = None
    notes: tuple[str, ...] = ()
    places: tuple[str, str] = ("", "")
    thresholds: Thresholds = field(default_factory=Thresholds)
    allow_inconclusive: bool = False
    launched: str = ""
    tool: Tool = field(default_factory=Tool)
    schema_version: Literal[1] = 1


def to_json(compared: Compared) -> str:
    """Everything, for programs; migrate/schema/parity-report.schema.json describes it."""
    verdict = compared.verdict
    document = Document(
        verdict.outcome,
        verdict.line,
        compared.prompts,
        (compared.first, compared.second),
        verdict.stages,
        compared.seen,
        compared.latency,
        compared.notes,
        compared.places,
        compared.thresholds,
        compared.allow_inconclusive,
        compared.launched,
    )
    return json.dumps(_finite(msgspec.to_builtins(document)), indent=1, ensure_ascii=False) + "\n"


def _finite(value: Any) -> Any:
    """JSON has no NaN: what was not measured is null."""
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _measured(data: Any) -> Any:
    """The points of the sweeps with NaN for null again."""
    latency = data.get("latency") if isinstance(data, dict) else None
    sweeps = [latency.get(name) or () for name in ("first_sweep", "second_sweep")] if isinstance(latency, dict) else []
    for point in (point for sweep in sweeps for point in sweep if isinstance(point, dict)):
        point.update({name: math.nan for name in _PERCENTILES if point.get(name, 0) is None})
    return data


def from_json(text: str) -> Compared:
    """What `to_json` made.

    Raises:
        ReportError: the text is something else, or was written in a newer schema.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        hint = ": this is a recording; compare makes results of recordings" if text.startswith('{"recording"') else ""
        raise ReportError(f"no JSON: {error}{hint}") from error
    version = data.get("schema_version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > SCHEMA:
        raise ReportError(f"written in schema {version}, this program reads up to {SCHEMA}: upgrade it")
    try:
        document = msgspec.convert(_measured(data), Document)
    except msgspec.ValidationError as error:
        raise ReportError(f"no result of a comparison: {error}") from error
    return Compared(
        *document.engines,
        Verdict(document.outcome, document.stages),
        document.prompts,
        document.latency,
        document.answers,
        document.notes,
        document.places,
        document.thresholds,
        document.allow_inconclusive,
        document.launched,
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of the report; docstrings without their indentation, which Python 3.13 takes out by itself."""
    found = msgspec.json.schema(Document)
    for name in _PERCENTILES:
        found["$defs"]["Point"]["properties"][name] = {"type": ["number", "null"]}
    for definition in found["$defs"].values():
        definition["description"] = " ".join(definition.get("description", "").split())
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **plain}
