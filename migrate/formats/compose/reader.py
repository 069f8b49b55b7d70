"""Compose files: services that start TGI, override files that change them, and what around them depends on TGI."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath

from yaml import MappingNode, Node, ScalarNode

from migrate.formats.built_images import base_image, image_variables
from migrate.formats.compose.build import dockerfile
from migrate.formats.compose.command import LAUNCHER
from migrate.formats.compose.environment import Entry, env_file_paths, holders, read_environment
from migrate.formats.compose.health import health_mentions
from migrate.formats.compose.launch import Writer, launch_of
from migrate.formats.compose.model import NAMES, Project, Service, extending, farther, neighbours
from migrate.formats.compose.overrides import changes_words
from migrate.formats.compose.services import (
    built_from,
    is_override,
    is_partial,
    is_tgi,
    names_model,
    starts,
    unsupported,
)
from migrate.formats.compose.settings import Environment
from migrate.formats.compose.start import Start, image_word, nodes_of, start_of
from migrate.formats.compose.values import pure_reference, references
from migrate.formats.yaml.scalar import value, written
from migrate.formats.yaml.tree import BrokenYaml, child, documents, is_flow, span
from migrate.repository import Repository
from migrate.source import Edit, Source
from migrate.touchpoints import Found, Launch, Mention, Problem

_SUFFIXES = (".yml", ".yaml")
_SERVICES = re.compile(r"^[\"']?services[\"']?[ \t]*:|^\{", re.MULTILINE)
_ENGINE = re.compile(r"(?:^|/)vllm/vllm-openai(?:-\w+)?(?:[:@]|$)")


def claims(path: str, repo: Repository) -> bool:
    """A YAML file whose top level names services."""
    source = repo.source(path) if path.endswith(_SUFFIXES) else None
    return source is not None and is_compose(source)


def is_compose(source: Source) -> bool:
    """Whether a YAML file's top level has a mapping of services; one that no parser reads counts by its text."""
    if not _SERVICES.search(source.text):
        return False
    try:
        return any(isinstance(child(document, "services"), MappingNode) for document in documents(source))
    except BrokenYaml:
        return True


def read(source: Source, repo: Repository) -> Found:
    """The launches of a compose file, with what an override file changes of a base beside it."""
    if not is_compose(source):
        return Found()
    project = Project(repo)
    try:
        project.load(source)
    except BrokenYaml as error:
        return Found(problems=(Problem(source.path, error.line, error.reason),))
    return _Reader(source, repo, project).found()


