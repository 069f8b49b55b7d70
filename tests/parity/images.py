"""Images that start a program of this machine: made without a registry, on whatever container engine there is."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException, ImageNotFound

LABEL = "migrate.parity.test"
# What a container has of its own: its processes, devices and host names.
OWN = ("proc", "sys", "dev", "run", "etc", "var")


def volumes() -> list[str]:
    """This machine's folders, each where it is; a container that has them starts programs of this machine.

    Not the root as one folder to change into: programs would find this machine's /proc there, with other process ids.
    """
    folders = [entry for entry in sorted(Path("/").iterdir()) if entry.is_dir() and not entry.is_symlink()]
    return [f"{folder}:{folder}" for folder in folders if folder.name not in OWN]


def engine() -> docker.DockerClient:
    """The container engine; the test is skipped where there is none."""
    try:
        return docker.from_env()
    except DockerException:
        pytest.skip("no Docker answers: export DOCKER_HOST=$(scripts/docker-api.sh start)")


@contextmanager
def image(client: docker.DockerClient, name: str, program: Sequence[str]) -> Iterator[None]:
    """An image whose entrypoint is a program of this machine; a container needs the `volumes` as well.

    The test is skipped where somebody has an image of that name.
    """
    try:
        if LABEL not in (client.images.get(name).labels or {}):
            pytest.skip(f"{name} is there already, and is not to be replaced")
    except ImageNotFound:
        pass
    repository, _, tag = name.rpartition(":")
    changes = [f"ENTRYPOINT {json.dumps(list(program))}", f"LABEL {LABEL}=yes"]
    said = client.api.import_image_from_data(_root(), repository="localhost/import", tag="1", changes=changes)
    identity = json.loads(said.splitlines()[-1])["status"]
    client.images.get(identity).tag(repository, tag=tag)
    try:
        yield
    finally:
        client.images.remove(identity, force=True)


def _root() -> bytes:
    """A file system with nothing but this machine's links to folders, such as /bin and /lib64."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for link in (entry for entry in Path("/").iterdir() if entry.is_symlink()):
            archive.add(link)
    return data.getvalue()


def left(client: docker.DockerClient) -> list[str]:
    """The containers of the program under test that are still there."""
    return [one.name for one in client.containers.list(all=True, filters={"label": "migrate.parity"})]
