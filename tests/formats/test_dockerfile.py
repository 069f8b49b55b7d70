"""Dockerfiles are read into launches, and a plan is laid back in with every other byte kept."""

from __future__ import annotations

import pytest

from migrate.formats.dockerfile.reader import claims, read
from migrate.repository import Repository
from migrate.source import apply_edits
from migrate.touchpoints import CannotWrite, Change, Found, Plan, Setting, Token

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"
IMAGE = Token("vllm/vllm-openai:v0.32.0")


def found(text: str, **others: str) -> Found:
    repo = Repository.of({"Dockerfile": text, **{name.replace("__", "."): body for name, body in others.items()}})
    source = repo.source("Dockerfile")
    assert source
    return read(source, repo)


def written(text: str, plan: Plan, launch: int = 0) -> str:
    return apply_edits(text, found(text).launches[launch].write(plan))


def values(text: str) -> list[str]:
    return [word.value for word in found(text).launches[0].arguments]


@pytest.mark.parametrize(
    ("path", "claimed"),
    [
        ("Dockerfile", True),
        ("docker/Dockerfile.tgi", True),
        ("tgi.dockerfile", True),
        ("a/Containerfile", True),
        ("Dockerfile.md", False),
        ("Dockerfile.dockerignore", False),
        ("dockerfiles.sh", False),
    ],
)
def test_claims(path: str, claimed: bool) -> None:
    assert claims(path) is claimed


def test_exec_form() -> None:
    text = f'FROM {TGI}\nLABEL team=nlp\nCMD ["--model-id", "a/b", "--max-total-tokens", "8192"]\n'
    launch = found(text).launches[0]
    assert (launch.place, launch.through_entrypoint, launch.template) == ("image", True, False)
    assert values(text) == ["--model-id", "a/b", "--max-total-tokens", "8192"]
    plan = Plan(
        IMAGE,
        changes=(Change(0, 2), Change(2, 4, (Token("--max-model-len"), Token("8192")))),
        head=(Token("a/b"),),
        tail=(Token("--port"), Token("80")),
    )
    assert written(text, plan) == (
        'FROM vllm/vllm-openai:v0.32.0\nLABEL team=nlp\nCMD ["a/b", "--max-model-len", "8192", "--port", "80"]\n'
    )


def test_exec_form_over_several_lines_keeps_its_layout() -> None:
    text = f'FROM {TGI}\r\nCMD ["--model-id", "é/🚀", \\\r\n     # shards\r\n     "--num-shard", "2"]\r\nEXPOSE 80'
    plan = Plan(
        changes=(Change(0, 2, (Token("é/🚀"),)), Change(2, 4, (Token("--tensor-parallel-size"), Token("2")))),
        tail=(Token("--port"), Token("80")),
    )
    launch = found(text).launches[0]
    after = apply_edits(text.replace("\r\n", "\r\n"), launch.write(plan))
    assert after == (
        f'FROM {TGI}\r\nCMD ["é/🚀", \\\r\n     # shards\r\n     "--tensor-parallel-size", "2", \\\r\n'
        '     "--port", "80"]\r\nEXPOSE 80'
    )


def test_environment_becomes_a_command() -> None:
    text = (
        f"FROM {TGI}\nENV MODEL_ID=a/b \\\n    MAX_INPUT_LENGTH=3000\nENV MAX_TOTAL_TOKENS 4000\n"
        "ENV PORT=8080 TZ=Europe/Paris\nEXPOSE 8080\n"
    )
    launch = found(text).launches[0]
    assert [(each.name, each.word.value) for each in launch.environment] == [
        ("MODEL_ID", "a/b"),
        ("MAX_INPUT_LENGTH", "3000"),
        ("MAX_TOTAL_TOKENS", "4000"),
        ("PORT", "8080"),
        ("TZ", "Europe/Paris"),
    ]
    plan = Plan(IMAGE, head=(Token("a/b"),), tail=(Token("--port"), Token("8080")), removed=(0, 1, 2, 3))
    assert written(text, plan) == (
        'FROM vllm/vllm-openai:v0.32.0\nENV TZ=Europe/Paris\nEXPOSE 8080\nCMD ["a/b", "--port", "8080"]\n'
    )


