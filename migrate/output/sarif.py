"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from pathlib import PurePath, PurePosixPath
from urllib.parse import quote

from migrate import __version__
from migrate.findings import Finding, Skipped
from migrate.output.report import Report
from migrate.output.text import printable
from migrate.redaction import redact

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report) -> str:
    """One run; the classes manual, review and safe are errors, warnings and notes. ASCII, with a final newline."""
    rules = dict.fromkeys(one.rule for one in report.findings)
    run = {
        "tool": {
            "driver": {"name": "migrate", "semanticVersion": __version__, "rules": [{"id": rule} for rule in rules]}
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.incomplete,
                "toolExecutionNotifications": [_unread(report, one) for one in report.skipped],
            }
        ],
        "results": [_result(report, one) for group in report.groups for one in group.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _result(report: Report, finding: Finding) -> dict[str, object]:
    line, column = report.position(finding.path, finding.span.start)
    end_line, end_column = report.position(finding.path, finding.span.end)
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {
        "ruleId": finding.rule,
        "level": finding.safety.level,
        "message": {"text": printable(redact(finding.message))},
        "locations": [{"physicalLocation": {**_file(report, finding.path), "region": region}}],
        "partialFingerprints": {"migrate/v1": finding.fingerprint},
        "properties": {"kind": finding.kind, "safety": finding.safety.value, "group": printable(finding.group)},
    }


def _unread(report: Report, skipped: Skipped) -> dict[str, object]:
    level = "error" if skipped.unread else "note"
    text = f"not read: {printable(redact(skipped.reason))}"
    return {"level": level, "message": {"text": text}, "locations": [{"physicalLocation": _file(report, skipped.path)}]}


def _file(report: Report, path: str) -> dict[str, object]:
    return {"artifactLocation": {"uri": quote(from_here(report, path), errors="surrogateescape")}}


def from_here(report: Report, path: str) -> str:
    """The path from the folder in which the command ran, which CI takes for the repository's; below a root that was
    given as an absolute path it starts at the root."""
    root = PurePath(report.root)
    return path if root.is_absolute() else (PurePosixPath(root.as_posix()) / path).as_posix()
