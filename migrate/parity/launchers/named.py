"""Engines as people name them on the command line and in `parity.yaml`."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from migrate.formats.yaml.tree import BrokenYaml
from migrate.parity.launchers import Launcher, UnusableEngine
from migrate.parity.launchers.process import Process
from migrate.parity.launchers.recorded import Recorded
from migrate.parity.launchers.url import Url
from migrate.parity.recording import Recording

if TYPE_CHECKING:
    from migrate.parity.launchers.container import Container

FORMS = "a URL, a command with {port}, docker run ..., recording:FILE, before:, after: or service:FILE:SERVICE"

_RUN = re.compile(r"(?:sudo\s+)?(?:docker|podman|nerdctl)\s+(?:container\s+)?run\s+")


def launcher_of(text: str, folder: Path = Path(), environment: Mapping[str, str] = os.environ) -> Launcher:
    """The engine that a text names; relative paths start at `folder`.

    Raises:
        UnusableEngine: it cannot be started as it is named.
        RecordingError: a recording that cannot be read.
    """
    text = text.strip()
    kind, colon, rest = text.partition(":")
    if text.startswith(("http://", "https://")):
        return _url(text)
    if kind == "recording" and colon:
        return Recorded(Recording.open(folder / rest))
    if kind in ("before", "after", "service") and colon:
        return of_service(kind, rest, folder)
    if kind == "docker" and colon:
        return _container(rest, folder, environment)
    if run := _RUN.match(text):
        return _container(text[run.end() :], folder, environment)
    return _process(text)


def _url(text: str) -> Url:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise UnusableEngine(f"{text}: {error}") from error
    if not url.host or (url.port or 0) > 65535:
        raise UnusableEngine(f"{text}: names no host and port that can be")
    return Url(text.rstrip("/"))


def _process(text: str) -> Process:
    """
    Raises:
        UnusableEngine: no command, or one that is told no port.
    """
    if "{port}" not in text:
        raise UnusableEngine(f"{text or 'an empty text'}: is no engine: give {FORMS}")
    try:
        shlex.split(text)
    except ValueError as error:
        raise UnusableEngine(f"{text}: {error}") from error
    return Process(text)


def _container(text: str, folder: Path, environment: Mapping[str, str]) -> Container:
    from migrate.parity.launchers.docker_command import container_of

    return checked(container_of(text, folder, environment))


def of_service(kind: str, text: str, folder: Path) -> Container:
    """The service that FILE:SERVICE, or FILE alone, names: before or after the migration, or as it is.

    Raises:
        UnusableEngine: there is none, or it cannot be started.
    """
    from migrate.parity.launchers.repository import Checkout

    file, _, name = text.rpartition(":") if ":" in text else (text, "", "")
    checkout = Checkout.around(folder / file)
    read = {"before": checkout.before, "after": checkout.after, "service": checkout.as_it_is}[kind]
    try:
        return checked(read(checkout.service(name)))
    except BrokenYaml as error:
        raise UnusableEngine(f"{checkout.path}:{error.line}: {error.reason}") from error


def place_of(launcher: Launcher) -> str:
    """Where a repository starts the engine, as FILE:LINE; empty where none does."""
    return str(getattr(launcher, "place", ""))


def checked(container: Container) -> Container:
    """The container, once it is known that it can be asked for.

    Raises:
        UnusableEngine: an option of docker that cannot be handed on.
    """
    container.arguments_to_create("")
    return container