@pytest.mark.parametrize(
    ("before", "removed", "after"),
    [
        ("ENV MODEL_ID=a B=2 C=3\n", (0,), "ENV B=2 C=3\n"),
        ("ENV A=1 MODEL_ID=a C=3\n", (1,), "ENV A=1 C=3\n"),
        ("ENV A=1 \\\n    MODEL_ID=a \\\n    C='x y'\n", (1,), "ENV A=1 \\\n    C='x y'\n"),
        ("ENV A=1 \\\n    B=2 \\\n    MODEL_ID=a\n", (2,), "ENV A=1 \\\n    B=2\n"),
        ("ENV MODEL_ID a b\nENV X=1\n", (0,), "ENV X=1\n"),
        ("ENV A=1\nENV A=2\nRUN true\n", (0,), "RUN true\n"),
        ("ENV MODEL_ID=a", (0,), ""),
    ],
    ids=["first", "middle", "middle-line", "last-line", "legacy", "set-twice", "no-final-newline"],
)
def test_removal(before: str, removed: tuple[int, ...], after: str) -> None:
    expected = f"FROM {TGI}\n{after}" if before.endswith("\n") else f"FROM {TGI}"
    assert written(f"FROM {TGI}\n{before}", Plan(removed=removed)) == expected


def test_settings() -> None:
    text = f"FROM {TGI}\nENV HUGGING_FACE_HUB_TOKEN=x B='1 2'\nRUN true\n"
    plan = Plan(
        settings=(
            Setting("HF_TOKEN", None, replaces=0),
            Setting("B", Token("3 4"), replaces=1),
            Setting("HF_HOME", Token("/data")),
        )
    )
    assert written(text, plan) == f'FROM {TGI}\nENV HF_TOKEN=x B="3 4"\nENV HF_HOME=/data\nRUN true\n'


def test_launcher_as_entrypoint() -> None:
    text = f'FROM {TGI}\nENTRYPOINT ["text-generation-launcher", "--model-id", "/opt/m"]\nCMD ["--port", "8000"]\n'
    launch = found(text).launches[0]
    assert not launch.through_entrypoint
    plan = Plan(changes=(Change(0, 2, (Token("/opt/m"),)),), tail=(Token("--max-model-len"), Token("auto")))
    assert written(text, plan) == (
        f'FROM {TGI}\nENTRYPOINT ["vllm", "serve", "/opt/m"]\nCMD ["--port", "8000", "--max-model-len", "auto"]\n'
    )


def test_entrypoint_switched_off() -> None:
    text = f'FROM {TGI}\nENTRYPOINT []\nCMD ["tini", "--", "text-generation-launcher", "--model-id", "m"]\n'
    assert values(text) == ["--model-id", "m"]
    assert written(text, Plan(changes=(Change(0, 2),), head=(Token("m"),))) == (
        f'FROM {TGI}\nENTRYPOINT []\nCMD ["tini", "--", "vllm", "serve", "m"]\n'
    )


def test_own_entrypoint_script_of_the_image_is_the_launcher() -> None:
    text = f'FROM {TGI}\nENTRYPOINT ["/tgi-entrypoint.sh"]\nCMD ["--model-id", "m"]\n'
    assert values(text) == ["--model-id", "m"]
    assert not found(text).launches[0].through_entrypoint


def test_item_that_holds_flag_and_value_is_split() -> None:
    text = f'FROM {TGI}\nCMD ["--model-id m", "--port", "8080"]\n'
    assert values(text) == ["--model-id", "m", "--port", "8080"]
    assert written(text, Plan(changes=(Change(0, 2),), head=(Token("m"),))) == (
        f'FROM {TGI}\nCMD ["m", "--port", "8080"]\n'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"FROM {TGI}\n", "FROM vllm/vllm-openai:v0.32.0\n"),
        (
            f"FROM --platform=linux/amd64 {TGI} AS serve\n",
            "FROM --platform=linux/amd64 vllm/vllm-openai:v0.32.0 AS serve\n",
        ),
        (f"ARG BASE={TGI}\nFROM $BASE\n", "ARG BASE=vllm/vllm-openai:v0.32.0\nFROM $BASE\n"),
        (f'ARG BASE="{TGI}"\nFROM ${{BASE}}\n', "ARG BASE=vllm/vllm-openai:v0.32.0\nFROM ${BASE}\n"),
        (
            "ARG V=3.3.5\nFROM ghcr.io/huggingface/text-generation-inference:${V}\n",
            "ARG V=3.3.5\nFROM vllm/vllm-openai:v0.32.0\n",
        ),
        (f"FROM {TGI} AS base\nFROM base\n", "FROM vllm/vllm-openai:v0.32.0 AS base\nFROM base\n"),
    ],
    ids=["plain", "platform", "argument", "quoted-argument", "version-argument", "earlier-stage"],
)
def test_image(before: str, after: str) -> None:
    assert written(before, Plan(IMAGE)) == after


