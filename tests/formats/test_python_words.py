"""Commands of a Python program that stand in more than one list, and what is added to them."""

from __future__ import annotations

import pytest

from migrate.findings import Safety
from tests.test_pipeline import findings, rewritten

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"
VLLM = "vllm/vllm-openai:v0.32.0"
HEAD = '["text-generation-launcher", "--model-id", m'
NEW = '["vllm", "serve", m'
TAIL = '"--served-model-name", m, "tgi", "--max-model-len", "auto", "--generation-config", "vllm", "--port", "3000"'


def after(text: str) -> str:
    written = rewritten({"a.py": text})["a.py"]
    compile(written, "a.py", "exec")
    return written


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f'run({HEAD}] + ["--num-shard", n])\n', f'run({NEW}] + ["--tensor-parallel-size", n, {TAIL}])\n'),
        (f"run({HEAD}] + extra)\n", f"run({NEW}, {TAIL}] + extra)\n"),
        (f"run({HEAD}, *extra])\n", f"run({NEW}, {TAIL}, *extra])\n"),
        (f"run({HEAD}] + list(extra))\n", f"run({NEW}, {TAIL}] + list(extra))\n"),
        (
            f'run({HEAD}] + (["--num-shard", n] if n else []))\n',
            f'run({NEW}, {TAIL}] + (["--tensor-parallel-size", n] if n else []))\n',
        ),
        (
            f'run({HEAD}, *(["--num-shard", n] if n else [])])\n',
            f'run({NEW}, {TAIL}, *(["--tensor-parallel-size", n] if n else [])])\n',
        ),
        (
            f'MORE = ["--num-shard", "2"]\nrun({HEAD}, *MORE, "--dtype", "float16"])\n',
            f'MORE = ["--tensor-parallel-size", "2"]\nrun({NEW}, *MORE, "--dtype", "float16", {TAIL}])\n',
        ),
        (f'run({HEAD}, f"--num-shard={{n}}"])\n', f'run({NEW}, "--tensor-parallel-size", f"{{n}}", {TAIL}])\n'),
    ],
    ids=["sum", "sum of a name", "starred", "sum of a call", "on a condition", "starred condition", "named", "equals"],
)
def test_launcher(before: str, expected: str) -> None:
    assert after(before) == expected


def test_whole_command_in_a_list_of_its_own() -> None:
    written = after('FLAGS = [\n    "--model-id",\n    M,\n]\nrun(["text-generation-launcher"] + FLAGS)\n')
    assert written.startswith('FLAGS = [\n    M,\n    "--served-model-name", M, "tgi",\n')
    assert written.endswith('run(["vllm", "serve"] + FLAGS)\n')


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ('if n:\n    args += ["--num-shard", n]\n', 'if n:\n    args += ["--tensor-parallel-size", n]\n'),
        ('args.extend(["--num-shard", n])\n', 'args.extend(["--tensor-parallel-size", n])\n'),
        ('args = args + ["--num-shard", n]\n', 'args = args + ["--tensor-parallel-size", n]\n'),
        (
            'args.append("--num-shard")\nargs.append(n)\n',
            'args.append("--tensor-parallel-size")\nargs.append(n)\n',
        ),
        ('args += ["--max-input-length", n, "--dtype", d]\n', 'args += ["--dtype", d]\n'),
        ('args += ["--dtype", d]\n', 'args += ["--dtype", d]\n'),
        ('other += ["--num-shard", n]\n', 'other += ["--num-shard", n]\n'),
    ],
    ids=["grown", "extend", "sum", "append", "one goes", "of both engines", "another name"],
)
@pytest.mark.parametrize("name", ["args", "self.args"])
def test_added_later(name: str, before: str, expected: str) -> None:
    before, expected = before.replace("args", name), expected.replace("args", name)
    assert after(f"{name} = {HEAD}]\n{before}").split("\n", 1)[1] == expected


