"""Compose files as compose sees them: services whose facts come from merge keys, `extends` and override files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath

from yaml import MappingNode, Node, ScalarNode

from migrate.formats.compose.values import Definitions
from migrate.formats.yaml.lines import lines_of
from migrate.formats.yaml.scalar import value
from migrate.formats.yaml.tree import BrokenYaml, child, documents, entries, is_null, items, pairs, span
from migrate.repository import Repository
from migrate.source import Source, Span

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


@dataclass(frozen=True)
class Fact:
    """One key of a service with the mapping that holds it: the service's own, or one that it merges."""

    name: str
    key: ScalarNode
    value: Node
    holder: MappingNode
    layer: Layer

    @property
    def source(self) -> Source:
        return self.layer.source

    @property
    def place(self) -> str:
        """Where the key stands, as FILE:LINE."""
        return f"{self.source.path}:{self.source.position(self.key.start_mark.index)[0]}"

    @property
    def own(self) -> bool:
        """Whether the key stands in the service itself."""
        return self.holder is self.layer.node


@dataclass(frozen=True, eq=False)
class Layer:
    """A service's text in one file."""

    source: Source
    key: ScalarNode
    node: MappingNode

    @cached_property
    def facts(self) -> dict[str, Fact]:
        return {name: Fact(name, *entry, self) for name, entry in entries(self.node).items()}

    @property
    def text(self) -> str:
        """The lines of the service."""
        place = lines_of(self.source, Span(self.key.start_mark.index, span(self.source, self.node).end))
        return self.source.text[place.start : place.end]


@dataclass(frozen=True, eq=False)
class Service:
    """A service with the layers that it is made of, the lowest first; the last one is its own text."""

    name: str
    layers: tuple[Layer, ...]
    definitions: Definitions
    overrides: bool = False

    @property
    def own(self) -> Layer:
        return self.layers[-1]

    def all(self, name: str) -> list[Fact]:
        """What every layer says for a key, the lowest first; `!reset` and `!override` forget what is below."""
        found: list[Fact] = []
        for layer in self.layers:
            fact = layer.facts.get(name)
            if fact is None:
                continue
            if fact.value.tag in ("!reset", "!override"):
                found.clear()
            if fact.value.tag != "!reset" and not is_null(fact.value):
                found.append(fact)
        return found

    def fact(self, name: str) -> Fact | None:
        """What counts for a key of one value."""
        found = self.all(name)
        return found[-1] if found else None


@dataclass
class Project:
    """The compose files that one reading looks at; each is parsed once, so that shared nodes are the same objects."""

    repo: Repository
    _files: dict[str, dict[str, tuple[Source, ScalarNode, MappingNode]]] = field(default_factory=dict)

    def load(self, source: Source) -> dict[str, tuple[Source, ScalarNode, MappingNode]]:
        """The services of a file, by name.

        Raises:
            BrokenYaml: the file is no YAML.
        """
        if source.path not in self._files:
            self._files[source.path] = dict(_services(source))
        return self._files[source.path]

    def services(self, source: Source) -> list[Service]:
        """Every service of a file with what it extends, without override files."""
        definitions = Definitions.beside(source.path, self.repo)
        names = self.load(source)
        return [Service(name, self._layers(source, name, ()), definitions) for name in names]

    def loaded(self) -> list[Service]:
        """The services of all files that were looked at."""
        sources = [next(iter(services.values()))[0] for services in self._files.values() if services]
        return [service for source in sources for service in self.services(source)]

    def _layers(self, source: Source, name: str, above: tuple[tuple[str, str], ...]) -> tuple[Layer, ...]:
        entry = self.load(source).get(name)
        if entry is None or (source.path, name) in above:
            return ()
        own = Layer(*entry)
        base = self.extended(own)
        below = self._layers(*base, (*above, (source.path, name))) if base else ()
        return (*below, own)

    def extended(self, layer: Layer) -> tuple[Source, str] | None:
        """The file and the name of the service that a service extends."""
        fact = layer.facts.get("extends")
        if fact is None:
            return None
        if isinstance(fact.value, ScalarNode):
            return layer.source, fact.value.value
        name, file = child(fact.value, "service"), child(fact.value, "file")
        if not isinstance(name, ScalarNode):
            return None
        if not isinstance(file, ScalarNode):
            return layer.source, name.value
        source = self.readable(self.repo.beside(layer.source.path, value(layer.source, file)))
        return (source, name.value) if source else None

    def readable(self, path: str | None) -> Source | None:
        """A compose file of the repository, or None where it is absent or broken."""
        source = self.repo.source(path) if path else None
        try:
            return source if source and self.load(source) else None
        except BrokenYaml:
            return None

    def over(self, service: Service, base: Service) -> Service:
        """A service of an override file laid over the one that it changes."""
        return replace(service, layers=(*base.layers, service.own), overrides=True)


def _services(source: Source) -> Iterator[tuple[str, tuple[Source, ScalarNode, MappingNode]]]:
    for document in documents(source):
        for key, node in pairs(child(document, "services")):
            if isinstance(node, MappingNode):
                yield key.value, (source, key, node)


def strings(source: Source, node: Node | None) -> list[str]:
    """The values of a scalar or of a list of scalars."""
    if isinstance(node, ScalarNode):
        return [] if is_null(node) else [value(source, node)]
    return [value(source, item) for item in items(node) if isinstance(item, ScalarNode)]


def neighbours(repo: Repository, path: str) -> list[str]:
    """The YAML files in a file's folder, the standard names of compose first."""
    beside = repo.once("compose.folders", _by_folder).get(path.rpartition("/")[0], ())
    found = [other for other in beside if other != path]
    return sorted(found, key=lambda other: (PurePosixPath(other).name not in NAMES, len(other), other))


def farther(repo: Repository, path: str, names: Collection[str]) -> list[str]:
    """The files of other folders that name one of these services, nearest first (`-f a.yaml -f deploy/prod.yaml`).

    A standard override is laid over the file beside it only.
    """
    if ".override." in path:
        return []
    folder = PurePosixPath(path).parent
    files = repo.once("compose.files", lambda repo: repo.holding("services:", filter(_is_yaml, repo.paths)))
    found = [other for other in files if PurePosixPath(other).parent != folder and ".override." not in other]
    named = [other for other in found if any(f"{name}:".encode() in repo.read(other) for name in names)]
    return sorted(named, key=lambda other: (_distance(folder, PurePosixPath(other).parent), other))


def _distance(one: PurePosixPath, other: PurePosixPath) -> int:
    """How many steps lead from a folder to another."""
    return len({one, *one.parents} ^ {other, *other.parents})


def _by_folder(repo: Repository) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in filter(_is_yaml, repo.paths):
        found.setdefault(path.rpartition("/")[0], []).append(path)
    return found


def extending(repo: Repository) -> list[str]:
    """The YAML files that may extend a service of another file: few, so that a look at each costs little."""
    return repo.once("compose.extending", lambda repo: repo.holding("extends", filter(_is_yaml, repo.paths)))


def _is_yaml(path: str) -> bool:
    return path.endswith((".yml", ".yaml"))