def test_wrapper_without_a_model_is_a_template() -> None:
    assert found(f"FROM {TGI}\nRUN apt-get update\n").launches[0].template


def test_variable_in_the_exec_form_is_its_value() -> None:
    text = f'FROM {TGI}\nENV MODEL_ID=a/b\nCMD ["--model-id", "$MODEL_ID"]\n'
    launch = found(text).launches[0]
    assert launch.arguments[1].known == "a/b"
    plan = Plan(changes=(Change(0, 2),), head=(Token.of(launch.arguments[1]),))
    assert written(text, plan) == f'FROM {TGI}\nENV MODEL_ID=a/b\nCMD ["a/b"]\n'


def test_build_argument_is_expanded_by_a_shell() -> None:
    text = f"FROM {TGI}\nARG M=a/b\nENV MODEL_ID=$M\n"
    launch = found(text).launches[0]
    variable = launch.environment[0]
    assert (variable.word.value, variable.word.known, variable.shared) == ("$MODEL_ID", "a/b", True)
    plan = Plan(head=(Token.of(variable.word),), tail=(Token("--port"), Token("80")))
    assert written(text, plan) == (
        f'{text}ENTRYPOINT ["/bin/sh", "-c", "exec vllm serve \\"$MODEL_ID\\" --port 80 \\"$@\\"", "--"]\n'
    )


def test_shell_entrypoint_stands_before_the_command() -> None:
    text = f'FROM {TGI}\nARG M\nENV MODEL_ID=$M\nCMD ["--json-output", "--x"]\n'
    plan = Plan(changes=(Change(0, 1),), head=(Token.of(found(text).launches[0].environment[0].word),))
    assert written(text, plan) == (
        f"FROM {TGI}\nARG M\nENV MODEL_ID=$M\n"
        'ENTRYPOINT ["/bin/sh", "-c", "exec vllm serve \\"$MODEL_ID\\" \\"$@\\"", "--"]\nCMD ["--x"]\n'
    )


def test_variable_cannot_reach_an_entrypoint_in_exec_form() -> None:
    text = f'FROM {TGI}\nARG M\nENV MODEL_ID=$M\nENTRYPOINT ["text-generation-launcher"]\n'
    launch = found(text).launches[0]
    with pytest.raises(CannotWrite, match="exec form"):
        launch.write(Plan(head=(Token.of(launch.environment[0].word),)))


def test_shared_variable() -> None:
    text = f"FROM {TGI}\nENV PORT=8080 MODEL_ID=m\nHEALTHCHECK CMD curl localhost:$PORT/health\n"
    assert [variable.shared for variable in found(text).launches[0].environment] == [True, False]


@pytest.mark.parametrize(
    "command",
    ["CMD --model-id m", 'CMD ["text-generation-launcher", "--model-id", "m"]'],
    ids=["shell-form", "launcher-twice"],
)
def test_what_never_reached_the_launcher_is_not_written(command: str) -> None:
    assert found(f"FROM {TGI}\n{command}\n").launches[0].unsupported


def test_script_as_entrypoint_leaves_the_image_here() -> None:
    text = f'FROM {TGI}\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n'
    result = found(text, start__sh="exec text-generation-launcher --model-id m\n")
    assert not result.launches
    mention = result.mentions[0]
    assert mention.kind == "image"
    assert mention.edit
    assert apply_edits(text, [mention.edit("x:1")]) == text.replace(TGI, "x:1")


def test_another_program_in_the_image_is_only_reported() -> None:
    launch = found(f'FROM {TGI}\nENTRYPOINT ["python", "/app/main.py"]\n').launches[0]
    assert (
        launch.unsupported == "the image starts python /app/main.py, which is not read: move it and the image together"
    )


