"""The load path beside vLLM's own load generator, with a mock engine in C on the other core."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks.load import TIMES_FASTER, Bench, Numbers, measure, table


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or shutil.which("cc") is None, reason="needs Linux and a C compiler")
def test_several_times_the_requests_of_vllm_bench_serve() -> None:
    python, model = os.environ.get("MIGRATE_VLLM_PYTHON"), os.environ.get("MIGRATE_MODEL")
    if not python or not model:
        pytest.skip("MIGRATE_VLLM_PYTHON and MIGRATE_MODEL are not set: see CONTRIBUTING.md")
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two cores")
    numbers = measure(3, Bench(Path(python).with_name("vllm"), Path(model)), pace=False)
    assert numbers.ratio is not None
    assert numbers.ratio >= TIMES_FASTER, table(numbers)


@pytest.mark.parametrize(("bench", "word"), [([10.0, 20.0], "held"), ([10.0, 40.0], "MISSED"), ([], "")])
def test_the_best_rounds_are_compared(bench: list[float], word: str) -> None:
    numbers = Numbers(burst=[100.0, 50.0], cpu_ms=[0.2, 0.3], bench=bench)
    lines = table(numbers).splitlines()
    assert lines[2] == "| requests/s of 128 tokens in burst, parsed | 100 | 75.000 | at least 3,000 |"
    assert lines[-3].endswith(word)
    assert lines[-1].startswith("All programs ran ")
    assert numbers.ratio == (100.0 / max(bench) if bench else None)
