"""Python programs that start TGI."""

from __future__ import annotations

import pytest

from migrate.touchpoints import CannotWrite, Change, Plan, Setting, Token
from tests.formats.python_launches import launches, written

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


GIVEN = 'run(["docker", "run", {}"ghcr.io/huggingface/text-generation-inference:3.3.7"])\n'


@pytest.mark.parametrize(
    ("element", "raw"),
    [
        ('f"MODEL_ID={model}"', 'f"{model}"'),
        ("f'MODEL_ID={org}/{name}'", "f'{org}/{name}'"),
        ('"MODEL_ID=" + model', "model"),
        ('"MODEL_ID=a/b"', '"a/b"'),
    ],
    ids=["f-string", "single quotes", "sum", "literal"],
)
def test_variables_of_docker_run_that_are_expressions(element: str, raw: str) -> None:
    text = GIVEN.format(f'"-e", {element}, ')
    (launch,) = launches(text)
    assert [(one.name, one.word.raw) for one in launch.environment] == [("MODEL_ID", raw)]
    plan = Plan(image=Token("new"), head=(Token.of(launch.environment[0].word),), removed=(0,))
    assert written(text, plan) == f'run(["docker", "run", "new", {raw}])\n'


@pytest.mark.parametrize(
    "options",
    ['"-e", f"{name}=1", ', '"-e", NAME, ', '"--env=MODEL_ID=a", ', '"-eMODEL_ID=a", ', '"--env-file", "x", '],
    ids=["name in a hole", "a name", "equals sign", "joined", "file"],
)
def test_variables_of_docker_run_that_cannot_be_seen(options: str) -> None:
    (launch,) = launches(GIVEN.format(options))
    assert launch.unsupported is not None


def test_a_variable_gets_another_name_around_its_expression() -> None:
    text = GIVEN.format('"-e", f"HUGGING_FACE_HUB_TOKEN={token}", ')
    (launch,) = launches(text)
    value = Token.of(launch.environment[0].word)
    after = written(text, Plan(settings=(Setting("HF_TOKEN", value, 0),)))
    assert '"-e", f"HF_TOKEN={token}", ' in after
    assert "HUGGING" not in after
    summed = text.replace('f"HUGGING_FACE_HUB_TOKEN={token}"', '"HUGGING_FACE_HUB_TOKEN=" + token')
    with pytest.raises(CannotWrite, match="HF_TOKEN"):
        written(summed, Plan(settings=(Setting("HF_TOKEN", Token.of(launches(summed)[0].environment[0].word), 0),)))


def test_words_of_a_call() -> None:
    text = 'await asyncio.create_subprocess_exec(\n    "text-generation-launcher",\n    "--model-id",\n    m,\n)\n'
    (launch,) = launches(text)
    assert [word.raw for word in launch.arguments] == ['"--model-id"', "m"]
    assert launches("create_subprocess_exec(*words)\n") == ()
    assert launches('other("text-generation-launcher", "--model-id", m)\n') == ()


@pytest.mark.parametrize(
    ("command", "after"),
    [
        ('"--model-id a/b --num-shard 2"', '"a/b --num-shard 2 --x y"'),
        ('f"--model-id {m} --num-shard {n}"', 'f"{m} --num-shard {n} --x y"'),
    ],
    ids=["string", "f-string"],
)
def test_a_command_that_is_a_string(command: str, after: str) -> None:
    text = RUN.replace('["--model-id", "a/b", "--num-shard", "2"]', command)
    (launch,) = launches(text)
    assert launch.unsupported is None
    plan = Plan(head=(Token.of(launch.arguments[1]),), changes=(Change(0, 2),), tail=(Token("--x"), Token("y")))
    assert f"    command={after},\n" in written(text, plan)


def test_a_command_that_is_a_name() -> None:
    text = RUN.replace('["--model-id", "a/b", "--num-shard", "2"]', "words")
    (launch,) = launches('words = ["--model-id", "a/b"]\n' + text)
    assert [word.value for word in launch.arguments] == ["--model-id", "a/b"]
    for more in ('words += ["--sharded"]\n', "print(words)\n"):
        (launch,) = launches('words = ["--model-id", "a/b"]\n' + more + text)
        assert launch.unsupported is not None
