"""The outcomes of all rules laid out as one command line, and what a launch's facts are."""

from __future__ import annotations

import shlex

import pytest

from migrate.launch.facts import Facts, Setting, read_facts
from migrate.launch.plan import command_words, make_plan
from migrate.launch.translate import outcomes
from migrate.rulebook import load
from migrate.rulebook.examples import launch_of
from migrate.rulebook.model import Example
from migrate.touchpoints import Plan

BOOK = load()


def facts(words: str, docker: str = "", image: str | None = None, **env: str) -> Facts:
    launch = launch_of(Example(tgi=words, docker=docker, image=image, env=env))
    return read_facts(launch, Setting("0.32.0", names=("tgi",)), BOOK)


def planned(words: str, **env: str) -> tuple[Plan, list[str]]:
    known = facts(words, **env)
    plan = make_plan(known, outcomes(known, BOOK))
    return plan, [one.value for one in command_words(known, plan)]


@pytest.mark.parametrize(
    ("words", "has"),
    [
        ("--model-id a/b", ["a/b"]),
        ("--num-shard 2 --model-id a/b", ["a/b", "--tensor-parallel-size", "2"]),
        ("--model-id a/b --max-total-tokens 99", ["a/b", "--max-model-len", "99"]),
        ("--max-total-tokens=99 --model-id=a/b", ["a/b", "--max-model-len", "99"]),
        ("--model-id a/b --port 8080", ["a/b", "--port", "8080"]),
    ],
    ids=["model", "shards first", "length", "equals signs", "port"],
)
def test_model_comes_first_and_options_in_place(words: str, has: list[str]) -> None:
    _, line = planned(words)
    assert line[: len(has)] == has


@pytest.mark.parametrize("words", ["--model-id a/b --trust-remote-code", "--model-id a/b --revision v1"])
def test_option_of_both_engines_is_no_change(words: str) -> None:
    plan, line = planned(words)
    assert [(change.first, change.last) for change in plan.changes] == [(0, 2)]
    assert line[1 : 1 + len(shlex.split(words)) - 2] == shlex.split(words)[2:]


def test_words_from_elsewhere_stay_last() -> None:
    plan, line = planned('--model-id a/b "$@"')
    assert plan.tail_before == 2
    assert line[-1] == "$@"


def test_open_list_is_never_last() -> None:
    _, line = planned("--model-id a/b")
    last = max(index for index, one in enumerate(line) if one.startswith("--"))
    assert line.index("--served-model-name") < last


def test_variable_becomes_an_option_and_goes() -> None:
    plan, line = planned("--model-id a/b", MAX_TOTAL_TOKENS="99")
    assert plan.removed == (0,)
    assert line[line.index("--max-model-len") + 1] == "99"


def test_variable_under_a_flag_goes_without_a_trace() -> None:
    plan, line = planned("--model-id a/b --max-total-tokens 99", MAX_TOTAL_TOKENS="55")
    assert plan.removed == (0,)
    assert "55" not in line


def test_variable_of_another_program_stays() -> None:
    plan, _ = planned("--model-id a/b", LOG_COLOUR="1")
    assert (plan.removed, plan.settings) == ((), ())


@pytest.mark.parametrize(
    ("docker", "env", "gpus"),
    [
        ("", {}, ("none", 0)),
        ("--gpus all", {}, ("all", 0)),
        ("--gpus 1", {}, ("one", 1)),
        ("--gpus 2", {}, ("several", 2)),
        ("--gpus all", {"CUDA_VISIBLE_DEVICES": "0,1"}, ("several", 2)),
        ("--gpus all", {"NVIDIA_VISIBLE_DEVICES": "all"}, ("all", 0)),
        ("--gpus all", {"NVIDIA_VISIBLE_DEVICES": "none", "CUDA_VISIBLE_DEVICES": "3"}, ("one", 1)),
        ("--gpus all", {"NVIDIA_VISIBLE_DEVICES": "void"}, ("none", 0)),
    ],
)
def test_gpus(docker: str, env: dict[str, str], gpus: tuple[str, int]) -> None:
    assert facts("--model-id a/b", docker, **env).gpus == gpus


@pytest.mark.parametrize(
    ("tag", "variant", "version"),
    [("3.3.5", "cuda", "3.3.5"), ("2.4.0-rocm", "rocm", "2.4.0"), ("latest", "cuda", "3.3.7")],
)
def test_build_and_version(tag: str, variant: str, version: str) -> None:
    known = facts("--model-id a/b", image=f"ghcr.io/huggingface/text-generation-inference:{tag}")
    assert (known.variant, known.version) == (variant, version)


def test_first_flag_counts_and_the_second_is_told() -> None:
    known = facts("--model-id a/b --port 1 --port 2")
    assert [one.value.value for one in known.options["port"] if one.value] == ["1"]
    assert [one.option for one in known.repeated] == ["port"]


@pytest.mark.parametrize(
    ("env", "value"),
    [
        ({"HF_API_TOKEN": "$A", "HF_TOKEN": "$B"}, "$A"),
        ({"HF_TOKEN": "$B", "HF_API_TOKEN": "$A"}, "$A"),
        ({"HUGGING_FACE_HUB_TOKEN": "$C", "HF_API_TOKEN": "$A"}, "$A"),
    ],
    ids=["first", "last", "without the new name"],
)
def test_oldest_token_wins_as_in_tgi(env: dict[str, str], value: str) -> None:
    plan, _ = planned("--model-id a/b", **env)
    (setting,) = plan.settings
    assert (setting.name, setting.value and setting.value.value) == ("HF_TOKEN", value)
    assert {*plan.removed, setting.replaces} == set(range(len(env)))


def test_new_token_that_is_there_stays() -> None:
    plan, _ = planned("--model-id a/b", HUGGING_FACE_HUB_TOKEN="$A", HF_TOKEN="$B")
    assert (plan.removed, plan.settings) == ((0,), ())


@pytest.mark.parametrize("words", ["--num-shard two", "--num-shard=", "--num-shard 0"])
def test_refused_number_is_not_given(words: str) -> None:
    known = facts(f"--model-id a/b {words}", docker="--gpus 4")
    plan = make_plan(known, outcomes(known, BOOK))
    line = [one.value for one in command_words(known, plan)]
    assert line[line.index("--tensor-parallel-size") + 1] == "4"
    assert line.count("--tensor-parallel-size") == 1
