"""`migrate rules`: the list, one rule explained, and the examples of a folder of rules run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrate.cli import console
from migrate.cli.running import usable_rules
from migrate.output.text import number
from migrate.problems import UsageProblem


def rules(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID | test [DIR]]", help="A rule to explain; or `test`, with a folder of rules."),
    ] = None,
) -> None:
    """List the rules, explain one, or test a folder of rules by their own examples."""
    with usable_rules():
        raise typer.Exit(_answer(words or []))


def _answer(words: list[str]) -> int:
    if words[:1] == ["test"] and len(words) <= 2:
        return _test(Path(words[1]) if len(words) == 2 else None)
    if len(words) > 1:
        raise UsageProblem("give one rule id, or `test` with a folder")
    return _explain(words[0]) if words else _list()


def _list() -> int:
    from migrate.rulebook.names import summaries

    entries = summaries()
    width = max(map(len, entries))
    console.show("".join(f"{name:<{width}}  {summary}\n" for name, summary in entries.items()))
    return 0


def _explain(name: str) -> int:
    """Raises UsageProblem: there is no such rule; the message names the nearest ones."""
    from migrate.rulebook import load
    from migrate.rulebook.explain import explain, explain_client
    from migrate.rulebook.names import nearest, summaries

    book, known = load(), summaries()
    if name in book.rules:
        console.show(explain(book.rules[name], book.places[name]) + "\n")
    elif name in book.clients:
        console.show(explain_client(book.clients[name], book.places[name]) + "\n")
    elif name in known:
        console.show(f"{name}\n  {known[name]}\n\nreported by the program itself\n")
    else:
        raise UsageProblem(f"there is no rule {name}{nearest(name, known)}")
    return 0


def _test(folder: Path | None) -> int:
    """1 where an example fails, 0 where all hold."""
    from migrate.rulebook.trial import failing_examples

    if folder is not None and not folder.is_dir():
        raise UsageProblem(f"{folder} is not a folder")
    failures = failing_examples(folder)
    console.show("".join(f"{failure}\n" for failure in failures))
    console.note(f"{number(len(failures), 'example')} failed" if failures else "every example holds")
    return 1 if failures else 0
