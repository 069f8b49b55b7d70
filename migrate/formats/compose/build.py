"""Services that build their image: the TGI image that their Dockerfile starts from."""

from __future__ import annotations

import re
from posixpath import join

from yaml import Node, ScalarNode

from migrate.formats.compose.model import Fact, Service
from migrate.formats.yaml.scalar import value
from migrate.formats.yaml.tree import child
from migrate.repository import Repository
from migrate.source import Source

_ARGUMENTS = re.compile(r"^[ \t]*(?:CMD\b|ENV[ \t].*\bMODEL_ID\b)", re.MULTILINE | re.IGNORECASE)


def dockerfile(service: Service, repo: Repository) -> Source | None:
    """The Dockerfile of a service's `build`, where the repository has it."""
    fact = service.fact("build")
    if fact is None:
        return None
    inline = child(fact.value, "dockerfile_inline")
    if isinstance(inline, ScalarNode):
        return None
    context = _text(fact, fact.value) or _text(fact, child(fact.value, "context")) or "."
    name = _text(fact, child(fact.value, "dockerfile")) or "Dockerfile"
    path = repo.beside(fact.source.path, join(service.definitions.resolve(context) or context, name))
    return repo.source(path) if path else None


def _text(fact: Fact, node: Node | None) -> str | None:
    return value(fact.source, node) if isinstance(node, ScalarNode) else None


def has_arguments(source: Source) -> bool:
    """Whether the Dockerfile itself says what the server serves."""
    return _ARGUMENTS.search(source.text) is not None
