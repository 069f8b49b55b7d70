from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from migrate.parity.reports.junit import junit
from tests.parity.reports.results import COMPARED, many


def cases(allow_inconclusive: bool = False) -> dict[str, ET.Element]:
    root = ET.fromstring(junit(replace(COMPARED, allow_inconclusive=allow_inconclusive)))
    return {case.attrib["name"]: case for case in root.iter("testcase")}


def test_counts() -> None:
    suite = ET.fromstring(junit(COMPARED)).find("testsuite")
    assert suite is not None
    assert {key: suite.attrib[key] for key in ("tests", "failures", "skipped", "errors")} == {
        "tests": "6",
        "failures": "2",
        "skipped": "1",
        "errors": "0",
    }


def test_a_failed_stage_is_a_failure_with_its_differences() -> None:
    failure = cases()["prompt"].find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "fail", "message": "7 of 7 differ"}
    assert failure.text is not None
    assert failure.text.startswith("7 of 7 differ. Perhaps a template.\np0: </script><img src=x")
    assert "\\x07\\ud800" in failure.text


@pytest.mark.parametrize(("allowed", "tag"), [(False, "failure"), (True, "skipped")])
def test_an_inconclusive_stage_fails_unless_that_is_allowed(allowed: bool, tag: str) -> None:
    assert [child.tag for child in cases(allowed)["shift"]] == [tag]


@pytest.mark.parametrize("stage", ["accepted", "endings", "shapes"])
def test_what_passed_or_was_noted_is_no_failure(stage: str) -> None:
    assert [child.tag for child in cases()[stage]] == ["system-out"]


def test_what_was_accepted_is_told() -> None:
    assert "accepted until 2027-01-31: p1: TGI counts the end token" in (
        cases()["endings"].findtext("system-out") or ""
    )


def test_a_long_list_is_cut_with_a_count() -> None:
    assert "\nand 900 more" in junit(many(1000))
