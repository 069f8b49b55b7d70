"""`migrate parity record`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import httpx
import typer

from migrate.parity.asking import Protocol
from migrate.parity.commands.choices import Asking, Given
from migrate.parity.commands.ending import finish, told
from migrate.parity.commands.options import Config, Key, Probes, Prompts, Ready, Timeout, end, say
from migrate.parity.launchers import EngineTrouble, Launcher
from migrate.parity.launchers.logs import tail
from migrate.parity.launchers.named import launcher_of
from migrate.parity.launchers.recorded import Recorded
from migrate.parity.probes import RUN as PROBES
from migrate.parity.probes import probes as probes_of
from migrate.parity.probing import context, record_probes
from migrate.parity.record import NoEngine, identify, record_engine
from migrate.parity.recording import Writer, recordable
from migrate.parity.redact import Redactor, secrets_of


def record(
    engine: Annotated[str, typer.Argument(help="A URL such as http://localhost:8080, or an engine to start.")],
    recording: Annotated[Path, typer.Argument(help="The file to record to; one that exists is continued.")],
    prompts: Prompts = None,
    probes: Probes = None,
    config: Config = None,
    api_key: Key = "",
    timeout: Timeout = None,
    ready_within: Ready = None,
    protocol: Annotated[
        Protocol | None, typer.Option(help="Ask by these routes, where the engine has them; seen without.")
    ] = None,
) -> None:
    """Ask an engine every prompt three times and record what it answers.

    Ends with 0 when all was answered, 1 when some requests got no whole answer or a 500, 2 for unusable prompts,
    settings or engines, 3 where the file is a recording of something else, 4 where no engine answers or the disk is
    full, 130 when interrupted.
    """
    with told(f"{recording} has what was recorded, the same command goes on"):
        given = Given.of(config).asking(prompts, api_key, timeout, ready_within, probes)
        asking = replace(given, protocol=protocol)
        failed = finish(record_started(launcher_of(engine), recording, asking))
    if failed:
        raise end(1, f"{failed} {NOT_ANSWERED}")


NOT_ANSWERED = "requests got no whole answer, or an error of the engine itself"


async def record_started(launcher: Launcher, recording: Path, asking: Asking) -> int:
    """Start an engine, record it, stop it; how many requests got no whole answer.

    Raises:
        EngineTrouble: it does not start, or ends while it is asked.
        RecordingError: the file is a recording of something else.
        OSError: the recording cannot be written.
    """
    recordable(recording)
    async with up(launcher, recording.with_suffix(".log"), asking) as url:
        return await record_url(url, recording, asking, launcher)


@asynccontextmanager
async def up(launcher: Launcher, log: Path, asking: Asking) -> AsyncIterator[str]:
    """The URL of a started engine; where it goes away inside the block, the end of its log is told.

    Raises:
        EngineTrouble: it does not start, or goes away.
    """
    async with launcher.start(log, asking.ready_within, say) as url:
        try:
            yield url
        except NoEngine as error:
            said = tail(log) if launcher.words else ""
            raise EngineTrouble("; ".join(filter(None, [str(error).rstrip("."), said]))) from error


def headers_of(asking: Asking) -> dict[str, str]:
    """What every request carries."""
    return {"authorization": f"Bearer {asking.api_key}"} if asking.api_key else {}


async def record_url(url: str, recording: Path, asking: Asking, launcher: Launcher) -> int:
    """Record the engine that was started at a URL; how many requests got no whole answer.

    Raises:
        NoEngine: nothing there answers as an engine does, or not any more.
        RecordingError: the file is a recording of something else.
        OSError: the recording cannot be written.
    """
    async with httpx.AsyncClient(base_url=url, headers=headers_of(asking), timeout=asking.timeout) as client:
        engine, protocol = await identify(client, asking.protocol)
        try:
            known = secrets_of(launcher.words, getattr(launcher, "environment", None))
            redactor = Redactor((asking.api_key, *known))
            with Writer(recording, replace(engine, arguments=launcher.words), redactor) as writer:
                failed = await record_engine(
                    client,
                    writer,
                    asking.prompts,
                    protocol,
                    say,
                    asking.passes,
                    within_s=asking.timeout,
                    budget=asking.budget,
                )
                if asking.probes and _takes_probes(launcher):
                    wanted = probes_of(await context(client), overload=asking.overload)
                    await record_probes(client, writer, wanted, protocol, say, asking.timeout)
                return failed
        except OSError as error:
            if isinstance(error, NoEngine) or error.filename:
                raise
            raise OSError(error.errno, error.strerror, str(recording)) from error


def _takes_probes(launcher: Launcher) -> bool:
    """A recording without probes has no answer to them."""
    return not isinstance(launcher, Recorded) or PROBES in launcher.recording.runs()
