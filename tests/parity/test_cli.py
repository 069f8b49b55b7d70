from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from migrate.parity.asking import Protocol, request
from migrate.parity.exchange import Chunk, Engine, Exchange, Json, Reply, Request
from migrate.parity.probes import RUN as PROBES
from migrate.parity.prompts import Prompt
from migrate.parity.recording import Recording, Writer
from tests.parity.material import FOLDER
from tests.parity.program import only, run, serving

TGI, VLLM = str(FOLDER / "tgi-parity.jsonl.gz"), str(FOLDER / "vllm-parity.jsonl.gz")
FEW = str(FOLDER / "tgi-float32-parity.jsonl.gz")
WIRE = str(FOLDER / "tgi-wire.jsonl.gz"), str(FOLDER / "vllm-wire.jsonl.gz")


def test_the_real_engines_pass() -> None:
    code, out, err = run("compare", TGI, VLLM)
    assert (code, err) == (0, "")
    assert out.startswith("PASS: ")


def test_untranslated_requests_fail(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    code, out, err = run("compare", *WIRE, "--report", f"json={report}")
    assert (code, err) == (1, "")
    assert out.startswith("FAIL: accepted: ")
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


def said(method: str, path: str, answer: Json, body: Json = None) -> Exchange:
    return Exchange(path, Request(method, path, body), Reply(200, (Chunk(1.0, json.dumps(answer)),)))


@pytest.fixture
def engine() -> Iterator[str]:
    info = said("GET", "/info", {"model_id": "m", "version": "3.3.7"})
    asked = request(Prompt("p", "Hello"), Protocol.TGI, "m")
    with serving(info, said("POST", "/generate", {"generated_text": "x"}, asked.body)) as url:
        yield url


@pytest.fixture
def prompts(tmp_path: Path) -> str:
    path = tmp_path / "prompts.jsonl"
    path.write_text('{"name": "p", "text": "Hello"}')
    return str(path)


def test_record_and_continue(engine: str, prompts: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    for expected in ("eight-at-once: 1 of 1", ""):
        code, out, err = run("record", engine, str(path), "--prompts", prompts, "--api-key", "secret-1", "--no-probes")
        assert (code, out) == (0, "")
        assert err.strip().endswith(expected)
    recording = Recording.open(path)
    assert (recording.engine.name, len(list(recording))) == ("tgi", 3)
    assert b"secret-1" not in path.read_bytes()
    assert run("compare", str(path), str(path), "--allow-inconclusive")[0] == 0


@pytest.mark.parametrize(
    ("recording", "content", "code"),
    [("a.jsonl", "oops\n", 3), ("missing/a.jsonl", None, 4)],
    ids=["another-file", "no-folder"],
)
def test_a_file_that_cannot_be_recorded_to(
    engine: str, prompts: str, tmp_path: Path, recording: str, content: str | None, code: int
) -> None:
    path = tmp_path / recording
    if content is not None:
        path.write_text(content)
    assert run("record", engine, str(path), *only(prompts))[0] == code
    assert content is None or path.read_text() == content


def test_requests_without_an_answer_are_counted(prompts: str, tmp_path: Path) -> None:
    asked = request(Prompt("p", "Hello"), Protocol.TGI, "m")
    dead = Exchange("p", Request("POST", "/generate", asked.body), Reply(0, failure="gone"))
    with serving(said("GET", "/info", {"model_id": "m", "version": "3.3.7"}), dead) as url:
        code, _, err = run("record", url, str(tmp_path / "a.jsonl"), *only(prompts))
    assert code == 1
    assert "error: 3 requests got no whole answer" in err


def test_no_engine(prompts: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = tmp_path / "a.jsonl"
    assert run("record", f"http://127.0.0.1:{port}", str(path), *only(prompts))[0] == 4
    assert not path.exists()


def test_no_prompts(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    assert run("record", "http://127.0.0.1:1", str(tmp_path / "a.jsonl"), *only(str(path)))[0] == 2


def started(tmp_path: Path, name: str = "engine") -> str:
    """The command of an engine that replays what it was asked, and answers its /info."""
    info = said("GET", "/info", {"model_id": "m", "version": "3.3.7"})
    asked = request(Prompt("p", "Hello"), Protocol.TGI, "m")
    answer = said("POST", "/generate", {"generated_text": name}, asked.body)
    path = tmp_path / f"{name}.jsonl"
    with Writer(path, Engine("tgi")) as writer:
        writer.write(info)
        writer.write(answer)
    return f"{sys.executable} -c 'from migrate.parity.commands import parity; parity()' replay {path} --port {{port}}"


def test_run_starts_and_stops_both_engines(prompts: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    engines = started(tmp_path), started(tmp_path, "another")
    code, out, _ = run("run", *engines, "--folder", str(folder), *only(prompts), "--allow-inconclusive")
    assert (code, out.splitlines()[1]) == (0, "tgi 3.3.7 against tgi 3.3.7, 1 prompts")
    assert sorted(path.name for path in folder.iterdir()) == ["first.jsonl", "first.log", "second.jsonl", "second.log"]


def test_probes_are_recorded_in_a_run_of_their_own(engine: str, prompts: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    for _ in range(2):
        code, _, err = run("record", engine, str(path), "--prompts", prompts)
        assert code == 0
    probes = {item.id: item.reply.status for item in Recording.open(path) if item.run == PROBES}
    assert probes["probe-malformed"] == probes["probe-after-cancel"] == 404
    assert "probes" not in err
    code, out, _ = run("compare", str(path), str(path), "--allow-inconclusive")
    assert (code, "probes" in out) == (0, True)


def test_run_with_an_engine_that_does_not_start(engine: str, prompts: str, tmp_path: Path) -> None:
    code, _, err = run("run", engine, "/no/such/engine {port}", "--folder", str(tmp_path), "--prompts", prompts)
    recorded = [item for item in Recording.open(tmp_path / "first.jsonl") if item.run != PROBES]
    assert code == 4
    assert "/no/such/engine" in err
    assert len(recorded) == 3


def test_replay_serves_until_interrupted() -> None:
    code = "from migrate.parity.commands import parity; parity()"
    command = [sys.executable, "-c", code, "replay", TGI, "--port", "0"]
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
