"""Whole command lines, read as vLLM's parser reads them."""

from __future__ import annotations

import shlex

import pytest

from migrate.catalog.command import Invocation
from migrate.catalog.vllm import check_command

ACCEPTED: list[tuple[str, str, Invocation]] = [
    ("M --served-model-name M tgi --generation-config vllm --port 80 --max-model-len auto", "0.32.0", "image"),
    ("--model M --served-model-name M tgi --port 80", "0.11.0", "image"),
    ("--model M --port 80", "0.32.0", "image"),
    ("M --port 80", "0.11.0", "serve"),
    ("vllm serve M --port 80", "0.32.0", "serve"),
    ("--port 80 M", "0.32.0", "serve"),
    ("$MODEL --max-model-len ${MAX:-4096} --port $(PORT)", "0.32.0", "image"),
    ("'{{ .Values.model }}' --port '{{ .Values.port }}'", "0.32.0", "image"),
    ('M --port 80 "$@"', "0.32.0", "serve"),
    ("$ARGS", "0.32.0", "image"),
    ("M $EXTRA_ARGS", "0.32.0", "image"),
    ("--enforce-eager $ARGS", "0.11.0", "image"),
    ("M --max-model-len=4096 --max_num_seqs 16", "0.32.0", "serve"),
    ("M --seed -1 -tp 2 -O3", "0.32.0", "serve"),
    ("M -O 3", "0.10.0", "serve"),
    ("M --no-enable-prefix-caching", "0.32.0", "serve"),
    ('M --speculative-config \'{"method": "ngram", "num_speculative_tokens": 2}\'', "0.32.0", "serve"),
    ("M --speculative-config.method ngram --speculative-config.num_speculative_tokens 2", "0.32.0", "serve"),
    ("M --enable-lora --lora-modules a=/x b=/y --max-loras 2", "0.32.0", "serve"),
    ("M --enable-auto-tool-choice --tool-call-parser hermes", "0.32.0", "serve"),
    ("--config vllm.yaml", "0.32.0", "serve"),
    ("M --help", "0.32.0", "serve"),
    ("--model M", "0.32.0", "module"),
    ("", "0.32.0", "image"),
]

REFUSED: list[tuple[str, str, Invocation, int | None, str]] = [
    ("M --port 80", "0.11.0", "image", 0, "ignored and another model is served"),
    ("M --port 80", "0.9.2", "image", 0, "unrecognized argument"),
    ("M --port 80", "0.32.0", "module", 0, "ignored"),
    ("--model M", "0.11.0", "serve", 0, "first word"),
    ("--port 80 --model=M", "0.10.0", "serve", 2, "first word"),
    ("vllm serve M", "0.32.0", "image", 0, "not repeated"),
    ("M N", "0.32.0", "serve", 1, "unrecognized argument 'N'"),
    ("M --model N", "0.32.0", "serve", 0, "unrecognized argument 'M'"),
    ("M --enforce-eager true", "0.32.0", "serve", 2, "unrecognized argument 'true'"),
    ("M --enforce-eager=true", "0.32.0", "serve", 1, "takes no value"),
    ("M --port", "0.32.0", "serve", 1, "exactly one value"),
    ("M --port --enforce-eager", "0.32.0", "serve", 1, "exactly one value"),
    ("M --num-shard 2", "0.32.0", "serve", 1, "no option --num-shard"),
    ("M --swap-space 4", "0.32.0", "serve", 1, "only 0.6.6.post1 to 0.17.1"),
    ("M --max-model-len 0", "0.32.0", "serve", 1, "positive"),
    ("M --config=vllm.yaml", "0.32.0", "serve", 1, "write --config FILE"),
    ("--model M --config vllm.yaml", "0.10.0", "module", 2, "reads no --config"),
    ("--served-model-name a b M", "0.32.0", "serve", None, "served under that name"),
    ("--served-model-name a --port 80 M", "0.32.0", "serve", None, "the model comes first"),
    ("M --enable-auto-tool-choice", "0.32.0", "serve", None, "needs --tool-call-parser"),
    ("M --quant awq", "0.32.0", "serve", 1, "ambiguous"),
    ("M --speculative-config '{method'", "0.32.0", "serve", 1, "not JSON"),
    ("M --speculative-config.method ngram", "0.8.5", "serve", 1, "no keys behind a dot"),
    ("--port 80", "0.7.3", "serve", None, "the model is missing"),
]


@pytest.mark.parametrize(("line", "version", "invocation"), ACCEPTED, ids=lambda value: str(value) or "nothing")
def test_lines_that_start(line: str, version: str, invocation: Invocation) -> None:
    assert check_command(shlex.split(line), version, invocation=invocation) == []


@pytest.mark.parametrize(("line", "version", "invocation", "index", "says"), REFUSED)
def test_lines_that_do_not(line: str, version: str, invocation: Invocation, index: int | None, says: str) -> None:
    refusals = check_command(shlex.split(line), version, invocation=invocation)
    assert [(refusal.index, says in refusal.message) for refusal in refusals] == [(index, True)]


def test_reports_every_word_once() -> None:
    refusals = check_command(shlex.split("M --num-shard 2 --port x --hostname 0.0.0.0"), "0.32.0")
    assert [refusal.index for refusal in refusals] == [1, 3, 5]
