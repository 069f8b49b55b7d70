from __future__ import annotations

from pathlib import Path

import pytest

from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.container import Container
from migrate.parity.launchers.named import launcher_of
from migrate.parity.launchers.script_run import runs
from migrate.repository import Repository

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"
SCRIPT = f"""#!/bin/bash
set -e
MODEL=org/model
PORT=${{PORT:-3000}}
docker pull {TGI}
sudo docker run --rm --name llm --gpus all --shm-size 1g -p 8080:$PORT \\
  -v "$DATA:/data" -e HF_TOKEN {TGI} \\
  --model-id "$MODEL" --port $PORT "$@"
docker run -d redis
"""


def container(text: str, **environment: str) -> Container:
    (run,) = runs(Repository.of({"run.sh": text}), "run.sh")
    return run.container(Path("/repo"), environment)


def test_a_script() -> None:
    found = container(SCRIPT, DATA="/models", HF_TOKEN="secret")
    assert (found.image, found.arguments) == (TGI, ("--model-id", "org/model", "--port", "3000"))
    assert found.environment == {"HF_TOKEN": "secret"}
    made = found.arguments_to_create("")
    assert (made["volumes"], made["shm_size"]) == (["/models:/data"], "1g")
    assert list(made["ports"]) == ["3000/tcp"]


def test_the_environment_goes_before_a_default_and_the_script_before_the_environment() -> None:
    found = container(SCRIPT, DATA="/models", PORT="90", MODEL="other")
    assert found.arguments == ("--model-id", "org/model", "--port", "90")
    text = f"docker run {TGI} --model-id ${{MODEL:-org/model}}"
    assert container(text).arguments == ("--model-id", "org/model")
    assert container(text, MODEL="other").arguments == ("--model-id", "other")


def test_arrays_and_names() -> None:
    text = f'ARGS=(--model-id "my model")\nNAME=tgi\ndocker run --name $NAME -v $(pwd)/x:/x {TGI} "${{ARGS[@]}}"\n'
    (run,) = runs(Repository.of({"run.sh": text}), "run.sh")
    found = run.container(Path("/repo"), {"PWD": "/here"})
    assert (run.name, run.starts_tgi, found.arguments) == ("tgi", True, ("--model-id", "my model"))
    assert found.arguments_to_create("")["volumes"] == ["/here/x:/x"]


def test_an_image_in_a_variable_and_vllm() -> None:
    text = f"IMAGE={TGI}\npodman run $IMAGE --model-id a\npodman run vllm/vllm-openai:v0.32.0 --model a\n"
    first, second = runs(Repository.of({"run.sh": text}), "run.sh")
    assert (first.name, first.image, first.starts_tgi) == ("run1", TGI, True)
    assert (second.name, second.starts_tgi) == ("run2", False)


@pytest.mark.parametrize(
    "text",
    [
        "docker run redis",
        f"docker pull {TGI}",
        f"echo docker run {TGI}",
        f"docker build -t {TGI} .",
        "# docker run",
        "",
    ],
)
def test_what_starts_no_engine(text: str) -> None:
    assert runs(Repository.of({"run.sh": text}), "run.sh") == []
    assert runs(Repository.of({}), "run.sh") == []


@pytest.mark.parametrize("text", ["A=1\nA=2", "A=$(date)", "A=1\nA+=2", "A=(1 2)"])
def test_a_variable_that_the_script_does_not_tell(text: str) -> None:
    with pytest.raises(UnusableEngine, match="x-"):
        container(f"{text}\ndocker run {TGI} --model-id x-$A")


def test_a_variable_that_nobody_sets() -> None:
    with pytest.raises(UnusableEngine, match=r"run\.sh:2: \$DATA:/data: neither the script nor the environment"):
        container(f"# one\ndocker run -v $DATA:/data {TGI}")


def test_before_and_after(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text(SCRIPT.replace("$DATA", "/models"))
    before, after = (launcher_of(f"{kind}:run.sh", tmp_path) for kind in ("before", "after"))
    assert isinstance(before, Container)
    assert isinstance(after, Container)
    assert (before.image, before.arguments[:2]) == (TGI, ("--model-id", "org/model"))
    assert after.image == "vllm/vllm-openai:v0.32.0"
    assert "org/model" in after.arguments
    assert (before.port, after.port) == (3000, 3000)
    with pytest.raises(UnusableEngine, match="runs no container tgi of TGI or vLLM; there are llm"):
        launcher_of("before:run.sh:tgi", tmp_path)
