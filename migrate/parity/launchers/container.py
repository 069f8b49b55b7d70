"""An engine in a container: its image pulled where it is missing, started, waited for, removed with its log kept."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import docker
from docker.errors import DockerException, NotFound
from requests.exceptions import RequestException

from migrate.catalog.images import recognise
from migrate.parity.launchers import EngineTrouble, Progress
from migrate.parity.launchers.container_options import Options, arguments_of, published
from migrate.parity.launchers.health import healthy
from migrate.parity.launchers.logs import clean, fresh
from migrate.parity.launchers.pulling import pull

T = TypeVar("T")

# How long a stopped engine may take to finish its requests, as for a process.
GRACE_S = 20
# Marks the containers of this program, should it be killed: docker ps --filter label=migrate.parity
LABEL = "migrate.parity"
# What TGI's images and vLLM's listen on where nothing else is said.
_TGI_PORT, _PORT = 80, 8000


@dataclass(frozen=True, slots=True)
class Container:
    """`options` are docker's own, by their long names; `arguments` go to the image's entrypoint, or to this one.

    Relative host paths start at `folder`. Published ports name the engine's port; on the host it gets a free one.
    `place` is where a repository starts it, as FILE:LINE.
    """

    image: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] | None = None
    options: Options = ()
    folder: Path = Path()
    place: str = field(default="", compare=False)

    @property
    def words(self) -> tuple[str, ...]:
        return (*(self.entrypoint or ()), self.image, *self.arguments)

    def start(self, log: Path, ready_within_s: float, progress: Progress) -> AbstractAsyncContextManager[str]:
        return _running(self, log, ready_within_s, progress)

    @property
    def port(self) -> int:
        """Where the engine listens inside: as its arguments say, TGI's variable, the published port, its default."""
        told = _option(self.arguments, "--port") or (self.environment.get("PORT") if recognise(self.image) else None)
        if told and told.isdecimal():
            return int(told)
        ports = published(self.options)
        return ports[0] if ports else _TGI_PORT if recognise(self.image) else _PORT

    def arguments_to_create(self, name: str) -> dict[str, Any]:
        """What the SDK creates the container from.

        Raises:
            UnusableEngine: an option of docker that cannot be handed on.
        """
        found = arguments_of(self.options, self.folder)
        if found.get("network_mode") != "host":
            found["ports"] = {f"{self.port}/tcp": (_published_on(), None)}
        if self.entrypoint is not None:
            found["entrypoint"] = list(self.entrypoint)
        return {
            **found,
            "image": self.image,
            "command": list(self.arguments),
            "environment": dict(self.environment),
            "name": name,
            "labels": {LABEL: "engine"},
        }


def _option(words: tuple[str, ...], name: str) -> str | None:
    for at, word in enumerate(words):
        if word == name:
            return words[at + 1] if at + 1 < len(words) else None
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


def engine_host() -> str:
    """The host on which published ports are: this one, or the one that DOCKER_HOST names."""
    split = urlsplit(os.environ.get("DOCKER_HOST", ""))
    return split.hostname or "127.0.0.1" if split.scheme in ("tcp", "ssh", "http", "https") else "127.0.0.1"


def _published_on() -> str:
    """Another machine's ports have to be reached from here."""
    return "127.0.0.1" if engine_host() in ("127.0.0.1", "localhost") else "0.0.0.0"


@asynccontextmanager
async def _running(engine: Container, log: Path, ready_within_s: float, progress: Progress) -> AsyncIterator[str]:
    name = f"migrate-parity-{secrets.token_hex(4)}"
    wanted = engine.arguments_to_create(name)
    (await asyncio.to_thread(fresh, log)).close()
    client = await _to_the_end(_connect)
    try:
        await pull(client, engine.image, progress)
        try:
            await _to_the_end(partial(_create, client, wanted))
            url = await _to_the_end(partial(_address, client, name, engine.port))
            progress(f"started {engine.image} as container {name}")
            ended = partial(_to_the_end, partial(_ended, client, name, log))
            await healthy(url, ended, log, ready_within_s, progress)
            yield url
        finally:
            await _to_the_end(partial(_remove, client, name, log))
    finally:
        client.close()


async def _to_the_end(work: Callable[[], T]) -> T:
    """A call to the container engine in a thread; one that has begun is waited for, even when all is to end: only
    then is it known what has to be removed.

    Raises:
        EngineTrouble: the container engine refuses, or is gone.
    """
    task = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
    except (DockerException, RequestException) as error:
        raise EngineTrouble(f"docker: {explained(error)}") from error


def explained(error: DockerException | RequestException) -> str:
    """What the container engine says, in one line."""
    said = getattr(error, "explanation", None) or str(error)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())


def _connect() -> docker.DockerClient:
    """
    Raises:
        EngineTrouble: no container engine answers.
    """
    try:
        return docker.from_env()
    except DockerException as error:
        raise EngineTrouble(
            f"no Docker answers: {explained(error)}; start it, or name one in DOCKER_HOST (podman's API does as well)"
        ) from error


def _create(client: docker.DockerClient, wanted: Mapping[str, Any]) -> None:
    client.containers.create(**wanted).start()


def _address(client: docker.DockerClient, name: str, port: int) -> str:
    """The URL of the container's port on the host."""
    settings = client.containers.get(name).attrs["NetworkSettings"]
    bound = (settings.get("Ports") or {}).get(f"{port}/tcp")
    return f"http://{engine_host()}:{bound[0]['HostPort'] if bound else port}"


def _ended(client: docker.DockerClient, name: str, log: Path) -> str:
    """How the container ended, its log written then; nothing while it runs."""
    container = client.containers.get(name)
    if container.status not in ("exited", "dead", "stopped"):
        return ""
    _keep_log(container, log)
    return str(container.attrs["State"]["ExitCode"])


def _keep_log(container: Any, log: Path) -> None:
    with fresh(log) as file:
        file.writelines(container.logs(stream=True, follow=False))
    clean(log)


def _remove(client: docker.DockerClient, name: str, log: Path) -> None:
    """Stop the container, keep its log, remove it with its unnamed volumes; one that was never created is no matter."""
    try:
        container = client.containers.get(name)
    except NotFound:
        return
    try:
        container.stop(timeout=GRACE_S)
        _keep_log(container, log)
    finally:
        container.remove(force=True, v=True)
