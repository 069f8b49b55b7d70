"""The options and exit codes that the commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrate.parity.comparison import Compared
from migrate.parity.reports import Format, render

USAGE, UNREADABLE, TROUBLE, INTERRUPTED = 2, 3, 4, 130

FormatOption = Annotated[Format, typer.Option("--format", help="What goes to standard output.")]
Reports = Annotated[
    list[str] | None,
    typer.Option("--report", metavar="FORMAT=FILE", help="Write a report to a file as well (repeatable)."),
]
AcceptedFile = Annotated[
    Path | None,
    typer.Option("--accepted", metavar="FILE", help="Differences that are accepted, with reason and expiry."),
]
Inconclusive = Annotated[
    bool, typer.Option("--allow-inconclusive", help="End with 0 where the prompts are too few to tell.")
]
Prompts = Annotated[
    Path | None, typer.Option(help="JSON Lines, CSV, an OpenAI batch, HAR, an access log; the built-in suite without.")
]
Probes = Annotated[
    bool | None, typer.Option("--probes/--no-probes", help="Ask what is meant to fail as well; with probes without.")
]
Key = Annotated[str, typer.Option(envvar="MIGRATE_API_KEY", help="Sent as a bearer token; never recorded.")]
Timeout = Annotated[float | None, typer.Option(min=1, help="Seconds that one answer may take; 300 without.")]
Patience = Annotated[float, typer.Option("--timeout", min=1, help="Seconds that one answer may take.")]
Ready = Annotated[float | None, typer.Option(min=1, help="Seconds until an engine is healthy; 600 without.")]
Folder = Annotated[
    Path | None, typer.Option(help="Where recordings and logs go; what is recorded there is kept. parity/ without.")
]
Config = Annotated[
    Path | None, typer.Option(help="The settings; parity.yaml of this folder without. Options go before it.")
]


def files(reports: list[str] | None) -> list[tuple[Format, Path]]:
    """The files that `--report` asks for.

    Raises:
        typer.Exit: with 2 where one is not FORMAT=FILE.
    """
    found = []
    for one in reports or ():
        name, _, path = one.partition("=")
        if name not in list(Format) or not path:
            known = ", ".join(Format)
            raise end(USAGE, f"--report {one}: give it as FORMAT=FILE; the formats are {known}")
        found.append((Format(name), Path(path)))
    return found


def deliver(compared: Compared, form: Format, reports: list[tuple[Format, Path]]) -> None:
    """Write the files, then the report on standard output.

    Raises:
        typer.Exit: with 4 where a file cannot be written; the report on standard output is complete all the same.
    """
    failed = None
    for kind, path in reports:
        try:
            path.write_bytes(render(compared, kind))
        except OSError as error:
            failed = failed or end(TROUBLE, f"{kind} report: {path}: {error.strerror or error}")
    typer.echo(render(compared, form), nl=False)
    if failed:
        raise failed


def end(code: int, error: Exception | str) -> typer.Exit:
    """Tell what is wrong in one line, and the exit code to end with."""
    typer.echo(f"error: {error}", err=True)
    return typer.Exit(code)


def say(line: str) -> None:
    """Progress goes to stderr."""
    typer.echo(line, err=True)
