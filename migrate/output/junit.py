"""Findings as JUnit XML: one test case for each launch or call, and each file that was not read."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from migrate.findings import Safety, Skipped
from migrate.grouping import Group
from migrate.markup.junit import document
from migrate.markup.visible import visible
from migrate.output.report import Report
from migrate.output.text import Paint, block
from migrate.redaction import redact


def render(report: Report) -> str:
    """What makes a scan end with 1 is a failure, with 3 an error; a note is a case that passes.

    Where nothing was found, that is a case of its own: many readers take an empty report for a broken one.
    """
    cases = [*(_found(report, one) for one in report.groups), *map(_unread, report.skipped)]
    if not cases:
        cases = [ET.Element("testcase", {"classname": "migrate", "name": visible(report.nothing)})]
    return document("migrate", {"root": visible(report.root), "target": f"vllm@{report.target}"}, cases)


def _found(report: Report, group: Group) -> ET.Element:
    lead = group.lead
    line, column = report.position(lead.path, lead.span.start)
    case = _case(lead.path, f"{group.kind} at {line}:{column}", line)
    grave = [one for one in group.findings if one.safety is not Safety.NONE]
    grave = [one for one in grave if not one.advisory] or grave
    told = visible(block(report, group, Paint()))
    if grave:
        message = visible(redact(max(grave, key=lambda one: one.safety.rank).message))
        ET.SubElement(case, "failure", {"type": group.safety.value, "message": message}).text = told
    else:
        ET.SubElement(case, "system-out").text = told
    return case


def _unread(skipped: Skipped) -> ET.Element:
    case = _case(skipped.path, "not read")
    kind = ("error", {"type": "unread"}) if skipped.unread else ("skipped", {})
    ET.SubElement(case, kind[0], {**kind[1], "message": visible(redact(skipped.reason))})
    return case


def _case(path: str, name: str, line: int = 1) -> ET.Element:
    place = visible(path)
    return ET.Element("testcase", {"classname": place, "name": name, "file": place, "line": str(line)})
