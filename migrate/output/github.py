"""Findings as annotations of GitHub Actions: lines that a workflow prints and the changed files show."""

from __future__ import annotations

from migrate.findings import Finding, Safety
from migrate.output.report import Report
from migrate.output.sarif import from_here
from migrate.output.text import printable, summary
from migrate.redaction import redact

_COMMANDS = {Safety.MANUAL: "error", Safety.REVIEW: "warning", Safety.SAFE: "notice", Safety.NONE: "notice"}


def render(report: Report) -> str:
    """One line a finding and a file that was not read, then the counts."""
    lines = [_line(report, one) for group in report.groups for one in group.findings]
    lines += [
        f"::warning file={_property(from_here(report, one.path))}::{_data(f'not read: {one.reason}')}"
        for one in report.skipped
    ]
    return "".join(f"{line}\n" for line in lines) + summary(report)


def _line(report: Report, finding: Finding) -> str:
    line, column = report.position(finding.path, finding.span.start)
    end_line, end_column = report.position(finding.path, finding.span.end)
    place = f"file={_property(from_here(report, finding.path))},line={line},endLine={end_line}"
    # Columns are of one line only.
    columns = f",col={column},endColumn={end_column}" if line == end_line else ""
    return f"::{_COMMANDS[finding.safety]} {place}{columns},title={_property(finding.rule)}::{_data(finding.message)}"


def _data(text: str) -> str:
    """The message of a command, whose line ends and percent signs have to be escaped."""
    return printable(redact(text)).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
