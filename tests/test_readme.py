"""The README shows what the program really does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "fixtures" / "example"


def migrate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "migrate", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def dry_run(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """A dry run of the example, on a copy without history: the checkout's own state does not matter."""
    folder = tmp_path_factory.mktemp("readme") / "example"
    shutil.copytree(EXAMPLE, folder)
    return migrate("apply", str(folder), "--dry-run")


def test_example_leaves_something_for_a_person(dry_run: subprocess.CompletedProcess[str]) -> None:
    assert dry_run.returncode == 1
    assert "tgi_queue_size" in dry_run.stderr


def test_diff_in_the_readme_is_the_programs_own(dry_run: subprocess.CompletedProcess[str]) -> None:
    match = re.search(r"```diff\n(.*?)```", README, re.DOTALL)
    assert match is not None
    assert match[1] in dry_run.stdout


def test_diff_is_one_that_git_takes(dry_run: subprocess.CompletedProcess[str], tmp_path: Path) -> None:
    folder = tmp_path / "example"
    shutil.copytree(EXAMPLE, folder)
    command = ["git", "apply", "--check", "-"]
    outcome = subprocess.run(command, cwd=folder, input=dry_run.stdout, capture_output=True, text=True, check=False)
    assert (outcome.returncode, outcome.stderr) == (0, "")


@pytest.mark.parametrize("path", ["app/Dockerfile", "monitoring/prometheus.yml", "monitoring/prometheus-rules.yaml"])
def test_dry_run_leaves_alone_what_is_not_the_server(path: str, dry_run: subprocess.CompletedProcess[str]) -> None:
    assert f"+++ b/{path}" not in dry_run.stdout


def test_dry_run_writes_nothing() -> None:
    before = {path: path.read_bytes() for path in EXAMPLE.rglob("*") if path.is_file()}
    migrate("apply", str(EXAMPLE), "--dry-run", "--allow-dirty")
    assert {path: path.read_bytes() for path in EXAMPLE.rglob("*") if path.is_file()} == before


def test_commands_of_the_readme_exist() -> None:
    named = set(re.findall(r"`migrate (\w+)", README))
    offered = migrate("--help").stdout
    assert named
    assert {command for command in named if command not in offered} == set()
