"""An image that is missing here, pulled with progress. A pull can be left at any moment: Docker takes that back."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

import docker
from docker.errors import DockerException, ImageNotFound
from docker.utils import parse_repository_tag
from requests.exceptions import RequestException

from migrate.parity.launchers import EngineTrouble, Progress

TOLD_EVERY_S = 5.0


async def pull(client: docker.DockerClient, image: str, progress: Progress) -> None:
    """Pull an image unless it is there.

    Raises:
        EngineTrouble: there is no such image, or it cannot be had.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str] = loop.create_future()

    def finish(problem: str) -> None:
        if not done.done():
            done.set_result(problem)

    def say(line: str) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(progress, line)

    def work() -> None:
        problem = "it broke off"
        try:
            problem = _pull(client, image, say)
        finally:
            if not loop.is_closed():
                loop.call_soon_threadsafe(finish, problem)

    # A pool's thread would be waited for when the program ends, however long a registry takes.
    threading.Thread(target=work, daemon=True, name="pull").start()
    if problem := await done:
        raise EngineTrouble(f"{image} cannot be pulled: {problem}")


def _pull(client: docker.DockerClient, image: str, progress: Progress) -> str:
    """What is wrong, nothing where the image is there now."""
    try:
        client.images.get(image)
        return ""
    except ImageNotFound:
        progress(f"pulling {image}")
    except (DockerException, RequestException) as error:
        return str(error)
    repository, tag = parse_repository_tag(image)
    try:
        told = told_every(TOLD_EVERY_S, progress)
        layers: dict[str, tuple[int, int]] = {}
        for event in client.api.pull(repository, tag=tag or "latest", stream=True, decode=True):
            if "error" in event:
                return str(event["error"])
            if summary := count(layers, event):
                told(f"pulling {image}: {summary}")
    except (DockerException, RequestException) as error:
        return " ".join(str(error).split())
    return ""


def told_every(seconds: float, progress: Progress) -> Progress:
    """Progress that speaks no more often than that."""
    last = time.monotonic()

    def tell(line: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= seconds:
            last = now
            progress(line)

    return tell


def count(layers: dict[str, tuple[int, int]], event: Mapping[str, Any]) -> str:
    """Take an event of a pull into the layers' (bytes done, bytes in all), and say what is done of all of them."""
    detail, layer = event.get("progressDetail"), event.get("id")
    if not isinstance(detail, dict) or not layer or not detail.get("total") or event.get("status") != "Downloading":
        return ""
    layers[layer] = int(detail.get("current", 0)), int(detail["total"])
    return f"{_megabytes(one for one, _ in layers.values())} of {_megabytes(one for _, one in layers.values())} MB"


def _megabytes(sizes: Iterable[int]) -> str:
    return f"{sum(sizes) / 1e6:.0f}"
