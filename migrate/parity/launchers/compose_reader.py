"""The values of a compose service as compose makes them: variables replaced, texts split into words."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from yaml import MappingNode, Node, ScalarNode

from migrate.formats.compose.model import Fact, Service
from migrate.formats.compose.values import is_expression, literal
from migrate.formats.yaml.scalar import value
from migrate.formats.yaml.tree import entries, is_null, items
from migrate.parity.launchers import UnusableEngine
from migrate.repository import Repository
from migrate.source import Source


@dataclass(frozen=True)
class Reader:
    """A service of the compose file at a path, its definitions complete."""

    repo: Repository
    path: str
    service: Service

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
            raise UnusableEngine(f"{fact.place}: {fact.name}: {error}") from error

    def folder_of(self, source: Source) -> Path:
        """Where relative paths of one of its files start."""
        return (self.repo.root or Path()) / PurePosixPath(source.path).parent
