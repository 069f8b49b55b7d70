"""Images that start a program of this machine: made without a registry, on whatever container engine there is."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import docker
import pytest
from docker.errors import DockerException, ImageNotFound

LABEL = "migrate.parity.test"


def engine() -> docker.DockerClient:
    """The container engine; the test is skipped where there is none."""
    try:
        return docker.from_env()
    except DockerException:
        pytest.skip("no Docker answers: export DOCKER_HOST=$(scripts/docker-api.sh start)")


@contextmanager
def image(client: docker.DockerClient, name: str, program: Sequence[str]) -> Iterator[None]:
    """An image whose entrypoint changes the root to /host, where this machine's root is mounted, and starts a program.

    The test is skipped where somebody has an image of that name.
    """
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("busybox (static) is missing")
    try:
        if LABEL not in (client.images.get(name).labels or {}):
            pytest.skip(f"{name} is there already, and is not to be replaced")
    except ImageNotFound:
        pass
    repository, _, tag = name.rpartition(":")
    words = ["/bin/busybox", "chroot", "/host", *program]
    changes = [f"ENTRYPOINT {json.dumps(words)}", f"LABEL {LABEL}=yes"]
    said = client.api.import_image_from_data(_root(busybox), repository="localhost/import", tag="1", changes=changes)
    identity = json.loads(said.splitlines()[-1])["status"]
    client.images.get(identity).tag(repository, tag=tag)
    try:
        yield
    finally:
        client.images.remove(identity, force=True)


def _root(busybox: str) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.add(busybox, "bin/busybox")
        for folder in ("host", "tmp"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
    return data.getvalue()


def left(client: docker.DockerClient) -> list[str]:
    """The containers of the program under test that are still there."""
    return [one.name for one in client.containers.list(all=True, filters={"label": "migrate.parity"})]
