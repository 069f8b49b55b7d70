"""The environment of a compose service: `environment:` as a map or a list, and env files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from migrate.formats import env_file
from migrate.formats.compose.model import Fact, Service, strings
from migrate.formats.compose.values import said, word_of
from migrate.formats.yaml.scalar import fragment, value
from migrate.formats.yaml.tree import child, entries, is_null, items, span
from migrate.repository import Repository
from migrate.source import Source, Span
from migrate.touchpoints import Variable, Word


@dataclass(frozen=True)
class Entry:
    """One variable with the node that states it: a map's key and value, a list's item, or a line of an env file
    (`holder` None). `fact` is the service's key that brings it, `below` are lines of env files that it overrides."""

    variable: Variable
    fact: Fact
    source: Source
    key: ScalarNode | None = None
    value: ScalarNode | None = None
    holder: MappingNode | SequenceNode | None = None
    below: tuple[Entry, ...] = ()


def read_environment(service: Service, repo: Repository) -> list[Entry]:
    """The variables that the process sees: env files first, then `environment`, later ones win; only winners are
    listed."""
    found: dict[str, Entry] = {}
    given = [entry for fact in service.all("env_file") for entry in _env_files(fact, repo)]
    given += [entry for fact in service.all("environment") for entry in _entries(fact, service)]
    for entry in given:
        lower = found.pop(entry.variable.name, None)
        lines = (*lower.below, replace(lower, below=())) if lower else ()
        found[entry.variable.name] = replace(entry, below=tuple(one for one in lines if one.holder is None))
    return list(found.values())


def env_file_paths(fact: Fact, repo: Repository) -> list[str]:
    """The files of the repository that an `env_file` key names."""
    return [path for name in _named(fact) if (path := repo.beside(fact.source.path, name))]


def missing_env_files(service: Service, repo: Repository) -> list[str]:
    """The env files of a service that the repository does not have."""
    named = [(fact, name) for fact in service.all("env_file") for name in _named(fact)]
    return [name for fact, name in named if not repo.beside(fact.source.path, name)]


def _named(fact: Fact) -> list[str]:
    """The names of an `env_file` key: a string, a list, or entries with `path`."""
    node = fact.value
    named = strings(fact.source, node)
    for entry in [node] if isinstance(node, MappingNode) else items(node):
        stated = child(entry, "path")
        if isinstance(stated, ScalarNode):
            named.append(value(fact.source, stated))
    return named


def _env_files(fact: Fact, repo: Repository) -> Iterator[Entry]:
    for path in env_file_paths(fact, repo):
        source = repo.source(path)
        for variable in env_file.variables(source, expands=True) if source else []:
            yield Entry(variable, fact, source)  # type: ignore[arg-type]


def _entries(fact: Fact, service: Service) -> Iterator[Entry]:
    if isinstance(fact.value, MappingNode):
        for key, node, holder in entries(fact.value).values():
            if isinstance(node, ScalarNode):
                yield _pair(fact, service, key, node, holder)
    elif isinstance(fact.value, SequenceNode):
        for item in items(fact.value):
            if isinstance(item, ScalarNode):
                yield _item(fact, service, item, fact.value)


def _pair(fact: Fact, service: Service, key: ScalarNode, node: ScalarNode, holder: MappingNode) -> Entry:
    source, name = fact.source, value(fact.source, key)
    place = span(source, key)
    if is_null(node):
        variable = _passed(service, source, name, place, place)
    else:
        word = word_of(source, node, service.definitions)
        variable = Variable(name, word, Span(place.start, word.span.end), private=not word.expression)
    return Entry(variable, fact, source, key, node, holder)


def _item(fact: Fact, service: Service, item: ScalarNode, holder: SequenceNode) -> Entry:
    source, read, place = fact.source, fragment(fact.source, item), span(fact.source, item)
    name, given, _ = read.text.partition("=")
    if not given:
        return Entry(_passed(service, source, name, place, place), fact, source, None, item, holder)
    word = word_of(source, item, service.definitions, len(name) + 1)
    return Entry(Variable(name, word, place, private=not word.expression), fact, source, None, item, holder)


def _passed(service: Service, source: Source, name: str, place: Span, whole: Span) -> Variable:
    """A name without a value: compose passes on its own."""
    word: Word = said(f"${{{name}}}", source, place, service.definitions)
    return Variable(name, word, whole, passed=True)


def holders(service: Service) -> Iterator[Node]:
    """The nodes that hold a service's variables: mappings, also merged ones, and lists."""
    for fact in service.all("environment"):
        if isinstance(fact.value, MappingNode):
            yield from (holder for _, _, holder in entries(fact.value).values())
        yield fact.value
