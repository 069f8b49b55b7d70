"""Findings as one HTML page: each launch or call with its class, its reasons and its diff."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from migrate.diffing import unified
from migrate.findings import Finding, Safety
from migrate.grouping import Group
from migrate.markup.page import bar, cell, document, section, table
from migrate.markup.visible import visible
from migrate.output.report import Report
from migrate.output.text import summary
from migrate.output.words import MEANS, ORDER, place, said
from migrate.redaction import redact
from migrate.writing import rewrite

# The page's own classes of results, with a sign for those who see no colours.
_LOOKS = {
    Safety.MANUAL: ("fail", "✗"),
    Safety.REVIEW: ("inconclusive", "!"),
    Safety.SAFE: ("pass", "✓"),
    Safety.NONE: ("skipped", "–"),
}


def render(report: Report) -> str:
    """The page: counts, then every place in the order of the files, then what was not read."""
    sections = [
        *section("Places", "places", _places(report)),
        *section("Not read", "skipped", _skipped(report)),
    ]
    return document(f"migrate: {visible(report.root)} to vLLM {report.target}", _header(report), sections)


def _header(report: Report) -> Iterator[str]:
    counts = report.counts()
    gravest = next((one for one in ORDER if counts[one.value]), Safety.SAFE)
    yield bar("migrate")
    yield f"<h1>{escape(visible(report.root))} → vLLM {escape(report.target)}</h1>"
    yield f'<div class="verdict {_LOOKS[gravest][0]}" role="status"><strong>{escape(summary(report).strip())}</strong>'
    yield '</div><dl class="facts">'
    yield from (f"<div><dt>{one.value}: {MEANS[one]}</dt><dd>{counts[one.value]}</dd></div>" for one in ORDER)
    yield "</dl>"


def _places(report: Report) -> Iterator[str]:
    rows = (
        cell(escape(place(report, group.lead)), kind="path") + _class(group.safety) + cell(_told(report, group))
        for group in report.groups
    )
    if report.findings:
        yield from table(("place", "class", "what becomes of it"), rows)


def _class(safety: Safety) -> str:
    look, sign = _LOOKS[safety]
    return cell(f"{sign} {safety.value}", kind=f"result {look}")


def _told(report: Report, group: Group) -> str:
    lines = "".join(_line(report, group, one) for one in sorted(group.findings, key=lambda one: one.advisory))
    return f"{escape(group.kind)}<ul>{lines}</ul>{_diff(report, group)}"


def _line(report: Report, group: Group, finding: Finding) -> str:
    elsewhere = finding.span != group.lead.span or finding.path != group.lead.path
    where = f"<code>{escape(place(report, finding))}</code> " if elsewhere else ""
    safety = "" if finding.safety is group.safety else f" ({finding.safety.value})"
    return f'<li>{where}{escape(said(finding))}{safety} <span class="soft">{escape(finding.rule)}</span></li>'


def _diff(report: Report, group: Group) -> str:
    """What apply would write of this place alone."""
    files = rewrite(report.repository, [group]).files
    text = b"".join(unified(one.path, one.old, one.new) for one in files).decode("utf-8", "backslashreplace")
    return f"<details><summary>diff</summary><pre>{escape(visible(redact(text)))}</pre></details>" if text else ""


def _skipped(report: Report) -> Iterator[str]:
    rows = (cell(escape(visible(one.path))) + cell(escape(visible(redact(one.reason)))) for one in report.skipped)
    if report.skipped:
        yield from table(("file", "reason"), rows)
