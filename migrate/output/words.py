"""What the Markdown and the HTML of findings have in common."""

from __future__ import annotations

from migrate.findings import Finding, Safety
from migrate.markup.visible import visible
from migrate.output.report import Report
from migrate.redaction import redact

# The gravest class first, as a reader needs them.
ORDER = (Safety.MANUAL, Safety.REVIEW, Safety.SAFE, Safety.NONE)
MEANS = {
    Safety.MANUAL: "left for a person",
    Safety.REVIEW: "written; behaviour may change",
    Safety.SAFE: "written; same behaviour",
    Safety.NONE: "a note",
}


def place(report: Report, finding: Finding) -> str:
    """`path:line:column`."""
    line, column = report.position(finding.path, finding.span.start)
    return visible(f"{finding.path}:{line}:{column}")


def said(finding: Finding) -> str:
    """The message on one line, without secrets."""
    return visible(" ".join(redact(finding.message).split()))
