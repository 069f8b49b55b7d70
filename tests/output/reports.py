"""A report for the tests of outputs: a launch, a note, a place for a person, and what was said in it acts nowhere."""

from __future__ import annotations

from migrate.findings import Finding, Safety, Skipped
from migrate.output.report import Report
from migrate.repository import Repository
from migrate.source import Edit, Span

EVIL = "<img src=x> @someone #1 |\n\x1b[31m hf_abcdefghijkl"
FILES = {"a.sh": "one\ntwo\n", "b.py": "three\n"}
LAUNCH = Finding(
    *("launch/x", "a.sh", Span(4, 7), "launch", Safety.SAFE, "two becomes 2", "two", "a.sh#1"),
    edits=(Edit("a.sh", 4, 7, "2", "launch/x"),),
)
ADVISED = Finding(
    *("launch/y", "a.sh", Span(4, 7), "launch", Safety.REVIEW, "no dtype is given", "two", "a.sh#1"), advisory=True
)
MANUAL = Finding("client/z", "b.py", Span(0, 5), "endpoint", Safety.MANUAL, EVIL)
NOTE = Finding("client/note", "b.py", Span(1, 2), "endpoint", Safety.NONE, "a note")
SKIPPED = (Skipped("c.yaml", "line 3: bad <b>"), Skipped("d.bin", "a binary file", unread=False))


def report(*findings: Finding, skipped: tuple[Skipped, ...] = ()) -> Report:
    """A report on FILES."""
    return Report(".", "0.32.0", None, Repository.of(FILES), findings, skipped)


ALL = report(LAUNCH, ADVISED, MANUAL, NOTE, skipped=SKIPPED)
