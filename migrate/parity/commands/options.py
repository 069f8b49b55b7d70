"""The options and exit codes that the commands share."""

from __future__ import annotations

import math
import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from migrate.parity.comparison import Compared
from migrate.parity.redact import told
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


def number(value: float | None) -> float | None:
    """
    Raises:
        typer.BadParameter: NaN, which no limit of an option keeps out.
    """
    if value is not None and math.isnan(value):
        raise typer.BadParameter("this is no number")
    return value


def _sendable(key: str) -> str:
    """A key as a header can hold it; the line end of the file that it came from is left out.

    Raises:
        typer.BadParameter: it holds what no header can; the key itself is not told.
    """
    if not (key.strip().isascii() and key.strip().isprintable()):
        raise typer.BadParameter("it holds a line break or a letter that no header can hold")
    return key.strip()


Key = Annotated[
    str, typer.Option(envvar="MIGRATE_API_KEY", help="Sent as a bearer token; never recorded.", callback=_sendable)
]
Timeout = Annotated[
    float | None, typer.Option(min=1, help="Seconds that one answer may take; 300 without.", callback=number)
]
Patience = Annotated[float, typer.Option("--timeout", min=1, help="Seconds that one answer may take.", callback=number)]
Ready = Annotated[
    float | None, typer.Option(min=1, help="Seconds until an engine is healthy; 600 without.", callback=number)
]
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
            put(path, render(compared, kind))
        except OSError as error:
            failed = failed or end(TROUBLE, f"{kind} report: {path}: {error.strerror or error}")
    typer.echo(render(compared, form), nl=False)
    if failed:
        raise failed


def put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; a device or a pipe is written to as it is.

    Raises:
        OSError: it cannot be written; what was there before is there still.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    target = path.resolve()  # a link stays one
    staged = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        staged.write_bytes(data)
        if target.exists():
            staged.chmod(target.stat().st_mode & 0o777)
        staged.replace(target)
    except OSError as error:
        with suppress(OSError):
            staged.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error


def end(code: int, error: Exception | str) -> typer.Exit:
    """Tell what is wrong in one line, and the exit code to end with."""
    say(f"error: {error}")
    return typer.Exit(code)


def say(line: str) -> None:
    """Progress goes to stderr, without the secrets that a command line or an address may hold."""
    typer.echo(told(line), err=True)
