"""Nothing flows back: a room knows only those before it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = ("code", "edits", "answers", "addresses", "given", "http", "openai", "libraries")
# What may not know what.
APART = [
    ("migrate/formats", ("migrate.rulebook", "migrate.output", "migrate.launch.translate", "migrate.cli")),
    ("migrate/rulebook", ("migrate.formats", "migrate.output", "migrate.cli", "migrate.parity")),
    ("migrate/output", ("migrate.formats", "migrate.rulebook.loader", "migrate.parity", "migrate.cli")),
    ("migrate/clients", ("migrate.formats", "migrate.output", "migrate.parity", "migrate.cli")),
    ("migrate/markup", ("migrate.output", "migrate.parity", "migrate.rulebook", "migrate.formats")),
    ("migrate/catalog", ("migrate.rulebook", "migrate.launch", "migrate.formats", "migrate.clients")),
]


def imports(path: Path) -> set[str]:
    """The modules that a module imports when it is loaded, or later."""
    tree = ast.parse(path.read_text("utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return named | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def known(folder: str, others: tuple[str, ...]) -> set[tuple[str, str]]:
    """The imports of one of the others, by the file that has them."""
    files = list((ROOT / folder).rglob("*.py"))
    assert len(files) > 1
    inside = tuple(f"{one}." for one in others)
    return {(path.name, one) for path in files for one in imports(path) if f"{one}.".startswith(inside)}


@pytest.mark.parametrize("folder", PYTHON[:-1])
def test_the_steps_of_python_clients(folder: str) -> None:
    later = tuple(f"migrate.clients.python.{one}" for one in PYTHON[PYTHON.index(folder) + 1 :])
    assert known(f"migrate/clients/python/{folder}", later) == set()


@pytest.mark.parametrize(("folder", "others"), APART, ids=[folder for folder, _ in APART])
def test_rooms_that_do_not_know_each_other(folder: str, others: tuple[str, ...]) -> None:
    assert known(folder, others) == set()
