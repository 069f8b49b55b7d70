"""A compose service as the container that compose would start: image, words, environment, and what it gets of its host.

Nothing of it is translated. Values are what compose makes of them: the environment goes before the `.env` file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from migrate.formats.compose.environment import missing_env_files, read_environment
from migrate.formats.compose.model import NAMES, Project, Service
from migrate.formats.compose.values import Definitions
from migrate.formats.env_file import Entry
from migrate.formats.yaml.tree import BrokenYaml, child
from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.compose_mounts import mounts
from migrate.parity.launchers.compose_reader import Reader
from migrate.parity.launchers.container import Container
from migrate.repository import Repository
from migrate.source import Span

# Keys whose values are options of `docker run`, one a value.
_PLAIN = {
    "cap_add": "cap-add",
    "cap_drop": "cap-drop",
    "cpus": "cpus",
    "devices": "device",
    "extra_hosts": "add-host",
    "group_add": "group-add",
    "hostname": "hostname",
    "init": "init",
    "ipc": "ipc",
    "mem_limit": "memory",
    "platform": "platform",
    "privileged": "privileged",
    "read_only": "read-only",
    "runtime": "runtime",
    "security_opt": "security-opt",
    "shm_size": "shm-size",
    "tmpfs": "tmpfs",
    "user": "user",
    "working_dir": "workdir",
}
_OVERRIDES = tuple(name.replace(".", ".override.") for name in NAMES)


def read_service(repo: Repository, path: str, name: str, environment: Mapping[str, str] = os.environ) -> Container:
    """The container of a service of a compose file, with the override file that compose reads beside it.

    Raises:
        UnusableEngine: there is no such service, or a value is missing; the message names the file and the place.
    """
    service = _find(repo, path, name)
    service = replace(service, definitions=_with(service.definitions, environment))
    return _Service(repo, path, service).container()


def place_of(repo: Repository, path: str, name: str) -> str:
    """Where a service says what it starts, as FILE:LINE: its command, else its image.

    Raises:
        UnusableEngine: there is no such service.
    """
    service = _find(repo, path, name)
    fact = service.fact("command") or service.fact("image")
    return fact.place if fact else ""


def names_of(repo: Repository, path: str) -> list[str]:
    """The services of a compose file.

    Raises:
        UnusableEngine: it cannot be read.
    """
    return [service.name for service in _services(Project(repo), repo, path)]


def _services(project: Project, repo: Repository, path: str) -> list[Service]:
    source = repo.source(path)
    if source is None:
        raise UnusableEngine(f"{path}: there is no such file")
    try:
        return project.services(source)
    except BrokenYaml as error:
        raise UnusableEngine(f"{path}:{error.line}: {error.reason}") from error


def _find(repo: Repository, path: str, name: str) -> Service:
    project = Project(repo)
    services = _services(project, repo, path)
    found = next((service for service in services if service.name == name), None)
    if found is None:
        known = ", ".join(service.name for service in services) or "none"
        raise UnusableEngine(f"{path}: has no service {name}; there are {known}")
    for other in _OVERRIDES if PurePosixPath(path).name in NAMES else ():
        source = project.readable(repo.beside(path, other))
        over = next((one for one in project.services(source) if one.name == name), None) if source else None
        if over is not None:
            return project.over(over, found)
    return found


def _with(definitions: Definitions, environment: Mapping[str, str]) -> Definitions:
    """The definitions of the `.env` file below those of the environment."""
    nowhere = Span(0, 0)
    own = {name: Entry(name, text, nowhere, nowhere, nowhere, text, "'") for name, text in environment.items()}
    return Definitions(definitions.source, {**definitions.entries, **own})


@dataclass(frozen=True)
class _Service(Reader):
    def container(self) -> Container:
        fact = self.service.fact("image")
        if fact is None:
            raise UnusableEngine(f"{self.path}: {self.service.name} names no image: build it and give it one")
        if missing := missing_env_files(self.service, self.repo):
            raise UnusableEngine(f"{self.path}: {self.service.name}: env file {missing[0]} is missing")
        entrypoint = self.service.fact("entrypoint")
        command = self.service.fact("command")
        return Container(
            image=str(self.plain(fact, fact.value)),
            arguments=tuple(self.words(command)) if command else (),
            environment=dict(self.environment()),
            entrypoint=tuple(self.words(entrypoint)) if entrypoint else None,
            options=tuple(self.options()),
            folder=self.folder,
        )

    def environment(self) -> Iterator[tuple[str, str]]:
        for entry in read_environment(self.service, self.repo):
            word = entry.variable.word
            if entry.variable.passed:
                if word.known is not None:
                    yield entry.variable.name, word.known
            elif word.expression and word.known is None:
                yield entry.variable.name, self.resolved(word.value, entry.source, word.span.start)
            else:
                yield entry.variable.name, word.known or ""

    def options(self) -> Iterator[tuple[str, str]]:
        for key, option in _PLAIN.items():
            for fact in self.service.all(key):
                found = self.plain(fact, fact.value)
                pairs = [f"{name}:{text}" for name, text in found.items()] if isinstance(found, dict) else found
                for one in pairs if isinstance(pairs, list) else [pairs]:
                    yield option, str(one)
        yield from self.network()
        yield from self.gpus()
        yield from self.limits()
        for fact in self.service.all("ports"):
            yield from (("publish", port) for port in map(_port, self.plain(fact, fact.value)) if port)
        yield from mounts(self)

    def network(self) -> Iterator[tuple[str, str]]:
        fact = self.service.fact("network_mode")
        mode = str(self.plain(fact, fact.value)) if fact else ""
        if mode.startswith(("service:", "container:")):
            raise UnusableEngine(f"{self.path}: {self.service.name}: network_mode {mode} needs the other container")
        if mode:
            yield "network", mode

    def gpus(self) -> Iterator[tuple[str, str]]:
        fact = self.service.fact("gpus")
        devices: Any = self.plain(fact, fact.value) if fact else None
        for deploy in self.service.all("deploy") if fact is None else ():
            node = child(deploy.value, "resources", "reservations", "devices")
            devices = self.plain(deploy, node) if node is not None else devices
        if isinstance(devices, str):
            yield "gpus", devices
        for device in devices if isinstance(devices, list) else ():
            if isinstance(device, dict) and device.get("device_ids"):
                yield "gpus", "device=" + ",".join(map(str, device["device_ids"]))
            else:
                yield "gpus", str((device.get("count") if isinstance(device, dict) else None) or "all")

    def limits(self) -> Iterator[tuple[str, str]]:
        for fact in self.service.all("ulimits"):
            found = self.plain(fact, fact.value)
            for name, limit in found.items() if isinstance(found, dict) else ():
                pair = (limit.get("soft"), limit.get("hard")) if isinstance(limit, dict) else (limit, limit)
                yield "ulimit", f"{name}={pair[0]}:{pair[1]}"


def _port(port: Any) -> str:
    """`8080:80`, or the long form, as `-p` takes it."""
    return str(port.get("target") or "") if isinstance(port, dict) else str(port)
