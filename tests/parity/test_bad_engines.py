"""Engines that go wrong: one clear line, the documented exit code, what was recorded is kept, nothing stays behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.parity import record as recording_of
from migrate.parity import sending
from migrate.parity.commands import parity
from migrate.parity.recording import Recording
from tests.parity.program import alive, only

ENGINE = Path(__file__).with_name("bad_engine.py")
CODE = "from migrate.parity.commands import parity; parity()"


def bad(how: str, after: int = 0) -> str:
    return f"{sys.executable} {ENGINE} {{port}} {how} {after}"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(parity, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stderr


@pytest.fixture
def prompts(tmp_path: Path) -> str:
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps({"name": name, "text": name, "max_tokens": 4}) + "\n" for name in "abcd"))
    return str(path)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


def record(how: str, recording: Path, prompts: str, *more: str, after: int = 0) -> tuple[int, str]:
    try:
        return run("record", bad(how, after), str(recording), "--prompts", prompts, "--no-probes", *more)
    finally:
        log = recording.with_suffix(".log").read_text()
        assert not alive(int(log.split()[1]))


def answers(recording: Path) -> list[tuple[str, str, int]]:
    return [(item.id, item.run, item.reply.status) for item in Recording.open(recording)]


def test_it_dies_while_it_is_asked(recording: Path, prompts: str) -> None:
    code, err = record("dies", recording, prompts, after=2)
    assert code == 4
    line, *log = err[err.index("error: ") :].splitlines()
    assert "the engine went away while it was asked: " in line
    assert line.endswith(f"its log ends with ({recording.with_suffix('.log')}):")
    assert log[-1] == "out of memory"
    assert answers(recording)[:2] == [("a", "one-at-a-time-1", 200), ("b", "one-at-a-time-1", 200)]


def test_what_it_answered_before_is_not_asked_again(recording: Path, prompts: str) -> None:
    assert record("dies", recording, prompts, after=2)[0] == 4
    code, err = record("dies", recording, prompts, after=100)
    assert (code, err.count("one-at-a-time-1: ")) == (0, 2)
    assert "one-at-a-time-1: 2 of 2" in err


def test_it_is_gone_before_it_is_asked(recording: Path, prompts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection leaves no line in the recording."""
    monkeypatch.setattr(recording_of, "SILENT", 1)
    assert record("dies", recording, prompts, after=0)[0] == 4
    assert [status for _, _, status in answers(recording)] == [0]


def test_it_hangs(recording: Path, prompts: str) -> None:
    code, err = record("hangs", recording, prompts, "--timeout", "1", after=1)
    assert code == 4
    assert "the engine hangs: 3 requests in a row had no answer at all" in err
    assert [item.reply.failure for item in Recording.open(recording)] == ["", *["no whole answer in 1 s"] * 3]


def test_it_drips(recording: Path, prompts: str) -> None:
    code, err = record("drips", recording, prompts, "--timeout", "1", after=11)
    assert (code, "error: 1 requests got no whole answer" in err) == (1, True)
    last = list(Recording.open(recording))[-1].reply
    assert (last.status, last.failure) == (200, "no whole answer in 1 s")
    assert set(last.body) == {"."}


def test_it_never_stops_streaming(recording: Path, prompts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_BYTES", 100_000)
    code, _ = record("streams", recording, prompts, after=11)
    assert code == 1
    last = list(Recording.open(recording))[-1].reply
    assert last.failure == "no end after 100000 bytes"
    assert len(last.body) < 1_000_000


def test_it_answers_500(recording: Path, prompts: str) -> None:
    code, err = record("500", recording, prompts, after=10)
    assert (code, err.splitlines()[-1]) == (
        1,
        "error: 2 requests got no whole answer, or an error of the engine itself",
    )
    assert sorted(status for _, _, status in answers(recording)) == [200] * 10 + [500] * 2


@pytest.mark.parametrize(("how", "code"), [("garbage", 0), ("noise", 1)])
def test_it_sends_garbage(recording: Path, prompts: str, how: str, code: int) -> None:
    assert record(how, recording, prompts)[0] == code
    assert len(answers(recording)) == 12
    good = recording.with_name("good.jsonl")
    assert record("500", good, prompts, after=100)[0] == 0
    assert run("compare", str(good), str(recording)) == (1, "")


def test_it_never_becomes_healthy(recording: Path, prompts: str) -> None:
    code, err = record("starts", recording, prompts, "--ready-within", "1")
    assert (code, "error: the engine is not healthy after 1 s; its log ends with" in err) == (4, True)
    assert not recording.exists()


def limited(arguments: list[str], size: int) -> subprocess.CompletedProcess[str]:
    """The program with a limit on the size of its files; coverage, which writes one as well, does not follow it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); {CODE}"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def test_the_disk_is_full(recording: Path, prompts: str) -> None:
    done = limited(["record", bad("500", 100), str(recording), *only(prompts)], 2000)
    assert done.returncode == 4
    assert done.stderr.splitlines()[-1] == f"error: {recording}: File too large"
    assert {status for _, _, status in answers(recording)} == {200}
    assert recording.read_bytes().endswith(b"\n")


def test_no_room_for_the_log(recording: Path, prompts: str) -> None:
    done = limited(["record", bad("500", 100), str(recording), *only(prompts)], 0)
    assert done.returncode == 4
    assert done.stderr.splitlines()[-1].startswith("error: ")


@pytest.mark.parametrize(
    ("moment", "number"),
    [("starting", signal.SIGINT), ("starting", signal.SIGTERM), ("asking", signal.SIGINT), ("asking", signal.SIGHUP)],
)
def test_interrupted_at_any_moment(tmp_path: Path, prompts: str, moment: str, number: signal.Signals) -> None:
    engine = bad("starts" if moment == "starting" else "hangs", 3)
    command = [
        sys.executable,
        "-c",
        CODE,
        "run",
        engine,
        engine,
        "--folder",
        str(tmp_path),
        "--no-probes",
        "--prompts",
        prompts,
    ]
    log, recording = tmp_path / "first.log", tmp_path / "first.jsonl"
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr
        wanted = "waiting for" if moment == "starting" else "3 of 4"
        assert any(wanted in line for line in program.stderr)
        wait_for(log)
        program.send_signal(number)
        said = program.stderr.read()
        assert program.wait(20) == 130
    assert said.splitlines()[-1] == "interrupted: what was recorded is kept, the same command goes on"
    assert not alive(int(log.read_text().split()[1]))
    if moment == "asking":
        assert [status for _, _, status in answers(recording)] == [200] * 3


def wait_for(log: Path) -> None:
    """Until the engine has said something."""
    deadline = time.monotonic() + 20
    while not (log.exists() and log.read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_interrupted_twice(tmp_path: Path, prompts: str) -> None:
    """An engine that does not want to end is made to."""
    code = "import os, signal, time; signal.signal(15, 1); print(os.getpid(), flush=True); time.sleep(60)"
    engine = f"{sys.executable} -c '{code}' {{port}}"
    command = [
        sys.executable,
        "-c",
        CODE,
        "record",
        engine,
        str(tmp_path / "a.jsonl"),
        "--no-probes",
        "--prompts",
        prompts,
    ]
    log = tmp_path / "a.log"
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        wait_for(log)
        program.send_signal(signal.SIGINT)
        time.sleep(0.5)
        program.send_signal(signal.SIGINT)
        assert program.wait(10) == 130
    assert not alive(int(log.read_text().split()[0]))
