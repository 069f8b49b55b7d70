from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from migrate.parity.cli import parity
from tests.parity.material import FOLDER

TGI, VLLM = str(FOLDER / "tgi-parity.jsonl.gz"), str(FOLDER / "vllm-parity.jsonl.gz")
FEW = str(FOLDER / "tgi-float32-parity.jsonl.gz")
WIRE = str(FOLDER / "tgi-wire.jsonl.gz"), str(FOLDER / "vllm-wire.jsonl.gz")


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(parity, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_the_real_engines_pass() -> None:
    code, out, err = run("compare", TGI, VLLM)
    assert (code, err) == (0, "")
    assert out.startswith("PASS: ")


def test_untranslated_requests_fail(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    code, out, err = run("compare", *WIRE, "--format", "json", "--output", str(report))
    assert (code, out) == (1, "")
    assert err.startswith("FAIL: accepted: ")
    assert json.loads(report.read_text())["outcome"] == "fail"


@pytest.mark.parametrize(("option", "expected"), [((), 1), (("--allow-inconclusive",), 0)])
def test_too_few_prompts_are_inconclusive(option: tuple[str, ...], expected: int) -> None:
    code, out, _ = run(
        "compare", str(FOLDER / "tgi-float32-parity.jsonl.gz"), str(FOLDER / "tgi-wire.jsonl.gz"), *option
    )
    assert (code, out) == (expected, out)
    assert out.startswith("INCONCLUSIVE")


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "no header"), ('{"recording":9,"engine":{}}\n', "schema 9"), (None, "No such file")],
)
def test_a_recording_that_cannot_be_read(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_text(content)
    code, out, err = run("compare", TGI, str(path))
    assert (code, out) == (3, "")
    assert err.startswith("error: ")
    assert message in err


def test_replay_serves_until_interrupted() -> None:
    command = [sys.executable, "-c", "from migrate.parity.cli import parity; parity()", "replay", TGI, "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        url = server.stderr.readline().rpartition(" ")[2].strip()
        assert httpx.get(f"{url}/health").status_code == 200
        server.send_signal(signal.SIGINT)
        assert server.wait(10) == 130


def test_replay_on_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = run("replay", TGI, "--port", str(taken.getsockname()[1]))
    assert code == 4
    assert "in use" in err


def test_replay_of_what_is_no_recording(tmp_path: Path) -> None:
    assert run("replay", str(tmp_path / "none.jsonl"))[0] == 3


@pytest.mark.parametrize("arguments", [("compare", TGI), ("compare", TGI, VLLM, "--format", "xml"), ("nonsense",)])
def test_usage(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2
