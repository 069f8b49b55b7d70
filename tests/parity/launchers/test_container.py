from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from docker.errors import DockerException

from migrate.parity.launchers import EngineTrouble, container, pulling
from migrate.parity.launchers.container import Container, engine_host
from migrate.parity.launchers.pulling import count
from tests.parity.launchers.fake_docker import FakeDocker

ALL = ["create", "start", "stop", "remove"]


def start(
    monkeypatch: pytest.MonkeyPatch, fake: FakeDocker, log: Path, engine: Container | None = None, within: float = 5
) -> list[str]:
    """Use the engine once; what was said meanwhile."""
    monkeypatch.setattr(container.docker, "from_env", lambda: fake)
    said: list[str] = []

    async def use() -> None:
        async with (engine or Container("image")).start(log, within, said.append) as url:
            assert url.startswith("http://127.0.0.1:")
            assert list(fake.there) == [fake.wanted["name"]]

    try:
        asyncio.run(use())
    finally:
        assert fake.closed
        assert fake.there == {}
    return said


def trouble(
    monkeypatch: pytest.MonkeyPatch, fake: FakeDocker, log: Path, image: str = "image", within: float = 5
) -> str:
    with pytest.raises(EngineTrouble) as raised:
        start(monkeypatch, fake, log, Container(image), within)
    return str(raised.value)


def test_a_container_is_healthy_inside_and_gone_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake, log = FakeDocker(), tmp_path / "log"
    engine = Container("image", ("--port", "80"), {"A": "1"}, ("vllm", "serve"), (("gpus", "all"), ("ipc", "host")))
    said = start(monkeypatch, fake, log, engine)
    assert fake.did == ALL
    name = fake.wanted["name"]
    assert said[0] == f"started image as container {name}"
    assert log.read_text() == "loading\nno such model\n"
    assert {key: value for key, value in fake.wanted.items() if key != "device_requests"} == {
        "image": "image",
        "command": ["--port", "80"],
        "environment": {"A": "1"},
        "entrypoint": ["vllm", "serve"],
        "ipc_mode": "host",
        "ports": {"80/tcp": ("127.0.0.1", None)},
        "name": name,
        "labels": {"migrate.parity": "engine"},
    }


def test_one_that_ends_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeDocker(dies=True)
    message = trouble(monkeypatch, fake, tmp_path / "log")
    assert message.startswith("the engine ended with 137; its log ends with")
    assert message.endswith("no such model")
    assert fake.did == ALL


def test_one_that_is_never_healthy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeDocker(deaf=True)
    assert "not healthy after 0.1 s" in trouble(monkeypatch, fake, tmp_path / "log", within=0.1)
    assert fake.did == ALL


def test_one_that_docker_refuses_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeDocker(refuses="could not select device driver with capabilities: [[gpu]]")
    assert trouble(monkeypatch, fake, tmp_path / "log").startswith("docker: could not select device driver")
    assert fake.did == ["create", "stop", "remove"]


def test_one_that_cannot_be_stopped_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeDocker(unstoppable=True)
    assert trouble(monkeypatch, fake, tmp_path / "log") == "docker: cannot stop"
    assert fake.did == ALL


@pytest.mark.parametrize("error", [KeyboardInterrupt, asyncio.CancelledError])
def test_nothing_stays_when_it_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    fake = FakeDocker()
    monkeypatch.setattr(container.docker, "from_env", lambda: fake)

    async def use() -> None:
        async with Container("image").start(tmp_path / "log", 5, print):
            raise error

    with pytest.raises(error):
        asyncio.run(use())
    assert fake.did == ALL


async def cancelled(fake: FakeDocker, log: Path, image: str) -> None:
    """Cancel a start at the moment when the container engine is asked something that takes long."""
    assert fake.slow

    async def use() -> None:
        async with Container(image).start(log, 5, print):
            raise AssertionError("it was cancelled before")

    task = asyncio.create_task(use())
    assert await asyncio.to_thread(fake.busy.wait, 5)
    task.cancel()
    asyncio.get_running_loop().call_later(0.05, fake.slow.set)
    with pytest.raises(asyncio.CancelledError):
        await task


def test_what_is_being_created_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeDocker(slow=threading.Event())
    monkeypatch.setattr(container.docker, "from_env", lambda: fake)
    asyncio.run(cancelled(fake, tmp_path / "log", "image"))
    assert fake.did == ALL
    assert fake.there == {}


def test_a_pull_is_left_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeDocker(slow=threading.Event())
    monkeypatch.setattr(container.docker, "from_env", lambda: fake)
    asyncio.run(cancelled(fake, tmp_path / "log", "other"))
    assert fake.did == ["pull other latest"]


def test_a_missing_image_is_pulled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "TOLD_EVERY_S", 0.0)
    layer = {"id": "a", "status": "Downloading", "progressDetail": {"current": 4_000_000, "total": 9_000_000}}
    fake = FakeDocker(pulls=[{"status": "Pulling from x"}, layer, {"id": "a", "status": "Pull complete"}])
    said = start(monkeypatch, fake, tmp_path / "log", Container("host:5000/org/image:v1"))
    assert fake.did == ["pull host:5000/org/image v1", *ALL]
    assert said[:2] == ["pulling host:5000/org/image:v1", "pulling host:5000/org/image:v1: 4 of 9 MB"]


@pytest.mark.parametrize(
    ("pulls", "image", "reason"),
    [
        ((), "other", "no such repository"),
        (({"error": "manifest unknown"},), "other", "manifest unknown"),
        ((), "broken", "cannot look"),
    ],
)
def test_an_image_that_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pulls: tuple[dict[str, str], ...], image: str, reason: str
) -> None:
    message = trouble(monkeypatch, FakeDocker(pulls=pulls), tmp_path / "log", image)
    assert message.startswith(f"{image} cannot be pulled: ")
    assert reason in message


def test_no_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DockerException("Error while fetching server API version:\n connection refused")

    monkeypatch.setattr(container.docker, "from_env", refuse)

    async def use() -> None:
        async with Container("image").start(tmp_path / "log", 1, print):
            raise AssertionError("there is no Docker")

    with pytest.raises(EngineTrouble, match=r"no Docker answers: .*version: connection refused; start it, or name one"):
        asyncio.run(use())


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (None, "127.0.0.1"),
        ("unix:///run/docker.sock", "127.0.0.1"),
        ("tcp://gpu-box:2375", "gpu-box"),
        ("ssh://me@gpu-box", "gpu-box"),
    ],
)
def test_where_published_ports_are(monkeypatch: pytest.MonkeyPatch, address: str | None, host: str) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    if address:
        monkeypatch.setenv("DOCKER_HOST", address)
    assert engine_host() == host
    bound = "127.0.0.1" if host == "127.0.0.1" else "0.0.0.0"
    assert Container("image").arguments_to_create("")["ports"] == {"8000/tcp": (bound, None)}


def test_the_layers_of_a_pull_are_counted_together() -> None:
    layers: dict[str, tuple[int, int]] = {}
    one = {"id": "a", "status": "Downloading", "progressDetail": {"current": 1_000_000, "total": 2_000_000}}
    assert count(layers, one) == "1 of 2 MB"
    assert count(layers, {**one, "id": "b"}) == "2 of 4 MB"
    assert count(layers, {"id": "b", "status": "Extracting", "progressDetail": {"current": 1, "total": 2}}) == ""
    assert count(layers, {"status": "Digest: sha256:1"}) == ""
