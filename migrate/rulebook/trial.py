"""Runs the examples of all rules, or of a folder's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from migrate.clients.examples import judge
from migrate.rulebook.client_rule import ClientRule
from migrate.rulebook.examples import Failure, run_examples
from migrate.rulebook.loader import load


def failing_examples(folder: Path | None = None) -> list[str]:
    """The failures of the program's examples, or of a folder's, one line each.

    Raises:
        RulesInvalid: a rule file has mistakes.
    """
    folders = (folder,) if folder else ()
    rulebook = load(folders)
    mine = [name for name, place in rulebook.places.items() if folder is None or place.startswith(f"{folder}/")]
    launches = [rulebook.rules[name] for name in mine if name in rulebook.rules]
    clients = [rulebook.clients[name] for name in mine if name in rulebook.clients]
    calls = (failure for rule in clients for failure in _failures(rule, folders))
    return [str(failure) for failure in (*run_examples(rulebook, launches), *calls)]


def _failures(rule: ClientRule, folders: tuple[Path, ...]) -> Iterator[Failure]:
    for number, example in enumerate(rule.examples, 1):
        for message in judge(rule, example, folders):
            yield Failure(rule.id, number, message)
