from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from migrate.cli import asking

OLD = "ghcr.io/huggingface/text-generation-inference:3.3.5"
NEW = "vllm/vllm-openai:v0.32.0"
SAFE = f"docker run {OLD} --model-id m\n"
REVIEW = f"docker run {OLD} --num-shard 2\n"
MANUAL = f"docker run {OLD} --otlp-endpoint http://o\n"


def status(root: Path, git: Callable[..., bytes]) -> bytes:
    return git(root, "status", "--porcelain", "-uall")


@pytest.fixture
def git() -> Callable[..., bytes]:
    import subprocess

    def call(root: Path, *words: str, stdin: bytes | None = None) -> bytes:
        return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, input=stdin).stdout

    return call


HARD_FILES = {
    "plain": {"run.sh": SAFE},
    "crlf": {"run.sh": b"echo\r\n" + SAFE.replace("\n", "\r\n").encode()},
    "bom": {"run.sh": b"\xef\xbb\xbf" + SAFE.encode()},
    "no-final-newline": {"run.sh": "echo\n" + SAFE.rstrip("\n")},
    "latin-1": {"run.sh": b"# mod\xe8le\n" + SAFE.encode()},
    "emoji": {"run.sh": "# 🚀 déjà\n" + SAFE},
    "form-feed-and-lone-cr": {"run.sh": b"a\x0cb\rc\xe2\x80\xa8d\n" + SAFE.encode()},
    "utf-16": {"run.ps1": b"\xff\xfe" + SAFE.encode("utf-16-le")},
    "blank-in-name": {"my run.sh": SAFE, "dir with blank/x.sh": SAFE},
    "accents-in-name": {"démarrer.sh": SAFE},
    "quote-and-tab-in-name": {'a"b\tc.sh': SAFE},
    "two-places-far-apart": {"run.sh": SAFE + "echo\n" * 40 + SAFE},
    "one-line-file": {"run.sh": SAFE.rstrip("\n")},
}


@pytest.mark.parametrize("files", HARD_FILES.values(), ids=HARD_FILES.keys())
def test_dry_run_diff_is_what_apply_does(files, commit, run, git):
    root = commit(files)
    before = {name: (root / name).read_bytes() for name in files}
    shown = run("apply", root, "--dry-run")
    assert shown.code == 0
    assert status(root, git) == b""
    git(root, "apply", "-", stdin=shown.out)
    patched = {name: (root / name).read_bytes() for name in files}
    git(root, "checkout", "-q", ".")
    assert run("apply", root).code == 0
    assert {name: (root / name).read_bytes() for name in files} == patched != before


@pytest.mark.parametrize("files", HARD_FILES.values(), ids=HARD_FILES.keys())
def test_reverse_patch_undoes_the_run(files, commit, run, git, tmp_path):
    root = commit(files)
    assert run("apply", root, "--reverse-patch", tmp_path / "undo.patch").code == 0
    assert status(root, git) != b""
    git(root, "apply", os.fspath(tmp_path / "undo.patch"))
    assert status(root, git) == b""


def test_diff_of_a_folder_inside_the_repository_applies_there(commit, run, git):
    root = commit({"deploy/run.sh": SAFE, "other.sh": SAFE})
    git(root / "deploy", "apply", "-", stdin=run("apply", root / "deploy", "--dry-run").out)
    assert (root / "deploy/run.sh").read_text() == SAFE.replace(OLD, NEW)
    assert (root / "other.sh").read_text() == SAFE


