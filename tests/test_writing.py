from __future__ import annotations

import os
from pathlib import Path

import pytest

from migrate.findings import Finding, Safety
from migrate.grouping import Group, groups
from migrate.problems import WriteProblem
from migrate.repository import Repository
from migrate.source import Edit, Span
from migrate.writing import FileChange, rewrite, write


def group(*edits: Edit) -> Group:
    finding = Finding("r/x", edits[0].path, Span(0, 1), "launch", Safety.SAFE, "m", group="g", edits=edits)
    return Group((finding,))


REPO = Repository.of({"a": "one two\r\n", "b": b"\xef\xbb\xbf\xe8 one\n", "bin": b"\0\1"})


def test_groups_over_several_files():
    change = rewrite(REPO, [group(Edit("a", 0, 3, "1"), Edit("b", 2, 5, "é")), group(Edit("a", 4, 7, "2"))])
    assert {one.path: one.new for one in change.files} == {"a": b"1 2\r\n", "b": b"\xef\xbb\xbf\xe8 \xc3\xa9\n"}
    assert len(change.written) == 2


def test_equal_edits_of_two_groups_are_one():
    change = rewrite(REPO, [group(Edit("a", 0, 3, "1")), group(Edit("a", 0, 3, "1"))])
    assert [one.new for one in change.files] == [b"1 two\r\n"]


@pytest.mark.parametrize(
    "second",
    [
        group(Edit("b", 2, 5, "x"), Edit("a", 2, 5, "y")),
        group(Edit("b", 2, 5, "x"), Edit("a", 5, 99, "y")),
        group(Edit("b", 2, 5, "x"), Edit("bin", 0, 1, "y")),
        group(Edit("b", 2, 5, "x"), Edit("none", 0, 1, "y")),
        group(Edit("b", 2, 5, "\ud800"), Edit("a", 4, 7, "y")),
    ],
    ids=["overlap", "outside", "binary", "missing", "not-encodable"],
)
def test_group_that_does_not_fit_is_left_whole(second):
    change = rewrite(REPO, [group(Edit("a", 0, 3, "1")), second])
    assert [(one.path, one.new) for one in change.files] == [("a", b"1 two\r\n")]
    assert [one.group for one in change.left] == [second]


def test_edit_that_changes_nothing_is_no_file():
    assert rewrite(REPO, [group(Edit("a", 0, 3, "one"))]).files == ()


def files(root: Path, *names: str) -> list[FileChange]:
    for name in names:
        (root / name).write_bytes(b"old")
    return [FileChange(name, b"old", b"new " + name.encode()) for name in names]


def test_write_replaces_all_and_leaves_nothing_beside(tmp_path):
    changes = files(tmp_path, "a", "b")
    (tmp_path / "a").chmod(0o750)
    write(tmp_path, changes)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"new a", "b": b"new b"}
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o750


def test_failure_in_the_middle_puts_everything_back(tmp_path):
    changes = files(tmp_path, "a", "b", "c")

    def replace(new: Path, target: Path) -> None:
        if target.name == "b":
            raise OSError(28, "No space left on device")
        new.replace(target)

    with pytest.raises(WriteProblem, match="b cannot be written"):
        write(tmp_path, changes, replace)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == dict.fromkeys("abc", b"old")


def test_interrupt_puts_everything_back(tmp_path):
    changes = files(tmp_path, "a", "b")

    def replace(new: Path, target: Path) -> None:
        if target.name == "b":
            raise KeyboardInterrupt
        new.replace(target)

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, changes, replace)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == dict.fromkeys("ab", b"old")


def test_file_that_changed_meanwhile_stops_the_run(tmp_path):
    changes = files(tmp_path, "a", "b")
    (tmp_path / "b").write_bytes(b"newer")
    with pytest.raises(WriteProblem, match="b changed"):
        write(tmp_path, changes)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old", "b": b"newer"}


def test_file_that_vanished_stops_the_run(tmp_path):
    changes = files(tmp_path, "a", "b")
    (tmp_path / "b").unlink()
    with pytest.raises(WriteProblem, match="b cannot be written"):
        write(tmp_path, changes)
    assert (tmp_path / "a").read_bytes() == b"old"


def test_read_only_file_stops_the_run(tmp_path, monkeypatch):
    changes = files(tmp_path, "a")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(WriteProblem, match="read-only"):
        write(tmp_path, changes)


def test_folder_that_leads_out_of_the_root_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "root").mkdir()
    (tmp_path / "root/link").symlink_to(tmp_path / "out")
    (tmp_path / "out/a").write_bytes(b"old")
    with pytest.raises(WriteProblem, match="leads out"):
        write(tmp_path / "root", [FileChange("link/a", b"old", b"new")])
    assert (tmp_path / "out/a").read_bytes() == b"old"


def test_findings_without_a_group_stand_alone_and_groups_keep_their_place():
    ones = [
        Finding("r/b", "b", Span(0, 1), "x", Safety.SAFE, "m"),
        Finding("r/a", "a", Span(5, 6), "x", Safety.NONE, "m", group="g"),
        Finding("r/c", "b", Span(9, 10), "x", Safety.REVIEW, "m", group="g"),
        Finding("r/d", "b", Span(0, 1), "x", Safety.SAFE, "m"),
    ]
    assert [[one.rule for one in group.findings] for group in groups(ones)] == [["r/a", "r/c"], ["r/b"], ["r/d"]]
