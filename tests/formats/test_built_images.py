"""Commands that run an image which the repository builds from TGI's."""

from __future__ import annotations

import pytest

from migrate.findings import Safety
from migrate.formats.built_images import built_images
from migrate.repository import Repository
from tests.test_pipeline import TGI, VLLM, findings, rewritten

PLAIN = f"FROM {TGI}\nRUN pip install x\n"
RUN = "docker run --gpus all -p 8080:80 my/llm:1 --model-id a/b --num-shard 2\n"
NEW = "docker run --gpus all -p 8080:80 my/llm:1 a/b --tensor-parallel-size 2 --served-model-name a/b tgi "


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("docker build -t my/llm:1 .", "Dockerfile"),
        ("docker buildx build --platform linux/amd64 --tag=my/llm:1 docker", "docker/Dockerfile"),
        ("podman build -f docker/tgi.Dockerfile \\\n  --tag 'my/llm:1' .", "docker/tgi.Dockerfile"),
    ],
    ids=["here", "folder", "file"],
)
def test_names(command: str, file: str) -> None:
    repo = Repository.of({"build.sh": f"set -e\n{command}\n", file: PLAIN})
    assert [(one.path, one.name, one.base.path, one.base.value) for one in built_images(repo)] == [
        ("build.sh", "my/llm:1", file, TGI)
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"build.sh": "docker build -t a .\n", "Dockerfile": "FROM nginx\n"},
        {"build.sh": "docker build .\n", "Dockerfile": PLAIN},
        {"build.sh": "docker build -t a other\n", "Dockerfile": PLAIN},
        {"build.sh": "docker build -t a .\n"},
    ],
    ids=["another base", "no name", "another folder", "no file"],
)
def test_no_name(files: dict[str, str]) -> None:
    assert built_images(Repository.of(files)) == ()


@pytest.mark.parametrize("path", ["build.sh", "run.sh"], ids=["the same script", "a script that never says TGI"])
def test_run(path: str) -> None:
    build = "docker build -t my/llm:1 .\n"
    files = {"build.sh": build, "Dockerfile": PLAIN, path: (build if path == "build.sh" else "") + RUN}
    after = rewritten(files)
    assert after["Dockerfile"] == PLAIN.replace(TGI, VLLM)
    assert NEW in after[path]


def test_name_in_a_variable_of_the_file() -> None:
    text = "IMG = my/llm\nup:\n\tdocker build -t $(IMG) . && docker run $(IMG) --model-id a/b\n"
    assert "docker run $(IMG) a/b --served-model-name" in rewritten({"Makefile": text, "Dockerfile": PLAIN})["Makefile"]


def test_variables_of_the_image_count() -> None:
    files = {
        "run.sh": "docker build -t x .\ndocker run x --num-shard 2\n",
        "Dockerfile": f"FROM {TGI}\nENV MODEL_ID=a/b MAX_TOTAL_TOKENS=99\n",
    }
    after = rewritten(files)["run.sh"]
    assert "docker run x a/b --tensor-parallel-size 2" in after
    assert "--max-model-len 99" in after


@pytest.mark.parametrize(
    ("run", "more"),
    [
        ("docker run -e NUM_SHARD=2 x\n", 'CMD ["--model-id", "a/b"]\n'),
        ("docker run x --model-id a/b\n", 'ENTRYPOINT ["/start.sh"]\n'),
    ],
    ids=["variables beside a CMD", "a program of its own"],
)
def test_what_cannot_be_laid_together_stays(run: str, more: str) -> None:
    files = {"run.sh": f"docker build -t x .\n{run}", "Dockerfile": f"FROM {TGI}\n{more}"}
    assert rewritten(files) == files
    assert any(one.safety is Safety.MANUAL and one.path == "run.sh" for one in findings(files))


def test_run_without_arguments_is_left_to_the_image() -> None:
    files = {"run.sh": "docker build -t x .\ndocker run -e TZ=UTC x\n", "Dockerfile": PLAIN}
    assert rewritten(files)["run.sh"] == files["run.sh"]


def test_other_images_are_none() -> None:
    files = {"run.sh": "docker build -t x .\ndocker run y --model-id a/b\n", "Dockerfile": PLAIN}
    assert rewritten(files)["run.sh"] == files["run.sh"]
