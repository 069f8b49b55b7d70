"""Measures the load path on one core against a mock engine on another, beside `vllm bench serve` in the same run.

    .venv/bin/python -m benchmarks.load [--rounds 5] [--vllm VENV/bin/vllm --tokenizer MODEL] [--json FILE]

Needs Linux, two cores and a C compiler. The goals are for a quiet machine; its timer's jitter stands beside them. Where
it may, all programs run in real time (SCHED_FIFO), so that other work does not take their cores away. The ratio to
`vllm bench serve` should hold anywhere: rounds alternate, and each program's best round counts, since whatever else a
machine does makes a round slower and never faster.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parents[1]
REQUESTS, AT_ONCE, TOKENS = 2000, 64, 128
BENCH_REQUESTS = 1000
# 400 requests a second of 128 tokens, one every 2.56 ms: 51,200 tokens a second from 131 streams at once.
RATE, PACED_REQUESTS, GAP_US = 400, 1600, 2560
TIMES_FASTER = 3.5


@dataclass(slots=True)
class Numbers:
    """One value a round."""

    burst: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    bench: list[float] = field(default_factory=list)
    tokens: list[float] = field(default_factory=list)
    error_median: list[float] = field(default_factory=list)
    error_p99: list[float] = field(default_factory=list)
    jitter_median: list[float] = field(default_factory=list)
    jitter_p99: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """How many times the requests a second of `vllm bench serve`; None where it was not run."""
        return max(self.burst) / max(self.bench) if self.bench else None


@dataclass(frozen=True, slots=True)
class Bench:
    """Where vLLM's own load generator is, and a tokenizer for it."""

    vllm: Path
    tokenizer: Path


def cores() -> tuple[int, int]:
    """The client's core and the mock's.

    Raises:
        RuntimeError: there is only one.
    """
    there = sorted(os.sched_getaffinity(0))
    if len(there) < 2:
        raise RuntimeError("two cores are needed: one for the client, one for the mock engine")
    return there[0], there[-1]


