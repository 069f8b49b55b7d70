"""Containers on a real engine: Docker, or podman's API (scripts/docker-api.sh)."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import docker
import httpx
import pytest

from migrate.parity.launchers import EngineTrouble, container
from migrate.parity.launchers.named import launcher_of
from tests.parity.images import engine, image, left, volumes

pytestmark = pytest.mark.slow

ENGINE = Path(__file__).parents[1] / "bad_engine.py"
NAME = "localhost/migrate-parity-test:1"
FOLDERS = " ".join(f"-v {volume}" for volume in volumes())
RUN = f"docker run {FOLDERS} -e PORT=8000 {NAME} {ENGINE} 8000"
CODE = "from migrate.parity.commands import parity; parity()"


@pytest.fixture(scope="module")
def client() -> Iterator[docker.DockerClient]:
    client = engine()
    with image(client, NAME, ["/usr/bin/env", f"PATH={os.environ['PATH']}", "BIND=0.0.0.0", sys.executable]):
        yield client
    client.close()


def use(text: str, log: Path, within: float = 60) -> str:
    async def healthy() -> str:
        async with launcher_of(text).start(log, within, print) as url, httpx.AsyncClient() as asking:
            return (await asking.get(f"{url}/info")).text

    return asyncio.run(healthy())


def test_it_is_started_and_removed(client: docker.DockerClient, tmp_path: Path) -> None:
    assert '"version": "3.3.7"' in use(f"{RUN} 500", tmp_path / "log")
    assert (tmp_path / "log").read_text().startswith("pid ")
    assert left(client) == []


def test_one_that_ends_says_why(client: docker.DockerClient, tmp_path: Path) -> None:
    with pytest.raises(EngineTrouble, match=r"the engine ended with 1; its log ends with(.|\n)*IndexError"):
        use(RUN, tmp_path / "log")
    assert left(client) == []


def test_one_that_is_never_healthy(
    client: docker.DockerClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "GRACE_S", 1)
    with pytest.raises(EngineTrouble, match="not healthy after 1 s"):
        use(f"{RUN} starts", tmp_path / "log", 1)
    assert left(client) == []


def test_an_image_that_is_missing(client: docker.DockerClient, tmp_path: Path) -> None:
    with pytest.raises(EngineTrouble, match="localhost:1/none:1 cannot be pulled: "):
        use("docker:localhost:1/none:1 --port 8000", tmp_path / "log")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_stays_when_it_is_interrupted(
    client: docker.DockerClient, tmp_path: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "-c", CODE, "record", f"{RUN} starts", str(tmp_path / "a.jsonl")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr
        assert any("waiting for" in line for line in program.stderr)
        assert len(left(client)) == 1
        program.send_signal(number)
        assert program.wait(60) == 130
    assert left(client) == []
