from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from migrate.findings import Finding, Safety
from migrate.output.junit import render
from migrate.output.report import Report
from tests.output.reports import ADVISED, ALL, LAUNCH, MANUAL, NOTE, SKIPPED, report


def suite(shown: Report) -> ET.Element:
    found = ET.fromstring(render(shown)).find("testsuite")
    assert found is not None
    return found


def test_a_case_for_each_place_and_file() -> None:
    cases = suite(ALL).findall("testcase")
    assert [(case.get("classname"), case.get("name"), case.get("line")) for case in cases] == [
        ("a.sh", "launch at 2:1", "2"),
        ("b.py", "endpoint at 1:1", "1"),
        ("b.py", "endpoint at 1:2", "1"),
        ("c.yaml", "not read", "1"),
        ("d.bin", "not read", "1"),
    ]
    assert [suite(ALL).get(key) for key in ("tests", "failures", "errors", "skipped")] == ["5", "2", "1", "1"]


@pytest.mark.parametrize(
    ("finding", "result"),
    [
        (LAUNCH, "failure"),
        (MANUAL, "failure"),
        (replace(LAUNCH, safety=Safety.REVIEW), "failure"),
        (NOTE, "system-out"),
    ],
    ids=["safe", "manual", "review", "note"],
)
def test_what_ends_a_scan_with_1_fails(finding: Finding, result: str) -> None:
    shown = report(finding)
    assert [[child.tag for child in case] for case in suite(shown).findall("testcase")] == [[result]]
    assert shown.actionable is (result == "failure")


def test_the_message_is_the_gravest_that_is_no_advice() -> None:
    failure = suite(report(LAUNCH, ADVISED)).find("testcase/failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("safe", "two becomes 2")
    assert "no dtype is given [launch/y]" in str(failure.text)


def test_a_launch_with_nothing_but_advice_fails_by_it() -> None:
    failure = suite(report(ADVISED)).find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "no dtype is given"


def test_nothing_found_is_a_case_that_passes() -> None:
    assert [case.get("name") for case in suite(report()).findall("testcase")] == ["Nothing depends on TGI here"]
    assert suite(report()).get("failures") == "0"


def test_files_that_were_not_read_are_no_silence() -> None:
    assert suite(report(skipped=SKIPPED)).get("errors") == "1"


def test_xml_holds_what_it_may_and_no_secret() -> None:
    text = render(ALL)
    assert "\x1b" not in text
    assert "hf_" + "abcdefghijkl" not in text
