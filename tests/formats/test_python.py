"""Python programs that start TGI."""

from __future__ import annotations

import pytest

from migrate.formats import python
from migrate.repository import Repository
from migrate.source import apply_edits
from migrate.touchpoints import CannotWrite, Change, Launch, Plan, Setting, Token

LIST = 'run(["text-generation-launcher", "--model-id", model, "--port", f"{port}", "--sharded"])\n'
RUN = """import docker

docker.from_env().containers.run(
    "ghcr.io/huggingface/text-generation-inference:3.3.7",
    command=["--model-id", "a/b", "--num-shard", "2"],
    environment={"HF_TOKEN": token, "PORT": "80"},
    volumes={"/srv": {"bind": "/data", "mode": "rw"}},
    device_requests=[docker.types.DeviceRequest(count=2, capabilities=[["gpu"]])],
)
"""


def launches(text: str) -> tuple[Launch, ...]:
    repository = Repository.of({"a.py": text})
    source = repository.source("a.py")
    assert source is not None
    return python.read(source, repository).launches


def written(text: str, plan: Plan) -> str:
    (launch,) = launches(text)
    after = apply_edits(text, launch.write(plan))
    compile(after, "a.py", "exec")
    return after


def test_words_of_a_list() -> None:
    (launch,) = launches(LIST)
    assert launch.place == "host"
    assert [(word.raw, word.expression) for word in launch.arguments] == [
        ('"--model-id"', False),
        ("model", True),
        ('"--port"', False),
        ('f"{port}"', True),
        ('"--sharded"', False),
    ]


def test_list_is_written_word_by_word() -> None:
    (launch,) = launches(LIST)
    plan = Plan(
        head=(Token.of(launch.arguments[1]),),
        changes=(Change(0, 2), Change(4, 5)),
        tail=(Token("--max-model-len"), Token("8")),
    )
    after = '["vllm", "serve", model, "--port", f"{port}", "--max-model-len", "8"]'
    assert written(LIST, plan) == LIST.replace(LIST[LIST.index("[") : LIST.index("]") + 1], after)


def test_variables_of_a_process_are_left_to_a_person() -> None:
    (launch,) = launches(LIST)
    with pytest.raises(CannotWrite, match="HF_HOME"):
        launch.write(Plan(settings=(Setting("HF_HOME", Token("/data")),)))


def test_container() -> None:
    (launch,) = launches(RUN)
    assert launch.image is not None
    assert launch.image.known == "ghcr.io/huggingface/text-generation-inference:3.3.7"
    assert [word.value for word in launch.arguments] == ["--model-id", "a/b", "--num-shard", "2"]
    assert [one.name for one in launch.environment] == ["HF_TOKEN", "PORT"]
    assert [(one.source, one.target) for one in launch.mounts] == [("/srv", "/data")]
    assert (launch.gpus.kind, launch.gpus.count) == ("list", 2)


def test_container_is_written() -> None:
    plan = Plan(
        image=Token("vllm/vllm-openai:v1"),
        changes=(Change(2, 4, (Token("--tensor-parallel-size"), Token("2"))),),
        removed=(1,),
        settings=(Setting("HF_HOME", Token("/data")),),
    )
    after = (
        RUN.replace("ghcr.io/huggingface/text-generation-inference:3.3.7", "vllm/vllm-openai:v1")
        .replace("--num-shard", "--tensor-parallel-size")
        .replace('"PORT": "80"', '"HF_HOME": "/data"')
    )
    assert written(RUN, plan) == after


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('command=["--model-id", "a/b", "--num-shard", "2"]', "command=words"),
        ('environment={"HF_TOKEN": token, "PORT": "80"}', "environment=os.environ"),
        ("    volumes", "    **options,\n    volumes"),
        ("    volumes", '    entrypoint="/run.sh",\n    volumes'),
    ],
    ids=["command-elsewhere", "environment-elsewhere", "open-keywords", "entrypoint"],
)
def test_what_cannot_be_seen_is_said(old: str, new: str) -> None:
    (launch,) = launches(RUN.replace(old, new))
    assert launch.unsupported


@pytest.mark.parametrize(
    "text",
    [
        'LAUNCHER = "text-generation-launcher"\n',
        'docker.from_env().containers.run("ghcr.io/huggingface/text-embeddings-inference:1.8")\n',
        'words = ["vllm", "serve", "a/b"]\n',
        "print 'text-generation-launcher'\n",
    ],
    ids=["only-named", "embeddings", "vllm", "no-python"],
)
def test_no_launch(text: str) -> None:
    assert launches(text) == ()


DOCKER = (
    'run(["docker", "run", "--gpus", "all", "-e", "MODEL_ID=a/b", "-v", "/srv:/data", "-p", "80:80", '
    '"ghcr.io/huggingface/text-generation-inference:3.3.7", "--num-shard", "2"])\n'
)


def test_docker_command() -> None:
    (launch,) = launches(DOCKER)
    assert [word.value for word in launch.arguments] == ["--num-shard", "2"]
    assert [(one.name, one.word.value) for one in launch.environment] == [("MODEL_ID", "a/b")]
    assert [(one.source, one.target) for one in launch.mounts] == [("/srv", "/data")]
    assert launch.gpus.kind == "all"


def test_docker_command_is_written() -> None:
    plan = Plan(
        image=Token("vllm/vllm-openai:v1"),
        head=(Token("a/b"),),
        changes=(Change(0, 2, (Token("--tensor-parallel-size"), Token("2"))),),
        removed=(0,),
        settings=(Setting("HF_HOME", Token("/data")),),
    )
    after = (
        'run(["docker", "run", "--gpus", "all", "-v", "/srv:/data", "-p", "80:80", "-e", "HF_HOME=/data", '
        '"vllm/vllm-openai:v1", "a/b", "--tensor-parallel-size", "2"])\n'
    )
    assert written(DOCKER, plan) == after
