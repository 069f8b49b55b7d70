"""Measures the program beside other programs on the same generated repositories, in one run.

    .venv/bin/python -m benchmarks.speed [--rounds 5] [--json FILE]

Seconds depend on the machine; the ratios are what should stay. Times are CPU seconds of the process and its children
(user plus system), the lowest of all rounds; the rounds of all programs alternate, so that a busy moment meets all.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.trees import grow, long_program

FILES = 2000
HITS = 100
PROGRAMS = 20
LINES = 5000
A_HIT = 0.06  # CPU seconds that a program that is moved may cost besides the search
HERE = Path(__file__).resolve().parents[1]
MIGRATE = (sys.executable, "-m", "migrate")
# A scan ends with 1 when it has found something, git grep when it has not.
EXPECTED = (0, 1)


@dataclass(frozen=True, slots=True)
class Run:
    """One command to be measured."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """How two runs of this table relate; `goal` is the most that `value` should be."""

    name: str
    value: float
    goal: float

    @property
    def held(self) -> bool:
        return self.value <= self.goal


def cpu_seconds(command: Sequence[str]) -> float:
    """CPU seconds (user plus system) of a command and its children.

    Raises:
        RuntimeError: the command fails, so its time means nothing.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcome = subprocess.run(command, cwd=HERE, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if outcome.returncode not in EXPECTED:
        raise RuntimeError(f"{' '.join(command)}: exit {outcome.returncode}\n{outcome.stderr.decode()}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def lowest(runs: Sequence[Run], rounds: int) -> dict[str, float]:
    """The lowest CPU seconds of each run over alternating rounds."""
    times: dict[str, list[float]] = {run.name: [] for run in runs}
    for _ in range(rounds):
        for run in runs:
            times[run.name].append(cpu_seconds(run.command))
    return {name: min(values) for name, values in times.items()}


def scan(root: Path) -> tuple[str, ...]:
    return (*MIGRATE, "scan", str(root), "--format", "json")


def runs_over(folder: Path) -> list[Run]:
    """All commands, with the repositories that they read grown in `folder`."""
    plain = grow(folder / "plain", FILES, 0)
    trees = {factor: grow(folder / f"x{factor}", FILES * factor, HITS * factor) for factor in (1, 2, 4)}
    clients = grow(folder / "clients", FILES, PROGRAMS, ("client",))
    long = long_program(folder / "long", LINES)
    words = ("-e", "text-generation-", "-e", "generated_text")
    return [
        Run("python -c pass", (sys.executable, "-c", "pass")),
        Run("migrate --version", (*MIGRATE, "--version")),
        Run("scan, no TGI", scan(plain)),
        Run("git grep, no TGI", ("git", "-C", str(plain), "grep", "-l", *words)),
        Run("scan, 100 hits", scan(trees[1])),
        Run("git grep, 100 hits", ("git", "-C", str(trees[1]), "grep", "-l", *words)),
        Run("ast-grep, 100 hits", (sys.executable, "-m", "benchmarks.parse_all", str(trees[1]))),
        Run("scan, 20 programs", scan(clients)),
        Run("scan, 5,000 lines", scan(long)),
        Run("scan, twice the files", scan(trees[2])),
        Run("scan, four times the files", scan(trees[4])),
    ]


def ratios(seconds: Mapping[str, float]) -> list[Ratio]:
    """What the project promises, as ratios of this run's own times."""
    start = seconds["migrate --version"]
    once, twice, four = (seconds[f"scan, {size}"] for size in ("100 hits", "twice the files", "four times the files"))
    programs = 2 * seconds["scan, no TGI"] + PROGRAMS * A_HIT
    return [
        Ratio("--version / bare Python", start / seconds["python -c pass"], 3.0),
        Ratio("100 hits / ast-grep", once / seconds["ast-grep, 100 hits"], 2.0),
        Ratio("no TGI / 100 hits", seconds["scan, no TGI"] / once, 0.5),
        Ratio("20 programs / twice no TGI and 60 ms each", seconds["scan, 20 programs"] / programs, 1.0),
        Ratio("5,000 lines / 1 s", seconds["scan, 5,000 lines"], 1.0),
        # Time over the start, for each file: 1 is linear.
        Ratio("cost of a file at 2x / 1x", (twice - start) / (once - start) / 2, 1.15),
        Ratio("cost of a file at 4x / 1x", (four - start) / (once - start) / 4, 1.25),
    ]


def table(seconds: Mapping[str, float], found: Sequence[Ratio]) -> str:
    """Both tables, as Markdown."""
    lines = ["| run | CPU seconds |", "| --- | --- |"]
    lines += [f"| {name} | {value:.3f} |" for name, value in seconds.items()]
    lines += ["", "| ratio | value | goal | |", "| --- | --- | --- | --- |"]
    lines += [f"| {r.name} | {r.value:.2f} | at most {r.goal:g} | {'held' if r.held else 'MISSED'} |" for r in found]
    return "\n".join(lines)


def main() -> int:
    """Print the tables; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the numbers to this file too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seconds = lowest(runs_over(Path(folder)), options.rounds)
    found = ratios(seconds)
    print(table(seconds, found))
    if options.json:
        options.json.write_text(
            json.dumps({"seconds": seconds, "ratios": [asdict(ratio) for ratio in found]}, indent=2)
        )
    return 0 if all(ratio.held for ratio in found) else 1


if __name__ == "__main__":
    sys.exit(main())
