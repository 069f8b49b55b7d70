"""Calls that bring TGI's options to a server are shown; calls that bring none, or options of their own, are not."""

from __future__ import annotations

import pytest

from migrate.formats.shell import reader as shell
from tests.formats.laying import IMAGE, found_in

SERVER = f'docker run {IMAGE} "$@"\n'


def passed(text: str, path: str = "serve.sh", **files: str) -> list[tuple[str, str]]:
    found = found_in(shell.read, text, path, {name.replace("_", "."): text for name, text in files.items()})
    return [(each.path, each.value) for each in found.mentions if each.kind == "passed-option"]


@pytest.mark.parametrize(
    ("call", "flag"),
    [
        pytest.param("./serve.sh --model-id m --num-shard 2\n", "--model-id", id="script"),
        pytest.param("bash bin/serve.sh \\\n  --port 80 \\\n  --quantize awq\n", "--quantize", id="continued"),
        pytest.param("sudo serve.sh --max-total-tokens=4096 &\n", "--max-total-tokens", id="equals"),
    ],
)
def test_another_script(call: str, flag: str) -> None:
    assert passed(SERVER, up_sh=call) == [("up.sh", flag)]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        pytest.param(SERVER, "./serve.sh\n", id="no-options"),
        pytest.param(SERVER, "./serve.sh --port 80 --dtype float16\n", id="same-on-both"),
        pytest.param(SERVER, "# ./serve.sh --model-id m\n", id="comment"),
        pytest.param(SERVER, "./observe.sh --model-id m\n", id="another-name"),
        pytest.param(SERVER, "./serve.sh.old --model-id m\n", id="longer-name"),
        pytest.param(f"docker run {IMAGE}\n", "./serve.sh --model-id m\n", id="nothing-passed-on"),
        pytest.param("case $1 in --model-id) M=$2 ;; esac\n" + SERVER, "./serve.sh --model-id m\n", id="own-option"),
    ],
)
def test_left_alone(text: str, call: str) -> None:
    assert passed(text, up_sh=call) == []


@pytest.mark.parametrize(
    ("call", "flag"),
    [
        pytest.param("docker compose run --rm tgi --model-id m --num-shard 2\n", "--model-id", id="compose"),
        pytest.param(
            "sudo docker-compose -f c.yml run -e A=1 --name x tgi --port 80 --quantize awq\n", "--quantize", id="v1"
        ),
        pytest.param("podman-compose run tgi --json-output --max-total-tokens=4096\n", "--json-output", id="podman"),
    ],
)
def test_service_with_arguments(call: str, flag: str) -> None:
    assert passed(call) == [("serve.sh", flag)]


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("docker compose run tgi\n", id="no-arguments"),
        pytest.param("docker compose run\n", id="no-service"),
        pytest.param("docker compose run app python eval.py --model-id m\n", id="another-program"),
        pytest.param("docker compose run tgi --port 80\n", id="same-on-both"),
        pytest.param("docker compose up tgi\n", id="up"),
        pytest.param("npm run serve -- --model-id m\n", id="another-run"),
    ],
)
def test_other_commands_are_no_service_with_arguments(call: str) -> None:
    assert passed(call) == []
