from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrate.parity.commands.load_options import BadOption, read_slo
from migrate.parity.latency.measures import Slo
from tests.parity.latency.engine import FakeEngine, in_a_thread, silence
from tests.parity.program import run as parity

QUICK = ("--no-calibrate", "--blocks", "6", "--size", "4", "--warm-up", "0")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with in_a_thread(FakeEngine()) as engine:
        yield engine.url


def run(*arguments: str) -> tuple[int, str, str]:
    return parity("load", *arguments)


def test_the_settings_below_the_options(url: str, tmp_path: Path) -> None:
    path = tmp_path / "parity.yaml"
    path.write_text(
        "load: {shape: 'closed:2', blocks: 6, size: 3, warm_up: 0, calibrate: false, tolerance: 100000}\n"
        "slo: {ttft_ms: 1000}\nprompts: {file: prompts.jsonl}\n"
    )
    (tmp_path / "prompts.jsonl").write_text('{"name": "a", "text": "x", "max_tokens": 4}\n')
    code, out, _ = run(url, url, "--config", str(path))
    assert (code in (0, 1), "load closed:2, 6 blocks" in out, "goodput" in out) == (True, True, True)
    code, out, _ = run(url, url, "--config", str(path), "--blocks", "2", "--slo", "", "--load", "closed:1")
    assert (code, "load closed:1, 2 blocks" in out, "goodput" in out) == (1, True, False)
    assert run(url, "--config", str(path), "--load", "closed:x")[0] == 2
    path.write_text("load: {shape: 'trace:none.csv'}\n")
    assert run(url, "--config", str(path))[0] == 2


def test_one_engine(url: str) -> None:
    code, out, err = run(url, *QUICK, "--sweep", "closed:1,closed:2")
    assert code == 0
    assert out.startswith("metric")
    assert "sweep:" in out
    assert "vllm: block 6 of 6" in err


def test_two_engines(url: str) -> None:
    code, out, _ = run(url, url, *QUICK, "--tolerance", "100000", "--slo", "ttft=1000")
    assert (code, out.partition(":")[0]) in ((0, "PASS"), (1, "INCONCLUSIVE"))
    assert "goodput" in out


def test_a_report_in_a_file(url: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    code, out, _ = run(url, url, *QUICK, "--format", "json", "--output", str(path), "--allow-inconclusive")
    assert (code in (0, 1), out) == (True, "")
    assert [stage["name"] for stage in json.loads(path.read_text())["stages"]] == ["latency"]


def test_a_report_that_cannot_be_written(url: str, tmp_path: Path) -> None:
    code, _, err = run(url, *QUICK, "--output", str(tmp_path / "no" / "report.txt"))
    assert (code, err.splitlines()[-1]) == (4, f"error: {tmp_path / 'no' / 'report.txt'}: No such file or directory")


@pytest.mark.parametrize(
    "option",
    [
        *(("--load", "burst:1"), ("--slo", "ttft"), ("--sweep", "x"), ("--prompts", "/no/such"), ("--blocks", "0")),
        *(("--tolerance", "nan"), ("--timeout", "nan"), ("--workers", "2"), ("--api-key", "a\nb")),
    ],
)
def test_usage(url: str, option: tuple[str, str]) -> None:
    assert run(url, *QUICK, *option)[0] == 2


@pytest.mark.parametrize(("engine", "code"), [("http://127.0.0.1:9", 4), ("vllm serve m", 2)])
def test_no_engine(engine: str, code: int) -> None:
    found, _, err = run(engine, *QUICK)
    assert found == code
    assert err.startswith("error: ")


def test_limits_of_goodput() -> None:
    assert read_slo("") == Slo()
    assert read_slo("ttft=500, tpot=50") == Slo(ttft_ms=500, tpot_ms=50)


@pytest.mark.parametrize("text", ["ttft", "ttft=x", "itl=5", "ttft=nan", "ttft=-1", "ttft=0", "e2e=inf"])
def test_no_limits(text: str) -> None:
    with pytest.raises(BadOption):
        read_slo(text)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "options",
    [pytest.param((), id="alone"), pytest.param(("--workers", "2"), id="workers", marks=pytest.mark.slow)],
)
def test_interrupted(number: signal.Signals, options: tuple[str, ...]) -> None:
    code = "from migrate.parity.commands import parity; parity()"
    with in_a_thread(FakeEngine([silence])) as engine:
        command = [sys.executable, "-c", code, "load", engine.url, engine.url, *QUICK, *options]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
            deadline = time.monotonic() + 30
            while not engine.heads and time.monotonic() < deadline:
                time.sleep(0.02)
            program.send_signal(number)
            _, said = program.communicate(timeout=30)
    assert (program.returncode, "Traceback" in said) == (130, False), said
