"""Which reader takes which file, and which other files belong to it."""

from __future__ import annotations

import pytest

from migrate.formats import registry
from migrate.repository import Repository

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"
SERVICE = f"services:\n  llm:\n    image: {TGI}\n    command: --model-id a/b\n"
OVERRIDE = "services:\n  llm:\n    environment:\n      NUM_SHARD: 2\n"
CHILD = "services:\n  big:\n    extends: {file: compose.yaml, service: llm}\n    command: --model-id c/d\n"


def taken(path: str, text: str) -> str | None:
    source = Repository.of({path: text}).source(path)
    found = registry.reader(source) if source else None
    return found.__name__.removeprefix("migrate.formats.").partition(".")[0] if found else None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("compose.yaml", SERVICE, "compose"),
        (".github/workflows/ci.yml", "jobs: {}\n", "workflow"),
        ("Dockerfile", f"FROM {TGI}\n", "dockerfile"),
        ("Makefile", "run:\n\ttrue\n", "makefile"),
        ("tgi.service", "[Service]\n", "systemd"),
        ("run.ps1", "docker ps\n", "powershell"),
        ("README.md", "# x\n", "markup"),
        (".env", "A=1\n", "env_file"),
        ("run.sh", "true\n", "shell"),
    ],
    ids=lambda text: text if "\n" not in text else "",
)
def test_reader(path: str, text: str, name: str) -> None:
    assert taken(path, text) == name


def test_binary_and_missing_files_hold_nothing() -> None:
    repo = Repository.of({"a.sh": b"docker\0run"})
    assert registry.read("a.sh", repo) == registry.read("none.sh", repo)
    assert registry.read("a.sh", repo).launches == ()


@pytest.mark.parametrize(
    ("files", "companions"),
    [
        ({"compose.yaml": SERVICE, "compose.override.yaml": OVERRIDE}, ["compose.override.yaml"]),
        (
            {"compose.yaml": SERVICE, "big/other.yaml": CHILD.replace("compose.yaml", "../compose.yaml")},
            ["big/other.yaml"],
        ),
        ({"compose.yaml": SERVICE, "up": "docker compose run llm --model-id a/b\n"}, ["up"]),
        ({"compose.yaml": SERVICE, "up": "docker compose run llm\n"}, []),
        ({"compose.yaml": SERVICE, "other/compose.override.yaml": OVERRIDE}, []),
        ({"compose.yaml": SERVICE, "web.yaml": "services:\n  web:\n    image: nginx\n"}, []),
        ({"compose.yaml": SERVICE.replace(TGI, "nginx"), "compose.override.yaml": OVERRIDE}, []),
        ({"compose.yaml": f"image: {TGI}\n", "compose.override.yaml": OVERRIDE}, []),
    ],
    ids=[
        "override",
        "extends",
        "runs it",
        "runs it as it is",
        "another folder",
        "another service",
        "another image",
        "no compose file",
    ],
)
def test_files_that_belong_to_a_compose_file(files: dict[str, str], companions: list[str]) -> None:
    assert registry.with_companions(["compose.yaml"], Repository.of(files)) == ["compose.yaml", *companions]


@pytest.mark.parametrize(
    ("user", "belongs"),
    [("docker run $IMAGE\n", True), ("docker run ${IMAGE} x\n", True), ("echo IMAGE\n", False), ("$IMAGES\n", False)],
)
def test_file_that_uses_a_variable_with_the_image(user: str, belongs: bool) -> None:
    repo = Repository.of({"tgi.env": f"IMAGE={TGI}\n", "run.sh": user})
    assert ("run.sh" in registry.with_companions(["tgi.env"], repo)) is belongs
