"""The real vLLM, as a process and as a container, against recordings of the real engines with the same model."""

from __future__ import annotations

import gzip
import json
import os
import shlex
import sys
from pathlib import Path

import pytest

from migrate.parity.protocols.shape import items, text
from migrate.parity.recording import Recording
from tests.parity.images import engine, image, left, volumes
from tests.parity.material import FOLDER, exchanges
from tests.parity.program import run

pytestmark = pytest.mark.slow

RUN = "one-at-a-time-1"
TGI = "ghcr.io/huggingface/text-generation-inference:3.3.7"
VLLM = "vllm/vllm-openai:v0.32.0"
OPTIONS = "--max-model-len 2048 --enforce-eager --dtype bfloat16 --generation-config vllm"
ENVIRONMENT = {"VLLM_TARGET_DEVICE": "cpu", "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1"}
ENVIRONMENT |= {"HF_HUB_OFFLINE": "1"}


@pytest.fixture
def vllm() -> str:
    python = os.environ.get("MIGRATE_VLLM_PYTHON")
    if not python:
        pytest.skip("MIGRATE_VLLM_PYTHON is not set: see CONTRIBUTING.md")
    return str(Path(python).with_name("vllm"))


@pytest.fixture
def model() -> str:
    path = os.environ.get("MIGRATE_MODEL")
    if not path:
        pytest.skip("MIGRATE_MODEL is not set: see CONTRIBUTING.md")
    return path


@pytest.fixture
def settings(tmp_path: Path) -> str:
    """What TGI was asked, once."""
    lines = []
    for item in exchanges("tgi-parity"):
        said = [
            {"role": text(one, "role"), "content": text(one, "content")} for one in items(item.request.body, "messages")
        ]
        asked = {"messages": said} if said else {"text": text(item.request.body, "inputs")}
        if item.run == RUN:
            lines.append(json.dumps({"name": item.id, "max_tokens": 64, **asked}))
    (tmp_path / "prompts.jsonl").write_text("\n".join(lines))
    path = tmp_path / "parity.yaml"
    path.write_text("prompts: {file: prompts.jsonl, passes: [1], probes: false}\n")
    return str(path)


def test_a_process_passes_against_both_recorded_engines(
    vllm: str, model: str, settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    live = str(tmp_path / "live.jsonl")
    command = f"{vllm} serve {model} --served-model-name tgi --port {{port}} --host 127.0.0.1 {OPTIONS}"
    tgi = str(FOLDER / "tgi-parity.jsonl.gz")
    code, out, err = run("compare", tgi, command, "--keep", live, "--config", settings)
    assert code == 0, out + err
    assert out.startswith("PASS: ")
    assert Recording.open(Path(live)).engine.arguments == tuple(shlex.split(command))
    code, out, err = run("compare", str(FOLDER / "vllm-parity.jsonl.gz"), live)
    assert code == 0, out + err


def script(path: Path, command: str) -> str:
    path.write_text(f"#!/bin/sh\n{command}\n")
    path.chmod(0o755)
    return str(path)


def recorded_tgi(folder: Path) -> Path:
    """The recording of the real TGI, under the model's name that its chats were asked for."""
    path = folder / "tgi.jsonl"
    with gzip.open(FOLDER / "tgi-parity.jsonl.gz", "rt") as lines:
        header = json.loads(next(lines))
        header["engine"]["model"] = "tgi"
        path.write_text(json.dumps(header) + "\n" + "".join(lines))
    return path


def test_a_compose_service_before_and_after(vllm: str, model: str, settings: str, tmp_path: Path) -> None:
    """TGI's image serves what the real one answered, vLLM's image is the real one."""
    client = engine()
    root = Path(__file__).parents[2]
    replay = f"parity replay {recorded_tgi(tmp_path)} --host 0.0.0.0 --port 80 --speed 0"
    before = script(tmp_path / "tgi.sh", f"cd {root} && exec {sys.executable} -m migrate {replay}")
    variables = " ".join(f"{name}={value}" for name, value in ENVIRONMENT.items())
    after = script(tmp_path / "vllm.sh", f'exec env {variables} {vllm} serve "$@" {OPTIONS}')
    compose = tmp_path / "compose.yaml"
    compose.write_text(
        f"services:\n  llm:\n    image: {TGI}\n    command: --model-id {model} --max-total-tokens ${{TOKENS}}\n"
        f"    volumes: {json.dumps(volumes())}\n"
        '    ports: ["8080:80"]\n    shm_size: 256m\n'
    )
    (tmp_path / ".env").write_text("TOKENS=2048\n")
    folder = tmp_path / "out"
    path = f"PATH={os.environ['PATH']}"
    with (
        image(client, TGI, ["/usr/bin/env", path, "HOME=/root", "LC_ALL=C.UTF-8", before]),
        image(client, VLLM, ["/usr/bin/env", path, "HOME=/root", "LC_ALL=C.UTF-8", after]),
    ):
        code, out, err = run("run", "--from", f"{compose}:llm", "--config", settings, "--folder", str(folder))
    log = (folder / "second.log").read_text(errors="replace")[-3000:] if (folder / "second.log").exists() else ""
    assert code == 0, out + err + log
    assert out.splitlines()[1].startswith("tgi 3.3.7 against vllm 0.32.0")
    assert Recording.open(folder / "second.jsonl").engine.arguments[:2] == (VLLM, model)
    assert compose.read_text().count(TGI) == 1
    assert left(client) == []
    client.close()
