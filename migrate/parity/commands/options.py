"""The options and exit codes that the commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrate.parity.reports import Format

USAGE, UNREADABLE, TROUBLE, INTERRUPTED = 2, 3, 4, 130

FormatOption = Annotated[Format, typer.Option("--format", help="How the report is written.")]
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


def end(code: int, error: Exception | str) -> typer.Exit:
    """Tell what is wrong in one line, and the exit code to end with."""
    typer.echo(f"error: {error}", err=True)
    return typer.Exit(code)


def say(line: str) -> None:
    """Progress goes to stderr."""
    typer.echo(line, err=True)
