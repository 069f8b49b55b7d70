"""Calls that bring TGI's options to a server are shown; calls that bring none, or options of their own, are not."""

from __future__ import annotations

import pytest

from migrate.formats import shell
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
