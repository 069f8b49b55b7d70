"""Whether the target serves a model whose config.json lies in the repository."""

from __future__ import annotations

import pytest

from migrate.launch.architecture import served
from migrate.repository import Repository
from migrate.rulebook.examples import launch_of
from migrate.rulebook.model import Example

MPT = '{"architectures": ["MPTForCausalLM"]}'
LLAMA = '{"architectures": ["LlamaForCausalLM"]}'


def ask(config: str, words: str = "--model-id /data/m", docker: str = "-v ./w:/data", **env: str) -> bool | None:
    repo = Repository.of({"example": "", "w/m/config.json": config})
    return served(launch_of(Example(tgi=words, docker=docker, env=env)), repo, "0.32.0")


@pytest.mark.parametrize(("config", "answer"), [(MPT, False), (LLAMA, True)], ids=["dropped", "served"])
def test_architecture(config: str, answer: bool) -> None:
    assert ask(config) is answer
    assert ask(config, "", MODEL_ID="/data/m") is answer
    assert ask(config, "--model-id ./w/m", "") is answer
    assert ask(config, "--model-id /data", "-v ./w/m:/data") is answer


@pytest.mark.parametrize(
    "config",
    ["", "[]", "{}", '{"architectures": []}', '{"architectures": ["NoSuchModelEver"]}', "{"],
    ids=["empty", "list", "no names", "none", "unknown", "no JSON"],
)
def test_config_that_says_nothing(config: str) -> None:
    assert ask(config) is None


@pytest.mark.parametrize(
    ("words", "docker"),
    [
        ("--model-id mosaicml/mpt-7b", "-v ./w:/data"),
        ("--model-id /data/m", ""),
        ("--model-id /data/m", "-v ./other:/data"),
        ("--model-id /database/m", "-v ./w:/data"),
        ("", "-v ./w:/data"),
    ],
    ids=["hub", "no mount", "another folder", "longer name", "no model"],
)
def test_no_config_behind_the_model(words: str, docker: str) -> None:
    assert ask(MPT, words, docker) is None
