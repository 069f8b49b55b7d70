"""TGI in a container that a test starts through testcontainers."""

from __future__ import annotations

import pytest

from migrate.formats.python import reader as python
from migrate.repository import Repository
from migrate.source import apply_edits
from migrate.touchpoints import CannotWrite, Change, Plan, Setting, Token
from tests.formats.python_launches import launches, written

HEAD = "from testcontainers.core.container import DockerContainer\n\n"
IMAGE = 'DockerContainer("ghcr.io/huggingface/text-generation-inference:3.3.7")'
TEXT = f"""{HEAD}tgi = (
    {IMAGE}
    .with_command("--model-id a/b --num-shard 2")
    .with_env("HF_TOKEN", token)
    .with_env("PORT", "80")
    .with_volume_mapping("/srv", "/data", "rw")
)
"""


def test_chain_is_read() -> None:
    (launch,) = launches(TEXT)
    assert [word.value for word in launch.arguments] == ["--model-id", "a/b", "--num-shard", "2"]
    assert [(one.name, one.word.raw) for one in launch.environment] == [("HF_TOKEN", "token"), ("PORT", '"80"')]
    assert [(one.source, one.target) for one in launch.mounts] == [("/srv", "/data")]
    assert launch.unsupported is None
    assert launch.gpus.kind == "none"


def test_statements_on_a_name_are_read() -> None:
    text = f'{HEAD}c = {IMAGE}\nc.with_command(["--model-id", MODEL])\nc.with_env("A", "1")\nother.with_env("B", "2")\n'
    (launch,) = launches(text)
    assert [word.raw for word in launch.arguments] == ['"--model-id"', "MODEL"]
    assert [one.name for one in launch.environment] == ["A"]


def test_gpus_are_read() -> None:
    (launch,) = launches(f"{HEAD}c = {IMAGE}.with_kwargs(device_requests=[request(capabilities=[['gpu']])])\n")
    assert launch.gpus.kind == "all"


def test_text_command_is_written_as_one_text() -> None:
    plan = Plan(head=(Token("a/b"),), changes=(Change(0, 2), Change(2, 3, (Token("--tensor-parallel-size"),))))
    assert '.with_command("a/b --tensor-parallel-size 2")' in written(TEXT, plan)


def test_tail_goes_before_a_word() -> None:
    plan = Plan(tail=(Token("--x"), Token("y z")), tail_before=2)
    assert """.with_command("--model-id a/b --x 'y z' --num-shard 2")""" in written(TEXT, plan)


def test_list_command_is_written_word_by_word() -> None:
    text = f'{HEAD}c = {IMAGE}.with_command(["--model-id", MODEL])\n'
    plan = Plan(image=Token("v/v:1"), changes=(Change(0, 1),), tail=(Token("--port"), Token("80")))
    assert written(text, plan) == f'{HEAD}c = DockerContainer("v/v:1").with_command([MODEL, "--port", "80"])\n'


def test_command_comes_where_there_was_none() -> None:
    plan = Plan(tail=(Token("--port"), Token("80")), settings=(Setting("HF_HOME", Token("/data")),))
    after = written(f"{HEAD}c = {IMAGE}\n", plan)
    assert after == f'{HEAD}c = {IMAGE}.with_env("HF_HOME", "/data").with_command(["--port", "80"])\n'


def test_variables_go_out_of_the_chain() -> None:
    assert written(TEXT, Plan(removed=(1,))) == TEXT.replace('    .with_env("PORT", "80")\n', "")


def test_variables_go_with_their_statement() -> None:
    text = f'{HEAD}c = {IMAGE}\nc.with_env("A", "1")\nc.with_env("B", "2").with_name("n")\n'
    assert written(text, Plan(removed=(0, 1))) == f'{HEAD}c = {IMAGE}\nc.with_name("n")\n'


def test_an_expression_cannot_stand_in_a_text() -> None:
    with pytest.raises(CannotWrite):
        written(TEXT, Plan(tail=(Token("$X", expression=True),)))


@pytest.mark.parametrize(
    "links",
    [
        ".with_command(command)",
        '.with_command(["--model-id", *more])',
        '.with_command("a").with_command("b")',
        ".with_envs(A=1)",
        ".with_env(name, value)",
        '.with_kwargs(entrypoint=["sh"])',
    ],
)
def test_what_cannot_be_seen_is_not_written(links: str) -> None:
    (launch,) = launches(f"{HEAD}c = {IMAGE}{links}\n")
    assert launch.unsupported


@pytest.mark.parametrize("text", ['DockerContainer("redis:7")', "DockerContainer(image)", "DockerContainer()"])
def test_other_containers_are_left_alone(text: str) -> None:
    assert launches(HEAD + text + "\n") == ()


@pytest.mark.parametrize(
    ("wait", "lines"),
    [
        ('wait_for_logs(c, "Connected", timeout=60)', 1),
        ('c.waiting_for(LogMessageWaitStrategy("INFO .* Connected"))', 1),
        ('wait_for_logs(c, "Ready")', 0),
        ("wait_for_logs(c, line)", 0),
        ('print(c, "Connected")', 0),
    ],
)
def test_waits_for_the_ready_line(wait: str, lines: int) -> None:
    text = f"{HEAD}c = {IMAGE}\n{wait}\n"
    repository = Repository.of({"a.py": text})
    source = repository.source("a.py")
    assert source is not None
    found = [one for one in python.read(source, repository).mentions if one.kind == "log-line"]
    assert len(found) == lines
    for one in found:
        assert one.edit is not None
        assert apply_edits(text, [one.edit("Ready")]) == text.replace("Connected", "Ready")


def test_ready_lines_of_other_containers_are_left_alone() -> None:
    text = f'{HEAD}c = DockerContainer("redis:7")\nwait_for_logs(c, "Connected")\n'
    repository = Repository.of({"a.py": text})
    source = repository.source("a.py")
    assert source is not None
    assert python.read(source, repository).mentions == ()
