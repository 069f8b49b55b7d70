from __future__ import annotations

from dataclasses import replace

import pytest

from migrate.findings import Finding, Safety, Skipped
from migrate.output.github import render
from migrate.output.report import Report
from migrate.repository import Repository
from migrate.source import Span

FINDING = Finding("launch/x", "a.sh", Span(4, 7), "launch", Safety.REVIEW, "100 % of\nit", "two", "a.sh#1")
REPORT = Report(".", "0.32.0", None, Repository.of({"a.sh": "one\ntwo\n"}), (FINDING,))


def test_a_finding_is_a_line_that_a_workflow_understands() -> None:
    assert render(REPORT) == (
        "::warning file=a.sh,line=2,endLine=2,col=1,endColumn=4,title=launch/x::100 %25 of%0Ait\n"
        "1 place in 1 file: 1 review.\n"
    )


def test_columns_are_left_out_where_several_lines_are_meant() -> None:
    over = replace(REPORT, findings=(replace(FINDING, span=Span(0, 7)),))
    assert render(over).startswith("::warning file=a.sh,line=1,endLine=2,title=launch/x::")


@pytest.mark.parametrize(
    ("safety", "command"),
    [(Safety.MANUAL, "error"), (Safety.REVIEW, "warning"), (Safety.SAFE, "notice"), (Safety.NONE, "notice")],
)
def test_levels(safety: Safety, command: str) -> None:
    assert render(replace(REPORT, findings=(replace(FINDING, safety=safety),))).startswith(f"::{command} ")


def test_nothing_in_a_path_or_a_message_is_another_command() -> None:
    one = replace(FINDING, path="a,b:c\n::error::x", message="x\r\n::error::y hf_abcdefghijkl")
    text = render(replace(REPORT, root="sub", findings=(one,), skipped=(Skipped("d,e", "bad\nfile"),)))
    lines = text.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("::warning file=sub/a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ax,line=1,")
    assert "hf_" + "abcdefghijkl" not in text
    assert lines[1] == "::warning file=sub/d%2Ce::not read: bad%0Afile"
