"""A verdict as JUnit XML: one test case a stage."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from migrate.markup.junit import document
from migrate.markup.visible import visible
from migrate.parity.comparison import Compared
from migrate.parity.evidence import Outcome, Stage
from migrate.parity.reports.words import found, name

# What a test report shows of one failure without becoming a log.
SHOWN = 100


def junit(compared: Compared) -> str:
    """A failed stage is a failure, an inconclusive one too unless that is allowed, an empty one is skipped.

    Where there was nothing to judge by, the verdict is a case of its own, so that no test report is green by silence.
    """
    stages = compared.verdict.stages
    cases = [_case(stage, compared.allow_inconclusive) for stage in stages]
    if compared.exit_code and not any(case.find("failure") is not None for case in cases):
        whole = Stage("verdict", compared.verdict.outcome, compared.verdict.line)
        cases.append(_case(whole, compared.allow_inconclusive))
    said = {"first": name(compared.first), "second": name(compared.second), "verdict": visible(compared.verdict.line)}
    return document("migrate parity", said, cases)


def _case(stage: Stage, allow_inconclusive: bool) -> ET.Element:
    case = ET.Element("testcase", {"classname": "migrate.parity", "name": stage.name})
    if stage.outcome is Outcome.FAIL or (stage.outcome is Outcome.INCONCLUSIVE and not allow_inconclusive):
        kind = {"type": stage.outcome.value, "message": visible(stage.summary)}
        ET.SubElement(case, "failure", kind).text = _told(stage)
    elif stage.outcome in (Outcome.SKIPPED, Outcome.INCONCLUSIVE):
        ET.SubElement(case, "skipped", {"message": f"{stage.outcome.value}: {visible(stage.summary)}"})
    else:
        ET.SubElement(case, "system-out").text = _told(stage)
    return case


def _told(stage: Stage) -> str:
    lines = [found(stage), *(visible(f"{item.prompt}: {item.detail}") for item in stage.differences[:SHOWN])]
    more = len(stage.differences) - SHOWN
    accepted = [visible(f"accepted until {one.until}: {one.prompt}: {one.reason}") for one in stage.accepted[:SHOWN]]
    return "\n".join([*lines, *([f"and {more} more"] if more > 0 else []), *accepted])