def build(folder: Path) -> Path:
    """The mock engine, compiled.

    Raises:
        RuntimeError: no C compiler, or it fails.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise RuntimeError("no C compiler: install one (Debian: apt-get install gcc libc6-dev)")
    mock = folder / "mock"
    done = subprocess.run([compiler, "-O2", "-o", mock, HERE / "benchmarks/mock.c"], capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return mock


@cache
def real_time() -> tuple[str, ...]:
    """The words in front of a command that lets nothing else take its core; none where that needs another user."""
    if shutil.which("chrt") is None:
        return ()
    words = ("chrt", "--fifo", "5")
    return words if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0 else ()


def pinned(core: int) -> list[str]:
    """The words in front of a command that has a core of its own."""
    return [*real_time(), "taskset", "-c", str(core)]


@contextmanager
def serving(mock: Path, core: int, *arguments: str) -> Iterator[str]:
    """The port of a mock engine that runs on a core of its own."""
    command = [*pinned(core), str(mock), "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def client(core: int, *arguments: str) -> Mapping[str, float]:
    """One measurement in a process of its own, on one core."""
    command = [*pinned(core), sys.executable, "-m", "benchmarks.load_client", *arguments]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def bench_serve(core: int, port: str, bench: Bench) -> float:
    """Requests a second of `vllm bench serve`, as it says itself, with as many requests at once."""
    words = f"""--backend openai --base-url http://127.0.0.1:{port} --endpoint /v1/completions --model mock
        --dataset-name random --random-input-len 16 --random-output-len {TOKENS} --num-prompts {BENCH_REQUESTS}
        --max-concurrency {AT_ONCE} --disable-tqdm --ready-check-timeout-sec 0"""
    command = [*pinned(core), str(bench.vllm), "bench", "serve", *words.split(), "--tokenizer", str(bench.tokenizer)]
    quiet = {"VLLM_TARGET_DEVICE": "cpu", "VLLM_NO_USAGE_STATS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, env=os.environ | quiet, capture_output=True, text=True, check=False)
    found = re.search(r"Request throughput \(req/s\):\s+([\d.]+)", done.stdout)
    complete = re.search(rf"Successful requests:\s+{BENCH_REQUESTS}\b", done.stdout)
    if not found or not complete:
        raise RuntimeError(f"vllm bench serve failed:\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
    return float(found[1])


def measure(rounds: int, bench: Bench | None, pace: bool = True) -> Numbers:
    """All measurements, in alternating rounds."""
    numbers = Numbers()
    ours, theirs = cores()
    with tempfile.TemporaryDirectory() as folder:
        mock = build(Path(folder))
        for _ in range(rounds):
            with serving(mock, theirs, str(TOKENS)) as port:
                found = client(ours, "burst", port, str(REQUESTS), str(AT_ONCE))
                numbers.burst.append(found["requests_per_s"])
                numbers.cpu_ms.append(found["cpu_ms"])
                if bench is not None:
                    numbers.bench.append(bench_serve(ours, port, bench))
            if pace:
                _paced(numbers, mock, (ours, theirs))
    return numbers


def _paced(numbers: Numbers, mock: Path, on: tuple[int, int]) -> None:
    ours, theirs = on
    late = client(ours, "jitter")
    numbers.jitter_median.append(late["median_ms"])
    numbers.jitter_p99.append(late["p99_ms"])
    with serving(mock, theirs, str(TOKENS), str(GAP_US)) as port:
        found = client(ours, "paced", port, str(PACED_REQUESTS), str(RATE))
    numbers.tokens.append(found["tokens_per_s"])
    numbers.error_median.append(found["ttft_error_median_ms"])
    numbers.error_p99.append(found["ttft_error_p99_ms"])


def table(numbers: Numbers) -> str:
    """What was measured, as Markdown: the best round and the median one."""
    rows = [
        ("requests/s of 128 tokens in burst, parsed", numbers.burst, max, "at least 3,000"),
        ("CPU ms a request", numbers.cpu_ms, min, "at most 0.35"),
        ("`vllm bench serve`, requests/s", numbers.bench, max, ""),
        ("paced: tokens/s", numbers.tokens, max, "50,000"),
        ("paced: TTFT error, median, ms", numbers.error_median, min, "below 0.1"),
        ("paced: TTFT error, p99, ms", numbers.error_p99, min, "below 1"),
        ("the machine's timer: late by, median, ms", numbers.jitter_median, min, ""),
        ("the machine's timer: late by, p99, ms", numbers.jitter_p99, min, ""),
    ]
    lines = ["| measured | best round | median round | goal on a quiet machine |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {name} | {_number(best(values))} | {_number(median(values))} | {goal} |"
        for name, values, best, goal in rows
        if values
    ]
    if numbers.ratio is not None:
        held = "held" if numbers.ratio >= TIMES_FASTER else "MISSED"
        lines += ["", f"{numbers.ratio:.1f} times `vllm bench serve`, at least {TIMES_FASTER} is the goal: {held}"]
    shielded = "in real time: other work took no core away" if real_time() else "not in real time: see the timer"
    return "\n".join([*lines, "", f"All programs ran {shielded}."])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 when the ratio is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--vllm", type=Path, help="the vllm program of an environment that has it")
    parser.add_argument("--tokenizer", type=Path, help="a model's folder, for vllm bench serve")
    parser.add_argument("--json", type=Path, help="write the numbers to this file too")
    options = parser.parse_args(arguments)
    bench = Bench(options.vllm, options.tokenizer) if options.vllm and options.tokenizer else None
    numbers = measure(options.rounds, bench)
    print(table(numbers))
    if options.json:
        options.json.write_text(json.dumps(asdict(numbers) | {"ratio": numbers.ratio}, indent=2))
    return 0 if numbers.ratio is None or numbers.ratio >= TIMES_FASTER else 1


if __name__ == "__main__":
    sys.exit(main())
