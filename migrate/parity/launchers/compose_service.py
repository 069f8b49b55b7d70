"""A compose service as the container that compose would start: image, words, environment, and what it gets of its host.

Nothing of it is translated. Values are what compose makes of them: the environment goes before the `.env` file.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from yaml import MappingNode, Node, ScalarNode

from migrate.formats.compose_environment import missing_env_files, read_environment
from migrate.formats.compose_model import NAMES, Fact, Project, Service
from migrate.formats.compose_values import Definitions, is_expression, literal
from migrate.formats.env_file import Entry
from migrate.formats.yaml_scalar import value
from migrate.formats.yaml_tree import BrokenYaml, child, documents, entries, is_null, items
from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.container import Container
from migrate.repository import Repository
from migrate.source import Source, Span

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
    return _Reader(repo, path, service).container()


def place_of(repo: Repository, path: str, name: str) -> str:
    """Where a service says what it starts, as FILE:LINE: its command, else its image.

    Raises:
        UnusableEngine: there is no such service.
    """
    service = _find(repo, path, name)
    fact = service.fact("command") or service.fact("image")
    return f"{fact.source.path}:{fact.source.position(fact.key.start_mark.index)[0]}" if fact else ""


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
class _Reader:
    repo: Repository
    path: str
    service: Service

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

    @property
    def folder(self) -> Path:
        """Where relative paths of the first file start: compose's project folder."""
        return ((self.repo.root or Path()) / PurePosixPath(self.path).parent).resolve()

    def text(self, source: Source, node: ScalarNode) -> str:
        """A scalar with everything replaced that compose replaces."""
        written = value(source, node)
        if not is_expression(written):
            return literal(written)
        return self.resolved(written, source, node.start_mark.index)

    def resolved(self, written: str, source: Source, at: int) -> str:
        found = self.service.definitions.resolve(written)
        if found is None:
            place = f"{source.path}:{source.position(at)[0]}"
            raise UnusableEngine(
                f"{place}: {written}: neither the environment nor .env says what that is: set it (it may be empty)"
            )
        return found

    def plain(self, fact: Fact, node: Node) -> Any:
        """A node as texts, lists and mappings."""
        if isinstance(node, ScalarNode):
            return None if is_null(node) else self.text(fact.source, node)
        if isinstance(node, MappingNode):
            return {name: self.plain(fact, inner) for name, (_, inner, _) in entries(node).items()}
        return [self.plain(fact, item) for item in items(node)]

    def words(self, fact: Fact) -> list[str]:
        """The words of a command: a list, or a text that compose splits as a shell does."""
        found = self.plain(fact, fact.value)
        if isinstance(found, list):
            return [str(word) for word in found if word is not None]
        try:
            return shlex.split(str(found))
        except ValueError as error:
            place = f"{fact.source.path}:{fact.source.position(fact.key.start_mark.index)[0]}"
            raise UnusableEngine(f"{place}: {fact.name}: {error}") from error

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
        yield from self.volumes()

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

    def volumes(self) -> Iterator[tuple[str, str]]:
        """The volumes of every layer, a later one on the same target wins; relative paths start at their own file."""
        found: dict[str, str] = {}
        for fact in self.service.all("volumes"):
            folder = (self.repo.root or Path()) / PurePosixPath(fact.source.path).parent
            for volume in self.plain(fact, fact.value) or ():
                source, target, mode = _volume(volume)
                if source.startswith((".", "~", "/")):
                    source = str((folder / Path(source).expanduser()).resolve())
                elif source:
                    source = self.volume(fact.source, source)
                found[target] = ":".join(part for part in (source, target, mode) if part)
        yield from (("volume", volume) for volume in found.values())

    def volume(self, source: Source, name: str) -> str:
        """A volume under the name that compose gives it."""
        for document in documents(source):
            stated = child(document, "volumes", name)
            own = child(stated, "name")
            if isinstance(own, ScalarNode):
                return self.text(source, own)
            external = child(stated, "external")
            if isinstance(external, ScalarNode) and external.value == "true":
                return name
            project = child(document, "name")
            if isinstance(project, ScalarNode):
                return f"{self.text(source, project)}_{name}"
        given = self.service.definitions.entries.get("COMPOSE_PROJECT_NAME")
        folder = re.sub(r"[^a-z0-9_-]", "", self.folder.name.lower()).lstrip("_-")
        return f"{given.value if given else folder}_{name}"


def _port(port: Any) -> str:
    """`8080:80`, or the long form, as `-p` takes it."""
    return str(port.get("target") or "") if isinstance(port, dict) else str(port)


def _volume(volume: Any) -> tuple[str, str, str]:
    """Source, target and mode; a text of one part is a target without a source."""
    if isinstance(volume, dict):
        read_only = volume.get("read_only") == "true"
        return str(volume.get("source") or ""), str(volume.get("target") or ""), "ro" if read_only else ""
    parts = str(volume).split(":")
    return ("", parts[0], "") if len(parts) == 1 else (parts[0], parts[1], ":".join(parts[2:]))
