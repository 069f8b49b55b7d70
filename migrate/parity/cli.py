"""`migrate parity`: the commands."""

from __future__ import annotations

import asyncio
import signal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import httpx
import typer

from migrate.parity.comparison import compare_engines
from migrate.parity.process import running
from migrate.parity.prompts import SUITE, Prompt, PromptError, load
from migrate.parity.record import identify, record_engine
from migrate.parity.recording import Recording, RecordingError, Writer
from migrate.parity.redact import Redactor
from migrate.parity.replay import Replay, serve
from migrate.parity.report import markdown, text, to_json

parity = typer.Typer(
    no_args_is_help=True,
    help="Both engines, the same prompts: whether the move is safe.",
    pretty_exceptions_enable=False,
)

USAGE, UNREADABLE, TROUBLE, INTERRUPTED = 2, 3, 4, 130


class Format(StrEnum):
    """What a report is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


_WRITERS = {Format.TEXT: text, Format.MARKDOWN: markdown, Format.JSON: to_json}


Inconclusive = Annotated[
    bool, typer.Option("--allow-inconclusive", help="End with 0 where the prompts are too few to tell.")
]


@parity.command()
def compare(
    first: Annotated[Path, typer.Argument(help="The recording of the engine in use.")],
    second: Annotated[Path, typer.Argument(help="The recording of the engine to move to.")],
    format: Annotated[Format, typer.Option(help="How the report is written.")] = Format.TEXT,  # noqa: A002
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
        raise _end(UNREADABLE, error) from error
    report = _WRITERS[format](compared)
    if output is None:
        typer.echo(report, nl=False)
    else:
        output.write_text(report, encoding="utf-8")
        typer.echo(compared.verdict.line, err=True)
    raise typer.Exit(compared.verdict.exit_code(allow_inconclusive))


Url = Annotated[str, typer.Argument(help="Where the engine listens, such as http://localhost:8080.")]
Prompts = Annotated[Path | None, typer.Option(help="A JSON Lines file of prompts; the built-in suite without.")]
Key = Annotated[str, typer.Option(envvar="MIGRATE_API_KEY", help="Sent as a bearer token; never recorded.")]
Timeout = Annotated[float, typer.Option(min=1, help="Seconds that one answer may take.")]


@parity.command()
def record(
    url: Url,
    recording: Annotated[Path, typer.Argument(help="The file to record to; one that exists is continued.")],
    prompts: Prompts = None,
    api_key: Key = "",
    timeout: Timeout = 300,
) -> None:
    """Ask an engine every prompt three times and record what it answers.

    Ends with 0 when all was answered, 1 when some requests got no whole answer, 2 for unusable prompts, 3 where the
    file is a recording of something else, 4 where no engine answers or the disk is full, 130 when interrupted.
    """
    try:
        chosen = SUITE if prompts is None else load(prompts)
        failed = asyncio.run(_record(url, recording, chosen, api_key, timeout))
    except PromptError as error:
        raise _end(USAGE, error) from error
    except RecordingError as error:
        raise _end(UNREADABLE, error) from error
    except OSError as error:
        raise _end(TROUBLE, error) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error
    if failed:
        raise _end(1, ValueError(f"{failed} requests got no whole answer"))


def _end(code: int, error: Exception) -> typer.Exit:
    typer.echo(f"error: {error}", err=True)
    return typer.Exit(code)


async def _record(url: str, recording: Path, prompts: tuple[Prompt, ...], api_key: str, patience: float) -> int:
    headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=patience) as client:
        engine, protocol = await identify(client)
        with Writer(recording, engine, Redactor((api_key,))) as writer:
            return await record_engine(client, writer, prompts, protocol, _say)


@parity.command()
def run(
    first: Annotated[str, typer.Argument(help="The engine in use: a URL, or a command with {port} in it.")],
    second: Annotated[str, typer.Argument(help="The engine to move to, likewise.")],
    folder: Annotated[Path, typer.Option(help="Where recordings and logs go; what is recorded there is kept.")] = Path(
        "parity"
    ),
    prompts: Prompts = None,
    api_key: Key = "",
    timeout: Timeout = 300,
    ready_within: Annotated[float, typer.Option(min=1, help="Seconds that a command may take to be healthy.")] = 600,
    format: Annotated[Format, typer.Option(help="How the report is written.")] = Format.TEXT,  # noqa: A002
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Record one engine, stop it, record the other, compare: one GPU is enough.

    Ends as `compare` does, with 2 for unusable prompts, 4 where an engine does not start and 130 when interrupted; then
    no process stays behind and what was recorded is kept.
    """
    one, other = folder / "first.jsonl", folder / "second.jsonl"
    try:
        chosen = SUITE if prompts is None else load(prompts)
        folder.mkdir(parents=True, exist_ok=True)
        for recording, engine in ((one, first), (other, second)):
            asyncio.run(_record_started(engine, recording, chosen, api_key, timeout, ready_within))
    except PromptError as error:
        raise _end(USAGE, error) from error
    except RecordingError as error:
        raise _end(UNREADABLE, error) from error
    except OSError as error:
        raise _end(TROUBLE, error) from error
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        raise typer.Exit(INTERRUPTED) from error
    compare(one, other, format=format, output=None, allow_inconclusive=allow_inconclusive)


async def _record_started(
    engine: str, recording: Path, prompts: tuple[Prompt, ...], api_key: str, patience: float, ready_within: float
) -> None:
    """Record an engine that is there, or one that is started for it; SIGTERM ends that as Ctrl-C does."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    if engine.startswith(("http://", "https://")):
        await _record(engine, recording, prompts, api_key, patience)
        return
    async with running(engine, recording.with_suffix(".log"), ready_within, _say) as url:
        await _record(url, recording, prompts, api_key, patience)


def _say(line: str) -> None:
    typer.echo(line, err=True)


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
        raise _end(UNREADABLE, error) from error
    try:
        asyncio.run(_serve(answers, host, port))
    except OSError as error:
        raise _end(TROUBLE, error) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error


async def _serve(answers: Replay, host: str, port: int) -> None:
    server = await serve(answers, host, port)
    async with server:
        typer.echo(f"listening on http://{host}:{server.sockets[0].getsockname()[1]}", err=True)
        await server.serve_forever()