def test_parameter_of_another_function_is_another_list() -> None:
    text = f'args = {HEAD}]\ndef f(args):\n    args += ["--num-shard", n]\n'
    assert after(text).endswith('args += ["--num-shard", n]\n')


@pytest.mark.parametrize(
    "more",
    ['args += ["--usage-stats", "off"]\n', 'args.append("--sharded=true")\n', 'args.insert(3, "--sharded")\n'],
    ids=["becomes a variable", "another count of words", "insert"],
)
def test_what_cannot_be_written_is_named(more: str) -> None:
    text = f"args = {HEAD}]\n{more}"
    assert after(text).endswith(more)
    assert [one.span.start for one in findings({"a.py": text}) if one.safety is Safety.MANUAL] == [
        text.index('"--', text.index(more))
    ]


def test_unknown_method_leaves_the_launch() -> None:
    text = f'args = {HEAD}]\nargs += ["--quantize", q]\n'
    assert after(text) == text


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f'IMG = "{TGI}"\nrun(["docker", "run", IMG])\n', f'IMG = "{VLLM}"\n'),
        (
            f'import os\nIMG = os.getenv("IMG", "{TGI}")\nrun(["docker", "run", IMG])\n',
            f'import os\nIMG = os.getenv("IMG", "{VLLM}")\n',
        ),
        (f'T = "3.0.1"\nrun(["docker", "run", f"{TGI[:-6]}:{{T}}"])\n', f'T = "3.0.1"\nrun(["docker", "run", "{VLLM}"'),
        (f'run(["docker", "run", "{TGI[:-6]}:" + "3.0.1"])\n', f'run(["docker", "run", "{VLLM}"'),
        (f"IMG = '{TGI}'\nimport docker\nc.containers.run(image=IMG)\n", f"IMG = '{VLLM}'\n"),
        (f'c.containers.run(f"{TGI[:-6]}:{{tag}}")\n', f'c.containers.run("{VLLM}"'),
    ],
    ids=["constant", "default", "formatted", "sum", "sdk", "unknown tag"],
)
def test_image(before: str, expected: str) -> None:
    assert after(before.replace("])\n", ', "--model-id", m])\n')).startswith(expected)


def test_parts_of_an_image_that_nothing_uses_are_named() -> None:
    text = f'REPO = "{TGI[:-6]}"\nrun(["docker", "run", f"{{REPO}}:3.0.1", "--model-id", m])\n'
    (found,) = [one for one in findings({"a.py": text}) if one.rule == "mention/unused-image"]
    assert (found.safety, found.span.start) == (Safety.REVIEW, 8)


def test_part_that_is_printed_too_is_used() -> None:
    text = f'REPO = "{TGI}"\nprint(REPO)\nrun(["docker", "run", f"{{REPO}}", "--model-id", m])\n'
    assert [one for one in findings({"a.py": text}) if one.rule == "mention/unused-image"] == []


def test_dockers_options_that_are_brought_are_not_seen() -> None:
    text = f'run(["docker", "run", *options, "{TGI}", "--model-id", m])\n'
    assert after(text) == text


def test_image_that_a_program_builds_its_place_from() -> None:
    text = f'image = Image.from_registry("{TGI}", add_python="3.10")\nPopen({HEAD}, "--port", "8000"])\n'
    written = after(text)
    assert f'Image.from_registry("{VLLM}"' in written
    assert 'Popen(["vllm", "serve", m, "--port", "8000"' in written


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            '["--model-id", m] + (["--num-shard", n] if n else [])',
            '(["--tensor-parallel-size", n] if n else []), detach',
        ),
        ('["--model-id", m, *extra]', '"--port", "80", *extra], detach'),
    ],
    ids=["sum", "starred"],
)
def test_command_of_the_sdk(command: str, expected: str) -> None:
    assert expected in after(f'c.containers.run("{TGI}", command={command}, detach=True)\n')
