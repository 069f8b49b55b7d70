"""`migrate parity run`."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from migrate.parity.commands.compare import compare
from migrate.parity.commands.options import (
    INTERRUPTED,
    TROUBLE,
    UNREADABLE,
    USAGE,
    AcceptedFile,
    FormatOption,
    Inconclusive,
    Key,
    Prompts,
    Reports,
    Timeout,
    end,
    say,
)
from migrate.parity.commands.record import record_url
from migrate.parity.launchers.process import running
from migrate.parity.prompts import SUITE, Prompt, PromptError, load
from migrate.parity.recording import RecordingError
from migrate.parity.reports import Format


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
    format: FormatOption = Format.TEXT,  # noqa: A002
    report: Reports = None,
    accepted: AcceptedFile = None,
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
        raise end(USAGE, error) from error
    except RecordingError as error:
        raise end(UNREADABLE, error) from error
    except OSError as error:
        raise end(TROUBLE, error) from error
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        raise typer.Exit(INTERRUPTED) from error
    compare(one, other, format=format, report=report, accepted=accepted, allow_inconclusive=allow_inconclusive)


async def _record_started(
    engine: str, recording: Path, prompts: tuple[Prompt, ...], api_key: str, patience: float, ready_within: float
) -> None:
    """Record an engine that is there, or one that is started for it; SIGTERM ends that as Ctrl-C does."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    if engine.startswith(("http://", "https://")):
        await record_url(engine, recording, prompts, api_key, patience)
        return
    async with running(engine, recording.with_suffix(".log"), ready_within, say) as url:
        await record_url(url, recording, prompts, api_key, patience)