def test_second_apply_changes_nothing(commit, run, git):
    root = commit({"run.sh": SAFE + REVIEW})
    assert run("apply", root).code == 0
    git(root, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qam", "after")
    again = run("apply", root)
    assert (again.code, status(root, git)) == (0, b"")
    assert run("apply", root, "--dry-run").out == b""


def test_mode_is_kept(commit, run):
    root = commit({"run.sh": SAFE})
    (root / "run.sh").chmod(0o755)
    run("apply", root, "--allow-dirty")
    assert stat.S_IMODE((root / "run.sh").stat().st_mode) == 0o755
    assert NEW in (root / "run.sh").read_text()


def test_uncommitted_file_is_refused_and_named(commit, run):
    root = commit({"a.sh": SAFE, "b.sh": SAFE})
    (root / "b.sh").write_text(SAFE + "# mine\n")
    refused = run("apply", root)
    assert (refused.code, refused.out) == (2, b"")
    assert "b.sh" in refused.err
    assert "a.sh" not in refused.err
    assert (root / "a.sh").read_text() == SAFE


def test_untracked_file_is_refused(commit, run):
    root = commit({})
    (root / "new.sh").write_text(SAFE)
    assert run("apply", root).code == 2
    assert (root / "new.sh").read_text() == SAFE


def test_uncommitted_file_that_stays_as_it_is_does_not_matter(commit, run):
    root = commit({"a.sh": SAFE, "notes.txt": "x"})
    (root / "notes.txt").write_text("y")
    assert run("apply", root).code == 0


def test_dry_run_needs_no_commit(commit, run):
    root = commit({"a.sh": SAFE})
    (root / "a.sh").write_text(SAFE + "# mine\n")
    assert run("apply", root, "--dry-run").code == 0


def test_allow_dirty_writes(commit, run):
    root = commit({"a.sh": SAFE})
    (root / "a.sh").write_text(SAFE + "# mine\n")
    assert run("apply", root, "--allow-dirty").code == 0
    assert (root / "a.sh").read_text() == SAFE.replace(OLD, NEW) + "# mine\n"


def test_without_git_it_writes_with_a_note(tmp_path, run):
    (tmp_path / "a.sh").write_text(SAFE)
    ran = run("apply", tmp_path)
    assert ran.code == 0
    assert "no git repository" in ran.err
    assert NEW in (tmp_path / "a.sh").read_text()


def test_manual_is_left_and_is_exit_code_1(commit, run):
    root = commit({"a.sh": MANUAL})
    ran = run("apply", root)
    assert ran.code == 1
    assert "left for you" in ran.text
    assert "--otlp-endpoint http://o" in (root / "a.sh").read_text()


def test_safe_only_leaves_the_whole_group_of_a_review(commit, run):
    root = commit({"a.sh": SAFE, "b.sh": REVIEW})
    assert run("apply", root, "--safe-only").code == 1
    assert NEW in (root / "a.sh").read_text()
    assert (root / "b.sh").read_text() == REVIEW


def test_safe_only_with_nothing_to_review_is_done(commit, run):
    root = commit({"a.sh": SAFE})
    assert run("apply", root, "--safe-only").code == 0


def test_rule_writes_groups_that_hold_it_and_no_other(commit, run):
    root = commit({"a.sh": SAFE, "b.sh": REVIEW})
    assert run("apply", root, "--rule", "launch/shards").code == 0
    assert (root / "a.sh").read_text() == SAFE
    assert (root / "b.sh").read_text() == REVIEW.replace(OLD, NEW).replace("--num-shard", "--tensor-parallel-size")


def test_dry_run_says_class_and_reason_on_stderr(commit, run):
    ran = run("apply", commit({"b.sh": REVIEW}), "--dry-run")
    assert "b.sh:1:12: launch [review] would be written" in ran.err
    assert "launch/shards" in ran.err
    assert ran.out.startswith(b"--- a/b.sh\n+++ b/b.sh\n@@ -1,1 +1,1 @@\n-docker run")


def test_json_names_the_files_that_were_written(commit, run):
    root = commit({"a.sh": SAFE})
    assert json.loads(run("apply", root, "--dry-run", "--format", "json").out)["written"] == []
    assert json.loads(run("apply", root, "--format", "json").out)["written"] == ["a.sh"]


@pytest.mark.parametrize(
    ("answers", "written"),
    [("y\ny\n", ["a.sh", "b.sh"]), ("n\ny\n", ["b.sh"]), ("q\n", []), ("", []), ("what\ny\nn\n", ["a.sh"])],
    ids=["both", "second", "quit", "end-of-input", "asks-again"],
)
def test_interactive(answers, written, commit, run, monkeypatch):
    import io

    root = commit({"a.sh": SAFE, "b.sh": REVIEW})
    monkeypatch.setattr(asking.sys, "stdin", io.StringIO(answers))
    ran = run("apply", root, "--interactive")
    assert [name for name in ("a.sh", "b.sh") if NEW in (root / name).read_text()] == written
    assert ran.code == (0 if len(written) == 2 else 1)


def test_reverse_patch_that_cannot_be_written_stops_the_run(commit, run, tmp_path):
    root = commit({"a.sh": SAFE})
    assert run("apply", root, "--reverse-patch", tmp_path / "none" / "undo.patch").code == 2
    assert (root / "a.sh").read_text() == SAFE


def test_dry_run_writes_no_reverse_patch(commit, run, tmp_path):
    root = commit({"a.sh": SAFE})
    assert run("apply", root, "--dry-run", "--reverse-patch", tmp_path / "undo.patch").code == 2
    assert not (tmp_path / "undo.patch").exists()
