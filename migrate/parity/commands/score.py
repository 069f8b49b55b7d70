"""`migrate parity score`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import httpx
import typer

from migrate.parity.asking import Protocol
from migrate.parity.commands.options import (
    INTERRUPTED,
    TROUBLE,
    UNREADABLE,
    USAGE,
    FormatOption,
    Inconclusive,
    Key,
    Patience,
    end,
    say,
)
from migrate.parity.comparison import Compared, own_noise
from migrate.parity.evidence import Thresholds
from migrate.parity.exchange import Engine, Reply, Request
from migrate.parity.record import identify
from migrate.parity.recording import Recording, RecordingError
from migrate.parity.reports import WRITERS, Format
from migrate.parity.score import CannotScore, Scored
from migrate.parity.score import score as score_engine
from migrate.parity.sending import send
from migrate.parity.stages.scored import scored
from migrate.parity.verdict import conclude


def score(
    recording: Annotated[Path, typer.Argument(help="The recording whose answers are scored.")],
    engine: Annotated[str, typer.Argument(help="Where the engine that scores them listens: vLLM or SGLang.")],
    api_key: Key = "",
    timeout: Patience = 300,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Annotated[Path | None, typer.Option(help="The file to write it to; standard output without.")] = None,
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Hold the recorded tokens before another engine: how many would it not have chosen, and by how much?

    Ends with 0 within the thresholds, 1 beyond them or inconclusive, 2 where the engine takes no token ids (TGI), 3
    where the recording cannot be read, 4 where no engine answers, 130 when interrupted.
    """
    try:
        recorded = Recording.open(recording)
        by, answers = asyncio.run(_score(recorded, engine, api_key, timeout))
    except RecordingError as error:
        raise end(UNREADABLE, error) from error
    except CannotScore as error:
        raise end(USAGE, error) from error
    except OSError as error:
        raise end(TROUBLE, error) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error
    verdict = conclude([scored(answers, own_noise(recorded), Thresholds())])
    report = WRITERS[format](Compared(recorded.engine, by, verdict, len(answers)))
    if output is None:
        typer.echo(report, nl=False)
    else:
        output.write_text(report, encoding="utf-8")
        typer.echo(verdict.line, err=True)
    raise typer.Exit(verdict.exit_code(allow_inconclusive))


async def _score(recording: Recording, url: str, api_key: str, patience: float) -> tuple[Engine, list[Scored]]:
    headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=patience) as client:
        engine, protocol = await identify(client)
        if protocol is Protocol.TGI:
            raise CannotScore("TGI takes no token ids: record TGI and score its answers against vLLM")

        async def ask(request: Request) -> Reply:
            return await send(client, request)

        return engine, await score_engine(ask, engine, recording, say)
