"""Holds the catalog's verdicts on command lines against those of a real vLLM's own parser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from migrate.catalog.options import Form
from migrate.catalog.vllm import catalog, check_command, target
from tests.real import parser as real

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(real.python() is None, reason=f"{real.VARIABLE} names no Python with vLLM"),
]

LINES = {
    "plain": ["M"],
    "what a migration writes": [
        *("M", "--served-model-name", "M", "tgi", "--generation-config", "vllm"),
        *("--port", "80", "--max-model-len", "auto"),
    ],
    "model by option": ["--model", "M"],
    "model by option and equals sign": ["--model=M", "--served-model-name", "x"],
    "model in the middle": ["-tp", "2", "--model", "M", "--port", "8001"],
    "model last": ["--port", "8001", "M"],
    "both ways at once": ["M", "--model", "N"],
    "tools switched off": ["M", "--no-enable-auto-tool-choice"],
    "names without a model": ["--served-model-name", "x"],
    "names take the model": ["--served-model-name", "a", "b", "M"],
    "names before the model": ["--port", "80", "--served-model-name", "a", "--dtype", "auto", "M"],
    "two models": ["M", "N"],
    "underscores": ["M", "--max_model_len", "4096"],
    "equals sign": ["M", "--max-model-len=4096"],
    "negative length": ["M", "--max-model-len", "-1"],
    "human length": ["M", "--max-model-len", "8k"],
    "binary length with decimals": ["M", "--max-model-len", "1.5K"],
    "length in letters": ["M", "--max-model-len", "lots"],
    "human integer where none is": ["M", "--max-num-seqs", "1k"],
    "abbreviation": ["M", "--max-model", "4096"],
    "ambiguous abbreviation": ["M", "--quant", "awq"],
    "value after a switch": ["M", "--enforce-eager", "true"],
    "equals sign after a switch": ["M", "--enable-prefix-caching=true"],
    "switched off": ["M", "--no-enable-prefix-caching"],
    "unknown": ["M", "--no-such-flag"],
    "TGI's model option": ["--model-id", "M"],
    "TGI's shards": ["M", "--num-shard", "2"],
    "TGI's cache type": ["M", "--kv-cache-dtype", "fp8_e4m3fn"],
    "a wrong type": ["M", "--dtype", "fp16"],
    "JSON": ["M", "--speculative-config", '{"method":"ngram","num_speculative_tokens":3,"prompt_lookup_max":4}'],
    "broken JSON": ["M", "--speculative-config", "{method:ngram}"],
    "dotted": ["M", "--hf-overrides.rope_parameters.factor", "2.0"],
    "dotted on a plain option": ["M", "--port.x", "2"],
    "levels": ["M", "-O3"],
    "level apart": ["M", "-O", "3"],
    "missing value": ["M", "--port"],
    "missing value before an option": ["M", "--port", "--enforce-eager"],
    "missing values": ["M", "--served-model-name", "--enforce-eager"],
    "removed": ["M", "--swap-space", "4"],
    "removed with a value": ["M", "--rope-scaling", '{"rope_type":"dynamic","factor":2.0}'],
    "tools": ["M", "--enable-auto-tool-choice", "--tool-call-parser", "hermes"],
    "tools without a parser": ["M", "--enable-auto-tool-choice"],
    "adapters": ["M", "--enable-lora", "--lora-modules", "a=/x", "b=/y"],
    "adapters without a path": ["M", "--enable-lora", "--lora-modules", "a"],
    "origins": ["M", "--allowed-origins", '["https://a"]'],
    "origins that are no list": ["M", "--allowed-origins", "https://a"],
    "short options": ["M", "-tp", "2", "-q", "awq"],
    "end of options": ["M", "--"],
    "negative number": ["M", "--seed", "-5"],
}


ELSEWHERE = frozenset({"config", "chat-template", "grpc-port"})
"""Options whose values the parser holds against files or variables."""


def values(form: Form) -> Iterator[list[str]]:
    """Values that an option may be given: plausible ones, and others of a wrong kind."""
    if not form.takes_value:
        yield from ([], ["true"])
        return
    yield from ([], ["1"], ["-1"], ["0.5"], ["word"], ["two words"], [""], ["None"], ["8k"], ["auto"], ['{"a": 1'])
    yield from ([choice] for choice in form.choices[:3])
    yield ["1", "2"]


def generated(version: str) -> Iterator[list[str]]:
    """A line for every option of a version with each of those values."""
    for option in catalog().options.values():
        form = option.at(version)
        if form is None or option.positional or option.name in ELSEWHERE:
            continue
        for flag in option.spellings(version):
            for given in values(form):
                yield ["M", flag, *given]
        if form.takes_value:
            yield ["M", f"--{option.name}=1"]


def judged_alike(line: list[str], error: str | None, version: str) -> bool:
    return bool(check_command(line, version)) == bool(error)


def at_start(line: list[str]) -> bool:
    """Lines that the parser takes and the server refuses later, so that only the catalog refuses them."""
    return any(word.split("=")[0] in ("-q", "--quantization", "--max-model-len", "--config") for word in line)


@pytest.fixture(scope="module")
def answers() -> tuple[list[list[str]], real.Answer]:
    lines = [*LINES.values(), *generated(target(None).covered)]
    return lines, real.ask(lines)


def test_is_the_version_that_the_catalog_calls_run(answers: tuple[list[list[str]], real.Answer]) -> None:
    assert answers[1].version == target(None).version


@pytest.mark.parametrize("name", LINES)
def test_chosen_lines(name: str, answers: tuple[list[list[str]], real.Answer]) -> None:
    place = list(LINES).index(name)
    error = answers[1].errors[place]
    refusals = check_command(LINES[name], answers[1].version)
    assert bool(refusals) == bool(error), (error, refusals)


def test_every_option_with_many_values(answers: tuple[list[list[str]], real.Answer]) -> None:
    lines, answer = answers
    wrong = [
        (line, error)
        for line, error in zip(lines, answer.errors, strict=True)
        if not at_start(line) and not judged_alike(line, error, answer.version)
    ]
    assert wrong == []


def test_both_verdicts_are_frequent(answers: tuple[list[list[str]], real.Answer]) -> None:
    refused = [error for error in answers[1].errors if error]
    assert 500 < len(refused) < len(answers[1].errors) - 500
