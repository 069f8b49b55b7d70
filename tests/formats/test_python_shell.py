"""Lines that a Python program hands to a shell: which ones are read, and how they are written back."""

from __future__ import annotations

import pytest

from migrate.formats.python import reader as python
from migrate.launch.convert import convert
from migrate.launch.facts import Setting
from migrate.repository import Repository
from migrate.rulebook import load
from migrate.source import apply_edits

IMAGE = "ghcr.io/huggingface/text-generation-inference:3.3.5"
NEW = "vllm/vllm-openai:v0.32.0"
RUN = f"docker run --gpus all {IMAGE} --model-id a/b"


def moved(text: str) -> str:
    """The program after the edits of its launches."""
    repo = Repository.of({"a.py": text})
    source = repo.source("a.py")
    assert source is not None
    launches = python.read(source, repo).launches
    found = [one for launch in launches for one in convert(launch, Setting("0.32.0", names=("tgi",)), load(), "g")]
    after = apply_edits(text, [edit for one in found for edit in one.edits])
    compile(after, "a.py", "exec")
    return after


@pytest.mark.parametrize(
    "text",
    [
        f'import os\nos.system("{RUN}")\n',
        f'from subprocess import run\nrun("{RUN}", shell=True)\n',
        f'import subprocess as sp\nsp.Popen(args="{RUN}", shell=True)\n',
        f'import shlex, subprocess\nsubprocess.run(shlex.split("{RUN}"))\n',
        f'import subprocess\nsubprocess.run("{RUN}".split())\n',
        f'import os\nCOMMAND = "{RUN}"\n\ndef start():\n    os.system(COMMAND)\n',
        f"import os\nos.system(r'{RUN}')\n",
    ],
    ids=["system", "run", "popen", "shlex", "split", "by name", "raw"],
)
def test_lines_of_a_shell(text: str) -> None:
    after = moved(text)
    assert f"{NEW} a/b --served-model-name a/b tgi" in after
    assert IMAGE not in after
    assert moved(after) == after


@pytest.mark.parametrize(
    "text",
    [
        f'print("{RUN}")\n',
        f'import subprocess\nsubprocess.run("{RUN}")\n',
        f'import subprocess\nsubprocess.run("{RUN}", shell=ask)\n',
        f'import os\nos.system("echo {IMAGE}")\n',
        f'from own import system\nsystem("{RUN}")\n',
        f'import os\nos.system(f"{{tool}} {IMAGE}")\n',
        'import os\nos.system("docker run nginx")\n',
        f"import os\nos.system(u'docker run ' r'{IMAGE}')\n",
    ],
    ids=["printed", "no shell", "shell asked", "no launch", "own function", "another tool", "another image", "mixed"],
)
def test_left_alone(text: str) -> None:
    assert moved(text) == text


def test_holes_of_an_f_string_stay_as_they_are() -> None:
    text = f"""import os

os.system(
    f"docker run -p {{port}}:80 {IMAGE} "
    f"--model-id {{models['a']}} --max-total-tokens {{n + 1}} --env='{{{{}}}}'"
)
"""
    after = moved(text)
    assert "docker run -p {port}:80 vllm/vllm-openai:v0.32.0 " in after
    assert "{models['a']} --max-model-len {n + 1}" in after
    assert "--served-model-name {models['a']} tgi" in after


def test_escapes_and_quotes() -> None:
    text = f'import os\nos.system("docker run -e A=\\"b\\\\\\"c\\" {IMAGE} --model-id \\"a/b\\"")\n'
    after = moved(text)
    assert f'-e A=\\"b\\\\\\"c\\" {NEW} \\"a/b\\"' in after


def test_lines_of_a_long_string() -> None:
    text = f'import os\nos.system("""\ndocker run \\\\\n    {IMAGE} \\\\\n    --model-id a/b\n""")\n'
    after = moved(text)
    assert f"docker run \\\\\n    {NEW} \\\\\n    a/b \\\\\n    --served-model-name a/b tgi" in after
