"""Options of TGI that are added to a command after it was written."""

from __future__ import annotations

import pytest

from migrate.formats.passed import options_in
from migrate.formats.python import reader as python
from tests.formats.laying import IMAGE, Read, found_in

ARGUMENTS = f'args = ["docker", "run", "{IMAGE}", "--model-id", "m"]\n'


def added(read: Read, text: str, path: str) -> list[tuple[str, str]]:
    found = found_in(read, text, path)
    assert found.launches
    return [(one.value, text[one.span.start : one.span.end]) for one in found.mentions if one.kind == "passed-option"]


def test_only_options_that_vllm_does_not_have() -> None:
    text = "run --quantize awq --port 80 --seed 1 x--num-shard --num-shard 2"
    assert [match[0] for match in options_in(text)] == ["--quantize", "--num-shard"]


@pytest.mark.parametrize(
    ("more", "values"),
    [
        ('args.insert(9, "--sharded")\n', [("--sharded", '"--sharded"')]),
        ('args += get("--num-shard", 2)\n', [("--num-shard", '"--num-shard"')]),
        ('args.append("--port")\nother += ["--quantize"]\nargs.sort()\n', []),
        ('args += ["--num-shard", "2"]\n', []),
    ],
    ids=["insert", "call", "nothing of TGI", "translated"],
)
def test_added_in_python(more: str, values: list[tuple[str, str]]) -> None:
    assert added(python.read, ARGUMENTS + more, "a.py") == values
