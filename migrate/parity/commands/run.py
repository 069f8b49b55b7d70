"""`migrate parity run`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.parity.commands.choices import Asking, Given
from migrate.parity.commands.compare import report
from migrate.parity.commands.ending import finish, told
from migrate.parity.commands.options import (
    Config,
    Folder,
    FormatOption,
    Inconclusive,
    Key,
    Prompts,
    Ready,
    Timeout,
    say,
)
from migrate.parity.commands.record import NOT_ANSWERED, record_url, up
from migrate.parity.launchers import Launcher
from migrate.parity.record import complete
from migrate.parity.recording import Recording
from migrate.parity.redact import Redactor
from migrate.parity.reports import Format

if TYPE_CHECKING:
    from migrate.parity.latency.plan import Plan
    from migrate.parity.latency.samples import Latency
    from migrate.parity.latency.summary import Loaded


def run(
    first: Annotated[str | None, typer.Argument(help="The engine in use; docs/parity.md lists how to name it.")] = None,
    second: Annotated[str | None, typer.Argument(help="The engine to move to, likewise.")] = None,
    service: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE:SERVICE", help="A compose service as it is, and as apply would write it."),
    ] = None,
    config: Config = None,
    folder: Folder = None,
    prompts: Prompts = None,
    together: Annotated[
        bool | None, typer.Option("--together/--one-at-a-time", help="Both engines up at once: needs room for both.")
    ] = None,
    api_key: Key = "",
    timeout: Timeout = None,
    ready_within: Ready = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Record one engine, stop it, record the other, compare: one GPU is enough.

    Engines, prompts and all else may stand in parity.yaml. Ends as `compare` does, with 2 for unusable prompts,
    settings or engines, 4 where an engine does not start or goes away, and 130 when interrupted; then no process and
    no container stays behind and what was recorded is kept.
    """
    with told("what was recorded is kept, the same command goes on"):
        given = Given.of(config)
        engines = given.engines(first, second, service)
        asking = given.asking(prompts, api_key, timeout, ready_within)
        place = given.folder(folder)
        recordings = place / "first.jsonl", place / "second.jsonl"
        _make_room(recordings, engines, asking)
        at_once = given.settings.together if together is None else together
        ran = finish((_together if at_once else _in_turn)(engines, recordings, asking, given.plan(asking.timeout)))
        if ran.failed:
            say(f"{ran.failed} {NOT_ANSWERED}")
    report(*recordings, given, format, None, allow_inconclusive, ran.latency)


@dataclass(frozen=True, slots=True)
class Ran:
    """How many requests got no whole answer, and what both engines took under load."""

    failed: int
    latency: Latency | None = None


Both = tuple[Launcher, Launcher]
Files = tuple[Path, Path]


def _make_room(recordings: Files, engines: Both, asking: Asking) -> None:
    """A run that was cut short goes on. One that was finished, or an engine that is started in another way, is
    recorded anew: the old recording stays beside the new one.

    Raises:
        RecordingError: a file that is no recording is in the way.
    """
    there = [Recording.open(path) if path.exists() else None for path in recordings]
    finished = all(one and _complete(one, asking) for one in there)
    for path, one, engine in zip(recordings, there, engines, strict=True):
        if one and (finished or one.engine.arguments != Redactor((asking.api_key,)).arguments(engine.words)):
            path.replace(path.with_suffix(".previous.jsonl"))


def _complete(recording: Recording, asking: Asking) -> bool:
    done = {exchange.key for exchange in recording if not exchange.reply.failure}
    return complete(asking.prompts, asking.passes, done)


async def _in_turn(engines: Both, recordings: Files, asking: Asking, plan: Plan | None) -> Ran:
    """One engine at a time."""
    failed = 0
    loaded: list[Loaded] = []
    for engine, recording in zip(engines, recordings, strict=True):
        async with up(engine, recording.with_suffix(".log"), asking) as url:
            failed += await record_url(url, recording, asking, engine.words)
            loaded += await _load([url], asking, plan)
    if plan is None:
        return Ran(failed)
    from migrate.parity.latency.measuring import measure_apart

    first, second = loaded
    return Ran(failed, await measure_apart(first, second, plan, say))


async def _together(engines: Both, recordings: Files, asking: Asking, plan: Plan | None) -> Ran:
    """Both engines up at once, asked one after the other, and put under load in turns."""
    first, second = (up(one, file.with_suffix(".log"), asking) for one, file in zip(engines, recordings, strict=True))
    async with first as one, second as other:
        failed = await record_url(one, recordings[0], asking, engines[0].words)
        failed += await record_url(other, recordings[1], asking, engines[1].words)
        if plan is None:
            return Ran(failed)
        from migrate.parity.latency.measuring import measure_both

        return Ran(failed, await measure_both(one, other, asking.prompts, plan, say, asking.api_key))


async def _load(urls: list[str], asking: Asking, plan: Plan | None) -> list[Loaded]:
    if plan is None:
        return []
    from migrate.parity.latency.measuring import load

    return await load(urls, asking.prompts, plan, say, asking.api_key)
