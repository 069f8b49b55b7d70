"""`migrate rules`: the list, one rule explained, and the examples of a folder of rules run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrate.cli import console
from migrate.output.text import number
from migrate.problems import UsageProblem


def rules(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID | test [DIR]]", help="A rule to explain; or `test`, with a folder of rules."),
    ] = None,
) -> None:
    """List the rules, explain one, or test a folder of rules by their own examples."""
    from migrate.rulebook import RulesInvalid

    try:
        raise typer.Exit(_answer(words or []))
    except RulesInvalid as error:
        raise UsageProblem(f"these rules cannot be used:\n{error}") from error


def _answer(words: list[str]) -> int:
    if words[:1] == ["test"] and len(words) <= 2:
        return _test(Path(words[1]) if len(words) == 2 else None)
    if len(words) > 1:
        raise UsageProblem("give one rule id, or `test` with a folder")
    return _explain(words[0]) if words else _list()


def _list() -> int:
    from migrate.rulebook import load
    from migrate.rulebook.explain import overview

    entries = list(overview(load()))
    width = max(len(name) for name, _ in entries)
    console.show("".join(f"{name:<{width}}  {summary}\n" for name, summary in entries))
    return 0


def _explain(name: str) -> int:
    """Raises UsageProblem: there is no such rule; the message names the nearest ones."""
    from difflib import get_close_matches

    from migrate.rulebook import load
    from migrate.rulebook.explain import explain

    book = load()
    if name not in book.rules:
        near = get_close_matches(name, book.rules, n=3, cutoff=0.5)
        raise UsageProblem(f"there is no rule {name}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    console.show(explain(book.rules[name], book.places[name]) + "\n")
    return 0


def _test(folder: Path | None) -> int:
    """1 where an example fails, 0 where all hold."""
    from migrate.rulebook.explain import failing_examples

    if folder is not None and not folder.is_dir():
        raise UsageProblem(f"{folder} is not a folder")
    failures = failing_examples(folder)
    console.show("".join(f"{failure}\n" for failure in failures))
    console.note(f"{number(len(failures), 'example')} failed" if failures else "every example holds")
    return 1 if failures else 0
