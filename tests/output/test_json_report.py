from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from migrate.findings import Finding, Safety, Skipped
from migrate.output.json_report import document, render
from migrate.output.report import Report
from migrate.repository import Repository
from migrate.source import Edit, Span

SCHEMA = json.loads(files("migrate").joinpath("schema/report.schema.json").read_text("utf-8"))


def report(
    *findings: Finding, files: dict[str, str | bytes] | None = None, skipped: tuple[Skipped, ...] = ()
) -> Report:
    return Report(".", "0.32.0", None, Repository.of(files or {"a.sh": "one\ntwo\n"}), findings, skipped)


def finding(start: int = 4, end: int = 7, **changes: object) -> Finding:
    facts = {
        "rule": "launch/x",
        "path": "a.sh",
        "span": Span(start, end),
        "kind": "launch",
        "safety": Safety.SAFE,
        "message": "m",
        "edits": (Edit("a.sh", start, end, "three"),),
    }
    return Finding(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "one",
    [
        report(),
        report(finding()),
        report(finding(), finding(0, 3, safety=Safety.MANUAL, edits=(), group="g")),
        report(finding(path="sub/é.sh"), files={"sub/é.sh": "x\r\ny"}),
        report(skipped=(Skipped("big.json", "12 MB"),)),
    ],
    ids=["empty", "one", "levels", "other-path", "skipped"],
)
@pytest.mark.parametrize("written", [None, (), ("a.sh",)], ids=["scan", "nothing-written", "written"])
def test_document_fits_the_schema(one, written):
    jsonschema.validate(json.loads(render(one, written)), SCHEMA)


def test_schema_refuses_a_document_that_lost_a_key():
    broken = document(report(finding()))
    del broken["summary"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_places_and_edits():
    (entry,) = json.loads(render(report(finding())))["findings"]
    assert entry["start"] == {"line": 2, "column": 1, "offset": 4}
    assert entry["end"] == {"line": 2, "column": 4, "offset": 7}
    assert entry["edits"] == [{"path": "a.sh", "start": 4, "end": 7, "replacement": "three"}]


def test_undecodable_bytes_survive():
    one = report(finding(text="\udce8", message="\udce8"), files={"a.sh": b"\xe8\n\n\n\n\n\n\n"})
    assert render(one).isascii()
    assert json.loads(render(one))["findings"][0]["message"] == "\udce8"


def test_message_is_redacted_and_the_edit_is_not():
    secret = "hf_abcdefghijkl"
    one = finding(message=f"HF_TOKEN={secret}", edits=(Edit("a.sh", 0, 1, secret),))
    (entry,) = json.loads(render(report(one)))["findings"]
    assert secret not in entry["message"]
    assert entry["edits"][0]["replacement"] == secret


def test_summary_counts_classes_files_and_launches():
    ones = (finding(group="a"), finding(0, 1, group="a", safety=Safety.REVIEW, edits=()), finding(1, 2, group="b"))
    expected = {"findings": 3, "safe": 2, "review": 1, "manual": 0, "none": 0, "files": 1, "launches": 2}
    assert document(report(*ones))["summary"] == expected
