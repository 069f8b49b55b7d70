from __future__ import annotations

from pathlib import Path

import pytest

from migrate.parity.exchange import Engine
from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.container import Container
from migrate.parity.launchers.named import launcher_of
from migrate.parity.launchers.process import Process
from migrate.parity.launchers.recorded import Recorded
from migrate.parity.launchers.url import Url
from migrate.parity.recording import RecordingError, Writer

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"


def container(text: str, folder: Path = Path("/work"), **environment: str) -> Container:
    found = launcher_of(text, folder, environment)
    assert isinstance(found, Container)
    return found


@pytest.mark.parametrize("text", ["http://localhost:8080", "https://engine.example/base", " http://localhost:8080/ "])
def test_a_url(text: str) -> None:
    assert launcher_of(text) == Url(text.strip().rstrip("/"))


def test_a_command() -> None:
    found = launcher_of("vllm serve 'my model' --port {port}")
    assert found == Process("vllm serve 'my model' --port {port}")
    assert found.words == ("vllm", "serve", "my model", "--port", "{port}")


def test_a_recording(tmp_path: Path) -> None:
    with Writer(tmp_path / "a.jsonl", Engine("tgi")):
        pass
    found = launcher_of("recording:a.jsonl", tmp_path)
    assert isinstance(found, Recorded)
    assert found.recording.engine.name == "tgi"
    with pytest.raises(RecordingError):
        launcher_of("recording:b.jsonl", tmp_path)


def test_an_image() -> None:
    found = container(f"docker:{TGI} --model-id org/model")
    assert (found.image, found.arguments, found.entrypoint) == (TGI, ("--model-id", "org/model"), None)
    assert found.words == (TGI, "--model-id", "org/model")
    assert found.port == 80


def test_docker_run() -> None:
    found = container(
        "docker run --rm -it --gpus all --shm-size=1g -v $PWD/data:/data -e A=1 -e TOKEN -e ABSENT -p 8080:8000 \\\n"
        "  --entrypoint vllm vllm/vllm-openai:v0.32.0 serve 'a b' '$HOME'",
        PWD="/home/me",
        TOKEN="secret",
    )
    assert (found.image, found.entrypoint) == ("vllm/vllm-openai:v0.32.0", ("vllm",))
    assert found.arguments == ("serve", "a b", "$HOME")
    assert found.environment == {"A": "1", "TOKEN": "secret"}
    made = found.arguments_to_create("name")
    assert (made["volumes"], made["shm_size"]) == (["/home/me/data:/data"], "1g")
    assert made["ports"] == {"8000/tcp": ("127.0.0.1", None)}


def test_env_files(tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text('A=1\nB="2"\n# C=3\n')
    found = container("podman run --env-file a.env -e A=4 image", tmp_path)
    assert found.environment == {"A": "4", "B": '"2"'}


@pytest.mark.parametrize(
    ("text", "port"),
    [
        (f"docker:{TGI}", 80),
        (f"docker run -e PORT=3000 {TGI}", 3000),
        (f"docker run -e PORT=3000 {TGI} --port 90", 90),
        (f"docker run -p 8080:3000 {TGI}", 3000),
        ("docker run -e PORT=3000 vllm/vllm-openai", 8000),
        ("docker run -p 8080:9000 vllm/vllm-openai", 9000),
        ("docker:vllm/vllm-openai --port=9001", 9001),
        ("docker:vllm/vllm-openai --port", 8000),
    ],
)
def test_the_port_inside(text: str, port: int) -> None:
    assert container(text).port == port


def test_the_hosts_own_network_publishes_nothing() -> None:
    assert "ports" not in container("docker run --network host image").arguments_to_create("name")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty text: is no engine"),
        ("tgi.jsonl", "is no engine: give a URL"),
        ("vllm serve model", "command with {port}"),
        ("vllm 'serve {port}", "No closing quotation"),
        ("http://engine:none", "Invalid port"),
        ("http://", "names no host"),
        ("http://engine:99999", "names no host and port"),
        ("docker run", "is no engine"),
        ("docker run --rm", "names no image"),
        ("docker run -v $NOWHERE/x:/x image", r"\$NOWHERE is not set"),
        ("docker run --link db image", "--link is an option"),
        ("docker run 'image", "a quote never ends"),
        ("docker run --env-file none.env image", "none.env: No such file"),
        ("before:none.yaml:tgi", "there is no such file"),
    ],
)
def test_no_engine(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableEngine, match=message):
        launcher_of(text, tmp_path, {})
