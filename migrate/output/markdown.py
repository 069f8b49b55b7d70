"""Findings as a comment in a pull request."""

from __future__ import annotations

from migrate.findings import Finding, Safety
from migrate.markup.markdown import LIMIT, code, escaped, folded
from migrate.output.report import Report
from migrate.output.text import summary
from migrate.output.words import MEANS, ORDER, place, said
from migrate.redaction import redact

_MARKS = {Safety.MANUAL: "❌", Safety.REVIEW: "⚠️", Safety.SAFE: "✅", Safety.NONE: "➖"}
# What a reader takes in of one class; the JSON and the HTML hold all.
SHOWN = 200
_CUT = "More does not fit into a comment; the JSON and HTML reports hold it."


def render(report: Report) -> str:
    """The counts, a table of classes, then the findings of each class folded away; what does not fit is counted."""
    counts = report.counts()
    lines = [f"### To vLLM {escaped(report.target)}", "", escaped(summary(report).strip())]
    if report.findings:
        lines += ["", "| class | findings | means |", "| --- | --- | --- |"]
        lines += [f"| {_MARKS[one]} {one.value} | {counts[one.value]} | {MEANS[one]} |" for one in ORDER]
    room = LIMIT - sum(len(line) + 1 for line in lines)
    for title, listed in _lists(report):
        block = folded(f"{title}: {len(listed)}", listed[:SHOWN], len(listed), room)
        if listed and not block:
            return "\n".join([*lines, "", _CUT]) + "\n"
        lines += block
        room -= sum(len(line) + 1 for line in block)
    return "\n".join(lines) + "\n"


def _lists(report: Report) -> list[tuple[str, list[str]]]:
    found = [one for group in report.groups for one in group.findings]
    classes = [(safety.value, [_line(report, one) for one in found if one.safety is safety]) for safety in ORDER]
    return [*classes, ("not read", [f"- {code(one.path)}: {escaped(redact(one.reason))}" for one in report.skipped])]


def _line(report: Report, finding: Finding) -> str:
    return f"- {code(place(report, finding))} {escaped(said(finding))} ({code(finding.rule)})"
