"""`migrate parity`: the commands."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from migrate.parity.comparison import compare_engines
from migrate.parity.recording import Recording, RecordingError
from migrate.parity.replay import Replay, serve
from migrate.parity.report import markdown, text, to_json

parity = typer.Typer(
    no_args_is_help=True,
    help="Both engines, the same prompts: whether the move is safe.",
    pretty_exceptions_enable=False,
)

UNREADABLE, TROUBLE, INTERRUPTED = 3, 4, 130


class Format(StrEnum):
    """What a report is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


_WRITERS = {Format.TEXT: text, Format.MARKDOWN: markdown, Format.JSON: to_json}


@parity.command()
def compare(
    first: Annotated[Path, typer.Argument(help="The recording of the engine in use.")],
    second: Annotated[Path, typer.Argument(help="The recording of the engine to move to.")],
    format: Annotated[Format, typer.Option(help="How the report is written.")] = Format.TEXT,  # noqa: A002
    output: Annotated[Path | None, typer.Option(help="The file to write it to; standard output without.")] = None,
    allow_inconclusive: Annotated[
        bool, typer.Option("--allow-inconclusive", help="End with 0 where the prompts are too few to tell.")
    ] = False,
) -> None:
    """Hold two recordings against each other.

    Ends with 0 within the thresholds, 1 beyond them or inconclusive, 3 where a recording cannot be read.
    """
    try:
        one, other = Recording.open(first), Recording.open(second)
        compared = compare_engines((one.engine, one), (other.engine, other))
    except RecordingError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(UNREADABLE) from error
    report = _WRITERS[format](compared)
    if output is None:
        typer.echo(report, nl=False)
    else:
        output.write_text(report, encoding="utf-8")
        typer.echo(compared.verdict.line, err=True)
    raise typer.Exit(compared.verdict.exit_code(allow_inconclusive))


@parity.command()
def replay(
    recording: Annotated[Path, typer.Argument(help="The recording to serve.")],
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")] = 8000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    speed: Annotated[float, typer.Option(min=0, help="1 keeps the recorded times, 0 answers at once.")] = 1.0,
) -> None:
    """Serve a recording as the engine that it came from, until interrupted.

    Ends with 3 where the recording cannot be read, 4 where the port is taken, 130 when interrupted.
    """
    try:
        answers = Replay.of(Recording.open(recording), speed)
    except RecordingError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(UNREADABLE) from error
    try:
        asyncio.run(_serve(answers, host, port))
    except OSError as error:
        typer.echo(f"error: {host}:{port}: {error.strerror or error}", err=True)
        raise typer.Exit(TROUBLE) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error


async def _serve(answers: Replay, host: str, port: int) -> None:
    server = await serve(answers, host, port)
    async with server:
        typer.echo(f"listening on http://{host}:{server.sockets[0].getsockname()[1]}", err=True)
        await server.serve_forever()
