"""The benchmark's repositories hold what they say, and its ratios say what they mean."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.parse_all import matches
from benchmarks.speed import Ratio, cpu_seconds, ratios, table
from benchmarks.trees import grow

LINEAR = {
    "python -c pass": 0.02,
    "migrate --version": 0.04,
    "scan, no TGI": 0.24,
    "scan, 20 programs": 1.0,
    "scan, 5,000 lines": 0.9,
    "scan, 100 hits": 1.04,
    "ast-grep, 100 hits": 0.8,
    "scan, twice the files": 2.04,
    "scan, four times the files": 4.04,
}


@pytest.mark.parametrize(("files", "hits"), [(40, 4), (60, 20), (10, 0)], ids=["few", "every kind", "none"])
def test_repository_has_as_many_hits_as_asked_for(tmp_path: Path, files: int, hits: int) -> None:
    root = grow(tmp_path, files, hits)
    tracked = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout.split()
    with_tgi = [
        path for path in tracked if "inference:3.3.5" in (root / path).read_text() or path.endswith("client.py")
    ]
    assert (len(tracked), len(with_tgi)) == (files, hits)


def test_syntax_search_finds_every_hit(tmp_path: Path) -> None:
    assert matches(grow(tmp_path, 60, 20)) == 20


def test_a_linear_program_costs_one_for_each_file() -> None:
    found = {ratio.name: ratio.value for ratio in ratios(LINEAR)}
    assert found["cost of a file at 2x / 1x"] == pytest.approx(1)
    assert found["cost of a file at 4x / 1x"] == pytest.approx(1)


def test_a_program_that_slows_down_misses_the_goal() -> None:
    slower = ratios(LINEAR | {"scan, four times the files": 9.0})
    assert [ratio.name for ratio in slower if not ratio.held] == ["cost of a file at 4x / 1x"]


def test_table_marks_a_missed_goal() -> None:
    shown = table({"scan": 1.5}, [Ratio("a / b", 2.0, 1.0), Ratio("c / d", 0.5, 1.0)])
    assert "| scan | 1.500 |" in shown
    assert "| a / b | 2.00 | at most 1 | MISSED |" in shown
    assert "| c / d | 0.50 | at most 1 | held |" in shown


def test_a_failing_command_has_no_time() -> None:
    with pytest.raises(RuntimeError, match="exit 3"):
        cpu_seconds(["sh", "-c", "exit 3"])
