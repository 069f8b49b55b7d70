"""The example's launches, converted by the program, start the real vLLM and answer as the example's clients ask."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.real.engine import Server, required, serving

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
# Stands for docker in the script's PATH: writes down what it was asked to run.
RECORDER = '#!{python}\nimport json, os, sys\njson.dump(sys.argv[1:], open(os.environ["DOCKER_ARGUMENTS"], "w"))\n'


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example application after `migrate apply`."""
    folder = tmp_path_factory.mktemp("converted") / "example"
    shutil.copytree(ROOT / "fixtures" / "example", folder)
    outcome = subprocess.run(
        [sys.executable, "-m", "migrate", "apply", str(folder)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert outcome.returncode in (0, 1), outcome.stderr
    return folder


def compose_arguments(example: Path) -> list[str]:
    """What compose gives to the image's entrypoint."""
    command = yaml.safe_load((example / "compose.yaml").read_text())["services"]["llm"]["command"]
    return shlex.split(command) if isinstance(command, str) else [str(word) for word in command]


def script_arguments(example: Path) -> list[str]:
    """What the script gives to the image's entrypoint, as its own shell expands it."""
    programs = example.parent / "programs"
    programs.mkdir(exist_ok=True)
    record = programs / "arguments.json"
    for name, text in {"docker": RECORDER.format(python=sys.executable), "curl": "#!/bin/sh\n"}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "DOCKER_ARGUMENTS": str(record)}
    subprocess.run(["bash", str(example / "scripts" / "serve.sh")], env=environment, check=True)
    words = json.loads(record.read_text())
    image = next(index for index, word in enumerate(words) if word.startswith("vllm/vllm-openai"))
    return list(words[image + 1 :])


LAUNCHES = {
    "compose": (compose_arguments, "Qwen/Qwen2.5-1.5B-Instruct"),
    "script": (script_arguments, "Qwen/Qwen2.5-7B-Instruct"),
}


@pytest.fixture(scope="module", params=LAUNCHES)
def running(
    request: pytest.FixtureRequest, converted: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, str]]:
    """A server for each launch of the example, with the name that its model had."""
    read, name = LAUNCHES[request.param]
    log = tmp_path_factory.mktemp("log") / f"{request.param}.log"
    with serving(read(converted), log) as server:
        yield server, name


def test_serves_the_model_under_both_names(running: tuple[Server, str]) -> None:
    server, name = running
    assert {model["id"] for model in server.ask("/v1/models")["data"]} == {name, "tgi"}


@pytest.mark.parametrize("alias", ["tgi", "model id"])
def test_answers_a_chat(running: tuple[Server, str], alias: str) -> None:
    server, name = running
    question = {"role": "user", "content": "What is the capital of France?"}
    model = "tgi" if alias == "tgi" else name
    body = {"model": model, "messages": [question], "max_tokens": 12, "temperature": 0}
    answer = server.ask("/v1/chat/completions", body)
    assert "Paris" in answer["choices"][0]["message"]["content"]


def test_answers_a_completion(running: tuple[Server, str]) -> None:
    server, _ = running
    body = {"model": "tgi", "prompt": "The capital of France is", "max_tokens": 8, "temperature": 0}
    answer = server.ask("/v1/completions", body)
    assert answer["usage"]["completion_tokens"] == 8
    assert "Paris" in answer["choices"][0]["text"]


def test_example_client_gets_its_answers(running: tuple[Server, str], converted: Path) -> None:
    server, _ = running
    client = converted / "app" / "client.py"
    environment = {**os.environ, "LLM_URL": server.url}
    outcome = subprocess.run(
        [required("MIGRATE_VLLM_PYTHON"), str(client), "Where is my parcel?"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    title, _, answer = outcome.stdout.partition("\n")
    assert title
    assert answer.strip()
