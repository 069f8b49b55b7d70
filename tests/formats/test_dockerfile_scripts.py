"""A script that a Dockerfile copies into TGI's image runs there, with the image's variables and CMD's words."""

from __future__ import annotations

import pytest

from migrate.formats.dockerfile.scripts import scripts_in_images
from migrate.formats.shell import reader as shell
from migrate.repository import Repository
from migrate.source import apply_edits, in_order
from migrate.touchpoints import CannotWrite, Change, Launch, Plan, Token

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"


@pytest.mark.parametrize(
    ("dockerfile", "copy", "script"),
    [
        ("Dockerfile", "COPY start.sh /start.sh", "start.sh"),
        ("Dockerfile", "COPY ./scripts/start.sh /", "scripts/start.sh"),
        ("Dockerfile", "COPY a.txt start.sh /app/", "start.sh"),
        ("Dockerfile", "ADD --chmod=755 scripts /app", "scripts/start.sh"),
        ("docker/Dockerfile", "COPY start.sh /start.sh", "docker/start.sh"),
        ("docker/Dockerfile", "COPY docker/start.sh /start.sh", "docker/start.sh"),
        ("Dockerfile", 'COPY ["start.sh", "/start.sh"]', "start.sh"),
    ],
)
def test_copied(dockerfile: str, copy: str, script: str) -> None:
    repo = Repository.of({dockerfile: f"FROM {TGI}\n{copy}\n", script: "x"})
    assert {path: word.value for path, word in scripts_in_images(repo).items()} == {script: TGI}


@pytest.mark.parametrize(
    "text",
    [
        "FROM ubuntu\nCOPY start.sh /start.sh\n",
        f"FROM {TGI}\nCOPY --from=x start.sh /\n",
        f"FROM {TGI}\nCOPY other.sh /\n",
    ],
    ids=["other-base", "from-a-stage", "other-file"],
)
def test_not_copied(text: str) -> None:
    assert scripts_in_images(Repository.of({"Dockerfile": text, "start.sh": "x"})) == {}


def launch(dockerfile: str, script: str) -> tuple[Repository, Launch]:
    repo = Repository.of({"Dockerfile": f"FROM {TGI}\nCOPY start.sh /start.sh\n{dockerfile}", "start.sh": script})
    source = repo.source("start.sh")
    assert source
    return repo, shell.read(source, repo).launches[0]


def after(repo: Repository, launch: Launch, plan: Plan) -> dict[str, str]:
    edits = launch.write(plan)
    texts = {}
    for path in repo.paths:
        source = repo.source(path)
        assert source
        texts[path] = apply_edits(source.text, in_order(edit for edit in edits if edit.path == path))
    return texts


def test_script_knows_its_image_and_variables() -> None:
    _, read = launch("ENV MODEL_ID=a/b\n", "exec text-generation-launcher --port 80\n")
    assert read.runs_in
    assert read.runs_in.value == TGI
    variable = read.environment[0]
    assert (variable.name, variable.word.value, variable.word.known, variable.shared) == (
        "MODEL_ID",
        "$MODEL_ID",
        "a/b",
        True,
    )


COMMAND = 'ENTRYPOINT ["/start.sh"]\nCMD ["--model-id", "m"]\n'


def test_words_of_cmd_are_written_in_the_dockerfile() -> None:
    repo, read = launch(COMMAND, 'exec text-generation-launcher "$@"\n')
    assert [word.value for word in read.arguments] == ["--model-id", "m"]
    texts = after(repo, read, Plan(changes=(Change(0, 2),), head=(Token("m"),), tail=(Token("--port"), Token("80"))))
    assert texts["start.sh"] == 'exec vllm serve --port 80 "$@"\n'
    assert texts["Dockerfile"].endswith('ENTRYPOINT ["/start.sh"]\nCMD ["m"]\n')


def test_model_in_a_variable_is_written_in_the_script() -> None:
    repo, read = launch(f"ENV MODEL_ID=m\n{COMMAND}".replace("--model-id", "--x"), 'text-generation-launcher "$@"\n')
    texts = after(repo, read, Plan(head=(Token.of(read.environment[0].word),), tail=(Token("--port"), Token("80"))))
    assert texts["start.sh"] == 'vllm serve "$MODEL_ID" --port 80 "$@"\n'
    assert texts["Dockerfile"].endswith('CMD ["--x", "m"]\n')


def test_words_in_both_files() -> None:
    repo, read = launch(COMMAND, 'exec text-generation-launcher --num-shard 2 "$@"\n')
    changes = (Change(0, 1, (Token("--tensor-parallel-size"),)), Change(2, 4))
    texts = after(repo, read, Plan(changes=changes, head=(Token("m"),), tail=(Token("--port"), Token("80"))))
    assert texts["start.sh"] == 'exec vllm serve m --tensor-parallel-size 2 --port 80 "$@"\n'
    assert texts["Dockerfile"].endswith("CMD []\n")


def test_option_and_value_in_different_files() -> None:
    _, read = launch(COMMAND, 'exec text-generation-launcher --x "$@"\n')
    with pytest.raises(CannotWrite):
        read.write(Plan(changes=(Change(0, 2),)))


def test_cmd_of_another_entrypoint_stays() -> None:
    _, read = launch('ENTRYPOINT ["/other.sh"]\nCMD ["x"]\n', 'text-generation-launcher "$@"\n')
    assert [word.value for word in read.arguments] == ["$@"]
