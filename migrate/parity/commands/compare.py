"""`migrate parity compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrate.parity.commands.options import UNREADABLE, FormatOption, Inconclusive, end
from migrate.parity.comparison import compare_engines
from migrate.parity.recording import Recording, RecordingError
from migrate.parity.reports import WRITERS, Format


def compare(
    first: Annotated[Path, typer.Argument(help="The recording of the engine in use.")],
    second: Annotated[Path, typer.Argument(help="The recording of the engine to move to.")],
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Annotated[Path | None, typer.Option(help="The file to write it to; standard output without.")] = None,
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Hold two recordings against each other.

    Ends with 0 within the thresholds, 1 beyond them or inconclusive, 3 where a recording cannot be read.
    """
    try:
        one, other = Recording.open(first), Recording.open(second)
        compared = compare_engines((one.engine, one), (other.engine, other))
    except RecordingError as error:
        raise end(UNREADABLE, error) from error
    report = WRITERS[format](compared)
    if output is None:
        typer.echo(report, nl=False)
    else:
        output.write_text(report, encoding="utf-8")
        typer.echo(compared.verdict.line, err=True)
    raise typer.Exit(compared.verdict.exit_code(allow_inconclusive))