@pytest.mark.parametrize(
    "lines",
    [
        'COPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n',
        'WORKDIR /app\nCOPY start.sh .\nENTRYPOINT ["./start.sh"]\n',
        'COPY start.sh /opt/\nENTRYPOINT ["bash", "-c", "/opt/start.sh --x"]\n',
        "COPY start.sh /opt/\nENTRYPOINT exec /opt/start.sh\n",
        'COPY start.sh /opt/\nENTRYPOINT ["supervisord"]\n',
    ],
    ids=["path", "working-folder", "sh-c", "shell-form", "called-by-another-program"],
)
def test_image_follows_the_script_that_is_rewritten(lines: str) -> None:
    result = found(f"FROM {TGI}\n{lines}", start__sh="text-generation-launcher --model-id m\n")
    assert [mention.kind for mention in result.mentions] == ["image"]
    assert not result.launches


@pytest.mark.parametrize("origin", ["tgi", "0", TGI], ids=["name", "index", "image"])
def test_copied_launcher(origin: str) -> None:
    path = "/usr/local/bin/text-generation-launcher"
    text = f"FROM {TGI} AS tgi\nFROM ubuntu:22.04\nCOPY --from={origin} {path} /usr/bin/\n"
    result = found(text)
    assert [mention.kind for mention in result.mentions] == ["copy-from-image"]
    assert len(result.launches) == (1 if origin == TGI else 0)


def test_programs_and_paths_of_the_image() -> None:
    text = f"FROM {TGI}\nRUN . /usr/src/.venv/bin/activate && text-generation-server --help\n"
    assert [(each.kind, each.value) for each in found(text).mentions] == [
        ("program", "text-generation-server --help"),
        ("virtual-environment", "/usr/src/.venv"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        'FROM ghcr.io/huggingface/text-embeddings-inference:1.6\nCMD ["--model-id", "x"]\n',
        'FROM vllm/vllm-openai:v0.32.0\n# was text-generation-inference\nCMD ["--model", "x"]\n',
        "FROM lukemathwalker/cargo-chef:latest AS chef\nFROM nvidia/cuda:12\nCOPY --from=chef /usr/bin/x /x\n",
        "FROM ubuntu\nRUN echo /opt/conda text-generation-server\n",
        "",
        "\n# nothing\n",
    ],
    ids=["embeddings", "vllm", "source-build", "other-base", "empty", "comment"],
)
def test_left_alone(text: str) -> None:
    result = found(text)
    assert not result.launches
    assert not result.mentions


def test_backtick_continuation() -> None:
    text = f'# escape=`\nFROM {TGI}\nENV A=1 `\n    MODEL_ID=m\nCMD ["--model-id", `\n  "m"]\n'
    plan = Plan(removed=(1,), tail=(Token("--port"), Token("80")))
    assert written(text, plan) == (
        f'# escape=`\nFROM {TGI}\nENV A=1\nCMD ["--model-id", `\n  "m", `\n  "--port", `\n  "80"]\n'
    )


def test_heredoc_is_no_instruction() -> None:
    text = f"FROM {TGI}\nRUN <<EOF\nENV MODEL_ID=x\nCMD no\nEOF\nENV PORT=1\n"
    assert [variable.name for variable in found(text).launches[0].environment] == ["PORT"]


def test_unchanged_plan_changes_nothing() -> None:
    text = f'FROM {TGI}\nENV A="b c"\nCMD ["--model-id", "m"]\n'
    assert written(text, Plan()) == text


@pytest.mark.parametrize(
    ("start", "after"),
    [
        ("ENTRYPOINT []\nCMD text-generation-launcher --model-id $M\n", "ENTRYPOINT []\nCMD vllm serve $M --port 80\n"),
        ("ENTRYPOINT exec text-generation-launcher --model-id $M\n", "ENTRYPOINT exec vllm serve $M --port 80\n"),
        (
            'ENTRYPOINT ["sh", "-c", "exec text-generation-launcher --model-id \\"$M\\""]\n',
            'ENTRYPOINT ["sh", "-c", "exec vllm serve \\"$M\\" --port 80"]\n',
        ),
        (
            'ENTRYPOINT ["/bin/bash", "-lc"]\nCMD ["ldconfig && text-generation-launcher --model-id $M"]\n',
            'ENTRYPOINT ["/bin/bash", "-lc"]\nCMD ["ldconfig && vllm serve $M --port 80"]\n',
        ),
    ],
    ids=["switched-off", "shell-entrypoint", "sh-c", "sh-c-in-two"],
)
def test_shell_forms(start: str, after: str) -> None:
    text = f"FROM {TGI}\nENV TZ=UTC\n{start}"
    launch = found(text).launches[0]
    assert (launch.kind, launch.place, launch.through_entrypoint) == ("dockerfile", "image", False)
    model = Token.of(launch.arguments[1])
    plan = Plan(IMAGE, changes=(Change(0, 2, (model,)),), tail=(Token("--port"), Token("80")))
    assert written(text, plan) == f"FROM vllm/vllm-openai:v0.32.0\nENV TZ=UTC\n{after}"