@dataclass(frozen=True)
class _Reader:
    source: Source
    repo: Repository
    project: Project

    def found(self) -> Found:
        own = [start for start in self.starts if start.source is self.source]
        images = {id(start): self._image_of_program(start) for start in own if start.program}
        launches = [self._launch(start) for start in own if images.get(id(start)) is None]
        mentions = [
            *self._health(),
            *self._engines(launches),
            *self._inline(),
            *(image for image in images.values() if image),
        ]
        return Found(tuple(launches), tuple(mentions))

    @cached_property
    def services(self) -> list[Service]:
        """The services of this file; where one only changes another file's, laid over it."""
        return [self._laid(service) for service in self.project.services(self.source)]

    def _laid(self, service: Service) -> Service:
        paths = neighbours(self.repo, self.source.path)
        if not is_override(service):
            paths = [path for path in paths if is_partial(service) and PurePosixPath(path).name in NAMES]
        elif "image" not in service.own.facts:
            paths += farther(self.repo, self.source.path, {service.name})
        for path in paths:
            base = self.project.readable(path)
            for other in self.project.services(base) if base else []:
                if other.name == service.name and not is_override(other) and starts(other, self.repo):
                    return self.project.over(service, other)
        return service

    @cached_property
    def all_services(self) -> list[Service]:
        """This file's services and those of the files that they extend or override."""
        here = {id(service.own.node) for service in self.services}
        return [*self.services, *(other for other in self.project.loaded() if id(other.own.node) not in here)]

    @cached_property
    def starting(self) -> list[Service]:
        """The services that start TGI."""
        return [service for service in self.all_services if starts(service, self.repo)]

    @cached_property
    def others(self) -> list[Service]:
        return [service for service in self.all_services if service not in self.starting]

    @cached_property
    def starts(self) -> list[Start]:
        return [self._start(service) for service in self.starting]

    @cached_property
    def launched_nodes(self) -> frozenset[int]:
        """The services that start TGI, by the nodes of their own text."""
        return frozenset(id(service.own.node) for service in self.starting)

    @cached_property
    def foreign_nodes(self) -> set[int]:
        """The nodes of variables that a service has which does not start TGI."""
        return {id(node) for service in self.others for node in holders(service)}

    @cached_property
    def foreign_files(self) -> set[str]:
        facts = [fact for service in self.others for fact in service.all("env_file")]
        return {path for fact in facts for path in env_file_paths(fact, self.repo)}

    def _is_foreign(self, node: Node) -> bool:
        return id(node) in self.foreign_nodes

    def _start(self, service: Service) -> Start:
        entries = [self._shared(entry, service) for entry in read_environment(service, self.repo)]
        environment = Environment(service, entries, self._is_foreign, self.launched_nodes)
        image, built = image_word(service), built_from(service, self.repo)
        if image and built and not is_tgi(image):
            image = None
        source = dockerfile(service, self.repo) if built and image is None else None
        given = image_variables(source) if source else ()
        return start_of(service, self.repo, image, built if image is None else None, entries, environment, given)

    def _shared(self, entry: Entry, service: Service) -> Entry:
        """Marks a variable that something besides the server reads: another service, a shell in the container (`$$X`),
        or the compose file itself where its `.env` is an env file too."""
        name = entry.variable.name
        shared = self._is_foreign(entry.holder) if entry.holder is not None else entry.source.path in self.foreign_files
        shared = shared or any(re.search(rf"\$\$\{{?{name}\b", layer.text) for layer in service.layers)
        if entry.holder is None and entry.source is service.definitions.source:
            shared = shared or name in references(self.source.text)
        entry = replace(entry, below=tuple(self._shared(one, service) for one in entry.below))
        return replace(entry, variable=replace(entry.variable, shared=True)) if shared else entry

    def _launch(self, start: Start) -> Launch:
        nodes = nodes_of(start)
        others = [other for other in self.starts if other is not start and nodes & nodes_of(other)]
        alike = all(other.facts() == start.facts() for other in others)
        words = not start.service.overrides or changes_words(start.service, self.repo)
        writer = Writer(start, alike, self._image_elsewhere(start), words)
        return launch_of(start, writer, self._is_template(start), unsupported(start, self.repo))

    def _image_of_program(self, start: Start) -> Mention | None:
        """The image of a service that runs a script of the repository: the script is written where it stands, and only
        the image is left to this file."""
        fact = start.service.fact("image")
        names = [PurePosixPath(word).name for word in (start.program or "").split()]
        scripts = [path for path in self.repo.holding(LAUNCHER) if PurePosixPath(path).name in names]
        if not scripts or fact is None or not isinstance(fact.value, ScalarNode) or start.image is None:
            return None
        node, flow, source = fact.value, is_flow(fact.holder), fact.source
        place = span(source, node)

        def edit(new: str) -> Edit:
            style = node.style if node.style in ("'", '"') else None
            return Edit(source.path, place.start, place.end, written(new, style, flow))

        return Mention(source.path, "image", start.image.value, place, start.service.own.text, edit)

    def _image_elsewhere(self, start: Start) -> bool:
        """Whether every service that takes its image from the same variable starts TGI."""
        name = pure_reference(start.image.value) if start.image else None
        if name is None:
            return False
        return not any(name in references(service.own.text) for service in self.others)

    def _is_template(self, start: Start) -> bool:
        """A service that others extend and that names no model."""
        if names_model(start) or any(not word.value.startswith("-") for word in start.arguments[:1]):
            return False
        return any(self._extended_by(start, service) for service in self._possible_children())

    def _extended_by(self, start: Start, service: Service) -> bool:
        base = self.project.extended(service.own)
        return base is not None and base[0].path == start.source.path and base[1] == start.service.name

    def _possible_children(self) -> Iterator[Service]:
        yield from self.all_services
        name = PurePosixPath(self.source.path).name.encode()
        for path in extending(self.repo):
            if path != self.source.path and name in self.repo.read(path):
                source = self.project.readable(path)
                yield from self.project.services(source) if source else []

    def _health(self) -> Iterator[Mention]:
        for start in self.starts:
            if start.source is self.source:
                yield from health_mentions(start.service)

    def _inline(self) -> Iterator[Mention]:
        """Dockerfiles on TGI's image that stand inside the compose file: they are named, not rewritten."""
        for service in self.services:
            fact = service.own.facts.get("build")
            node = child(fact.value, "dockerfile_inline") if fact else None
            if isinstance(node, ScalarNode) and (image := base_image(replace(self.source, text=node.value))):
                place = span(self.source, node)
                yield Mention(self.source.path, "unread-format", image.value, place, service.own.text)

    def _engines(self, launches: Sequence[Launch]) -> Iterator[Mention]:
        """vLLM's own image beside a launch of TGI."""
        for service in self.services if launches else []:
            fact = service.own.facts.get("image")
            if fact is not None and isinstance(fact.value, ScalarNode):
                text = value(self.source, fact.value)
                if _ENGINE.search(service.definitions.resolve(text) or text):
                    yield Mention(self.source.path, "both-engines", text, span(self.source, fact.value), text)
