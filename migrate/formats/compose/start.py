"""What a compose service that starts TGI says: image, words, variables, GPUs, mounts, script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yaml import ScalarNode

from migrate.formats.compose.command import Strip, read_strip
from migrate.formats.compose.devices import read_gpus, read_mounts
from migrate.formats.compose.environment import Entry
from migrate.formats.compose.model import Service, strings
from migrate.formats.compose.script import Script, read_start_script
from migrate.formats.compose.settings import Environment
from migrate.formats.compose.values import word_of
from migrate.formats.yaml.tree import span
from migrate.repository import Repository
from migrate.source import Source, Span
from migrate.touchpoints import Gpus, Mount, Variable, Word


@dataclass(frozen=True)
class Start:
    """A service that starts TGI. `built`: the variables that its Dockerfile sets."""

    service: Service
    image: Word | None
    runs_in: Word | None
    strips: tuple[Strip, ...]
    entries: tuple[Entry, ...]
    environment: Environment
    gpus: Gpus
    mounts: tuple[Mount, ...]
    script: Script | None = None
    built: tuple[Variable, ...] = ()

    @property
    def source(self) -> Source:
        return self.service.own.source

    @property
    def arguments(self) -> tuple[Word, ...]:
        if self.script:
            return self.script.launch.arguments
        return tuple(word for strip in self.strips for word in strip.arguments)

    @property
    def has_entrypoint(self) -> bool:
        return self.service.fact("entrypoint") is not None or self._resets_entrypoint

    @property
    def _resets_entrypoint(self) -> bool:
        fact = self.service.own.facts.get("entrypoint")
        return fact is not None and isinstance(fact.value, ScalarNode) and fact.value.style in ("'", '"')

    @property
    def named(self) -> bool:
        return any(strip.launcher for strip in self.strips)

    @property
    def through_entrypoint(self) -> bool:
        """Whether the image's own entrypoint starts the server."""
        return not self.script and not self.has_entrypoint and (not self.named or self.image is not None)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """What the process sees; a script's own assignments win."""
        if self.script:
            return self.script.launch.environment
        own = tuple(entry.variable for entry in self.entries)
        names = {one.name for one in own}
        return (*own, *(one for one in self.built if one.name not in names))

    @property
    def program(self) -> str | None:
        """The program of an entrypoint that is neither TGI's nor a shell that starts TGI's."""
        fact = self.service.fact("entrypoint")
        if fact is None or self.script or self.named:
            return None
        words = strings(fact.source, fact.value)
        return " ".join(words) or None

    def facts(self) -> tuple[object, ...]:
        """What decides the words of the new command."""
        variables = sorted((variable.name, variable.word.value) for variable in self.variables)
        words = tuple(word.value for word in self.arguments)
        mounts = tuple((mount.source, mount.target) for mount in self.mounts)
        return words, tuple(variables), self.image and self.image.value, self.gpus, mounts

    def anchor(self) -> Span:
        """What a finding about the whole launch points at: the image where this file names it, else the service's
        key."""
        image = self.service.fact("image")
        if image is not None and image.source is self.source and isinstance(image.value, ScalarNode):
            return span(image.source, image.value)
        return span(self.source, self.service.own.key)


def read_strips(service: Service) -> tuple[Strip, ...]:
    """The words of entrypoint and command; the ones before the launcher are not arguments."""
    strips = []
    for name in ("entrypoint", "command"):
        fact = service.fact(name)
        strip = read_strip(fact, service.definitions) if fact else None
        if strip is not None:
            strips.append(strip)
    if strips and strips[0].fact.name == "entrypoint" and not strips[0].launcher:
        strips = strips[1:]
    found: list[Strip] = []
    at = 0
    for strip in strips:
        found.append(strip.shifted(at))
        at += len(strip.arguments)
    return tuple(found)


def image_word(service: Service) -> Word | None:
    fact = service.fact("image")
    if fact is None or not isinstance(fact.value, ScalarNode):
        return None
    return word_of(fact.source, fact.value, service.definitions)


def start_of(
    service: Service,
    repo: Repository,
    image: Word | None,
    runs_in: Word | None,
    entries: Sequence[Entry],
    environment: Environment,
    built: tuple[Variable, ...] = (),
) -> Start:
    """The facts of a service that is known to start TGI."""
    gpus = read_gpus(service, [entry.variable for entry in entries])
    mounts = tuple(read_mounts(service))
    script = read_start_script(service, repo, image or runs_in, [entry.variable for entry in entries])
    strips = () if script else read_strips(service)
    return Start(service, image, runs_in, strips, tuple(entries), environment, gpus, mounts, script, built)


def nodes_of(start: Start) -> set[int]:
    """The identities of the nodes whose words a start lays."""
    if start.script:
        return {id(start.script.node)}
    return {id(strip.node) for strip in start.strips}