def test_build_argument_reaches_the_shell_form_by_its_variable() -> None:
    text = f"FROM {TGI}\nARG M=a/b\nENV MODEL_ID=$M\nENTRYPOINT text-generation-launcher --port 80\n"
    variable = found(text).launches[0].environment[0]
    assert (variable.word.value, variable.word.known, variable.shared) == ("$MODEL_ID", "a/b", True)


def test_comment_in_a_shell_form_stays() -> None:
    text = f"FROM {TGI}\nENTRYPOINT text-generation-launcher \\\n  # the port\n  --port 80\n"
    plan = Plan(tail=(Token("--max-model-len"), Token("8")))
    assert written(text, plan) == (
        f"FROM {TGI}\nENTRYPOINT vllm serve \\\n  # the port\n  --port 80 --max-model-len 8\n"
    )


def test_health_check() -> None:
    text = f"FROM {TGI}\nHEALTHCHECK CMD curl -f http://localhost:80/info || exit 1\n"
    mention = found(text).mentions[0]
    assert (mention.kind, mention.value) == ("health", "http://localhost:80/info")
    assert mention.edit
    assert apply_edits(text, [mention.edit("http://localhost:80/health")]) == text.replace("/info", "/health")


def test_health_check_that_stays() -> None:
    assert not found(f"FROM {TGI}\nHEALTHCHECK CMD curl -f http://localhost/health\n").mentions


def test_download_of_weights() -> None:
    text = f"FROM {TGI}\nRUN text-generation-server download-weights a/b && \\\n    true\n"
    mentions = found(text).mentions
    assert [each.kind for each in mentions] == ["download-weights"]
    assert mentions[0].edit
    assert "RUN hf download a/b && \\\n    true\n" in apply_edits(text, [mentions[0].edit("hf download a/b")])


@pytest.mark.parametrize("form", ['["a" "b"]', '["a",]', '["a"', "['a']", '["a"] x', '["\\q"]'])
def test_what_is_no_list_is_a_shell_form(form: str) -> None:
    assert found(f"FROM {TGI}\nCMD {form}\n").launches[0].unsupported


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("${A:-d}", "d"),
        ("${A-d}", "d"),
        ("${B:-d}", "b"),
        ("${B:+c}", "c"),
        ("${A:+c}", ""),
        ("x$B.y", "xb.y"),
        ("\\$B", "$B"),
        ("$A", None),
        ("'$B'", "$B"),
        ('"a \\"b\\""', 'a "b"'),
    ],
)
def test_values(value: str, known: str | None) -> None:
    text = f"FROM {TGI}\nENV B=b\nENV MODEL_ID={value}\n"
    variable = next(each for each in found(text).launches[0].environment if each.name == "MODEL_ID")
    assert variable.word.known == known


@pytest.mark.parametrize(
    ("token", "line"),
    [
        (Token("a b"), 'ENV X="a b"'),
        (Token('a"b'), 'ENV X="a\\"b"'),
        (Token("a$b"), 'ENV X="a\\$b"'),
        (Token("$B", expression=True), "ENV X=$B"),
    ],
)
def test_quoting(token: Token, line: str) -> None:
    after = written(f"FROM {TGI}\n", Plan(settings=(Setting("X", token),)))
    assert after == f"FROM {TGI}\n{line}\n"


def test_words_in_an_empty_list() -> None:
    assert written(f"FROM {TGI}\nCMD []\n", Plan(head=(Token("m"),))) == f'FROM {TGI}\nCMD ["m"]\n'


def test_model_before_the_arguments() -> None:
    text = f'FROM {TGI}\nCMD ["--port", "80"]\n'
    assert written(text, Plan(head=(Token("m"),))) == f'FROM {TGI}\nCMD ["m", "--port", "80"]\n'
