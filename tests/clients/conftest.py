"""What the tests of clients share: a repository in memory is read, and its edits are applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from migrate.clients import Clients, read
from migrate.repository import Repository
from migrate.source import Edit, apply_edits


@dataclass(frozen=True)
class Moved:
    """A repository after the edits, with what was said about it."""

    files: dict[str, str]
    found: Clients

    @property
    def main(self) -> str:
        return self.files["main.py"]

    def says(self, safety: str) -> str:
        return "\n".join(one.message for one in self.found.findings if one.safety == safety)


def move(files: str | Mapping[str, str], source: str | None = None) -> Moved:
    """Reads the files (a text is main.py) and applies every edit; a second reading must ask for none."""
    before = {"main.py": files} if isinstance(files, str) else dict(files)
    found, after = _once(before, source)
    again, _ = _once(after, source)
    assert not [edit for one in again.findings for edit in one.edits], "a second run changes something"
    return Moved(after, found)


def _once(files: Mapping[str, str], source: str | None) -> tuple[Clients, dict[str, str]]:
    repository = Repository.of(files)
    found = read(repository, source)
    edits: dict[str, list[Edit]] = {}
    for one in found.findings:
        for edit in one.edits:
            edits.setdefault(edit.path, []).append(edit)
    after = dict(files)
    for path, mine in edits.items():
        text = repository.source(path)
        assert text is not None
        after[path] = apply_edits(text.text, mine)
        if path.endswith(".py"):
            compile(after[path], path, "exec")
    return found, after


@pytest.fixture
def moved() -> Callable[..., Moved]:
    return move
