"""The JSON output, schema version 1; migrate/schema/report.schema.json describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from migrate import __version__
from migrate.findings import Finding
from migrate.output.report import Report
from migrate.redaction import redact

SCHEMA_VERSION = 1


def render(report: Report, written: Sequence[str] | None = None) -> str:
    """One JSON document with a final newline. ASCII only, so that undecodable bytes of a path survive any pipe.

    msgspec indents in C, but knows no lone surrogates; `json` does, in Python.
    """
    data = document(report, written)
    try:
        return msgspec.json.format(json.dumps(data), indent=1) + "\n"
    except msgspec.DecodeError:
        return json.dumps(data, indent=1) + "\n"


def document(report: Report, written: Sequence[str] | None = None) -> dict[str, object]:
    """The report as plain data; `written` are the files that an apply has changed.

    Messages are redacted; edits are exact, so that they can be applied.
    """
    changed = {} if written is None else {"written": list(written)}
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "migrate", "version": __version__},
        "root": report.root,
        "source": f"tgi@{report.source}" if report.source else None,
        "target": f"vllm@{report.target}",
        "findings": [_finding(report, one) for group in report.groups for one in group.findings],
        "skipped": [{"path": one.path, "reason": redact(one.reason)} for one in report.skipped],
        "summary": report.counts(),
        **changed,
    }


def _finding(report: Report, finding: Finding) -> dict[str, object]:
    edits = ({"path": e.path, "start": e.start, "end": e.end, "replacement": e.replacement} for e in finding.edits)
    return {
        "rule": finding.rule,
        "fingerprint": finding.fingerprint,
        "path": finding.path,
        "start": _place(report, finding.path, finding.span.start),
        "end": _place(report, finding.path, finding.span.end),
        "kind": finding.kind,
        "level": finding.safety.level,
        "safety": finding.safety.value,
        "message": redact(finding.message),
        "group": finding.group,
        "edits": list(edits),
    }


def _place(report: Report, path: str, offset: int) -> dict[str, int]:
    line, column = report.position(path, offset)
    return {"line": line, "column": column, "offset": offset}
