from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.container import Container
from migrate.parity.launchers.named import launcher_of, place_of
from migrate.parity.launchers.repository import Checkout

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"
COMPOSE = f"""services:
  llm:
    image: {TGI}
    command: --model-id org/model --num-shard 2 --port 3000
    env_file: [.env.llm]
    shm_size: 1g
    gpus: all
  db:
    image: postgres
"""
MIGRATED = """services:
  llm:
    image: vllm/vllm-openai:v0.32.0
    command: --model org/model --port 3000
  db:
    image: postgres
"""


def git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / ".env.llm").write_text("HF_TOKEN=secret\n")
    return tmp_path


@pytest.fixture
def committed(repo: Path) -> Path:
    (repo / ".gitignore").write_text(".env*\n")
    git(repo, "init", "-q")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "all")
    return repo


def started(kind: str, folder: Path, text: str = "compose.yaml:llm") -> Container:
    found = launcher_of(f"{kind}:{text}", folder)
    assert isinstance(found, Container)
    return found


def test_before_and_after(repo: Path) -> None:
    before, after = started("before", repo), started("after", repo)
    assert (before.image, before.arguments[:2]) == (TGI, ("--model-id", "org/model"))
    assert after.image == "vllm/vllm-openai:v0.32.0"
    assert after.arguments[:2] in (("--model", "org/model"), ("org/model", "--tensor-parallel-size"))
    assert "--tensor-parallel-size" in after.arguments
    assert (before.port, after.port) == (3000, 3000)
    assert before.options == after.options == (("shm-size", "1g"), ("gpus", "all"))
    assert before.environment["HF_TOKEN"] == after.environment["HF_TOKEN"] == "secret"
    assert (repo / "compose.yaml").read_text() == COMPOSE


def test_where_the_file_on_disk_starts_it(repo: Path) -> None:
    (repo / "run.sh").write_text(f"#!/bin/sh\n\ndocker run {TGI} --model-id org/model\n")
    (repo / "two.yaml").write_text(f"services:\n  llm:\n    image: {TGI}\n")
    for kind in ("before", "after", "service"):
        assert place_of(started(kind, repo)) == "compose.yaml:4"
        assert place_of(started(kind, repo, "two.yaml:llm")) == "two.yaml:3"
        assert place_of(started(kind, repo, "run.sh:run1")) == "run.sh:3"
    assert place_of(launcher_of("http://localhost:8000")) == ""


def test_env_files_that_git_ignores_are_read(committed: Path) -> None:
    assert started("before", committed).environment["HF_TOKEN"] == "secret"
    assert started("after", committed).environment["HF_TOKEN"] == "secret"


def test_the_only_service_that_starts_tgi_needs_no_name(repo: Path) -> None:
    assert started("before", repo, "compose.yaml") == started("before", repo)


def test_a_file_that_is_migrated_already(committed: Path) -> None:
    (committed / "compose.yaml").write_text(MIGRATED)
    assert started("before", committed).image == TGI
    assert started("before", committed, "compose.yaml").image == TGI
    assert started("after", committed).arguments == ("--model", "org/model", "--port", "3000")


def test_a_service_that_was_renamed_when_it_was_migrated(committed: Path) -> None:
    (committed / "compose.yaml").write_text(MIGRATED.replace("llm:", "vllm:"))
    before = started("before", committed)
    assert (before.image, before.place) == (TGI, "")


def test_any_service_as_it_is(repo: Path) -> None:
    assert started("service", repo, "compose.yaml:db").image == "postgres"
    assert started("service", repo).image == TGI


def test_a_file_in_a_folder_of_the_repository(committed: Path) -> None:
    folder = committed / "deploy"
    folder.mkdir()
    (committed / "compose.yaml").rename(folder / "compose.yaml")
    (folder / ".env.llm").write_text("HF_TOKEN=other\n")
    assert started("after", committed, "deploy/compose.yaml:llm").environment["HF_TOKEN"] == "other"
    assert Checkout.around(folder / "compose.yaml") == Checkout(committed, "deploy/compose.yaml")


@pytest.mark.parametrize("text", ["compose.yaml:db", "compose.yaml"])
def test_no_service_that_starts_tgi(repo: Path, text: str) -> None:
    (repo / "compose.yaml").write_text(MIGRATED)
    with pytest.raises(UnusableEngine, match="starts TGI"):
        started("before", repo, text)


def test_several_services(repo: Path) -> None:
    (repo / "compose.yaml").write_text(COMPOSE.replace("  db:\n    image: postgres", f"  two:\n    image: {TGI}"))
    with pytest.raises(
        UnusableEngine, match=r"several services start TGI: give one as compose\.yaml:NAME \(llm, two\)"
    ):
        started("before", repo, "compose.yaml")


def test_no_such_service(repo: Path) -> None:
    with pytest.raises(UnusableEngine, match="has no service tgi; there are llm, db"):
        started("before", repo, "compose.yaml:tgi")


def test_what_apply_leaves_to_a_person(repo: Path) -> None:
    (repo / "compose.yaml").write_text(
        COMPOSE.replace("--num-shard 2", "--quantize eetq").replace("3.3.5", "3.3.5-gaudi")
    )
    with pytest.raises(UnusableEngine, match="llm: apply leaves it to you: "):
        started("after", repo)
