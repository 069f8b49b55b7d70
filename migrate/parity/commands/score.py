"""`migrate parity score`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import httpx
import typer

from migrate.parity.commands.choices import Asking
from migrate.parity.commands.ending import finish
from migrate.parity.commands.options import FormatOption, Inconclusive, Key, Patience, Reports, deliver, files, say
from migrate.parity.commands.record import headers_of, up
from migrate.parity.comparison import Compared, own_noise
from migrate.parity.evidence import Thresholds
from migrate.parity.exchange import Engine, Reply, Request
from migrate.parity.launchers import Launcher
from migrate.parity.launchers.named import launcher_of
from migrate.parity.probes import RUN as PROBES
from migrate.parity.record import identify
from migrate.parity.recording import Recording
from migrate.parity.reports import Format
from migrate.parity.score import Scored
from migrate.parity.score import score as score_engine
from migrate.parity.sending import send
from migrate.parity.stages.scored import scored
from migrate.parity.verdict import conclude


def score(
    recording: Annotated[Path, typer.Argument(help="The recording whose answers are scored.")],
    engine: Annotated[str, typer.Argument(help="The engine that scores them, vLLM or SGLang, as `run` names it.")],
    api_key: Key = "",
    timeout: Patience = 300,
    format: FormatOption = Format.TEXT,  # noqa: A002
    report: Reports = None,
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Hold the recorded tokens before another engine: how many would it not have chosen, and by how much?

    Ends with 0 within the thresholds, 1 beyond them or inconclusive, 2 where the engine takes no token ids (TGI), 3
    where the recording cannot be read, 4 where no engine answers, 130 when interrupted.
    """
    wanted = files(report)
    recorded = Recording.open(recording)
    noise = own_noise(recorded)  # before an engine is started: the whole recording can be read
    by, answers = finish(_started(launcher_of(engine), recorded, Asking(api_key=api_key, timeout=timeout)))
    verdict = conclude([scored(answers, noise, Thresholds())])
    compared = Compared(recorded.engine, by, verdict, len(answers), allow_inconclusive=allow_inconclusive)
    deliver(compared, format, wanted)
    raise typer.Exit(compared.exit_code)


async def _started(launcher: Launcher, recording: Recording, asking: Asking) -> tuple[Engine, list[Scored]]:
    with tempfile.TemporaryDirectory() as scratch:
        async with up(launcher, Path(scratch) / "engine.log", asking) as url:
            return await score_at(url, recording, asking)


async def score_at(url: str, recording: Recording, asking: Asking) -> tuple[Engine, list[Scored]]:
    """Have the engine at a URL score what was recorded; probes are no answers.

    Raises:
        CannotScore: the engine takes no token ids.
        NoEngine: nothing there answers as an engine does.
    """
    async with httpx.AsyncClient(base_url=url, headers=headers_of(asking), timeout=asking.timeout) as client:
        engine, _ = await identify(client)

        async def ask(request: Request) -> Reply:
            return await send(client, request, within_s=asking.timeout)

        answers = (one for one in recording if one.run != PROBES)
        return engine, await score_engine(ask, engine, answers, say)
