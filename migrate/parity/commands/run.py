"""`migrate parity run`."""

from __future__ import annotations

from typing import Annotated

import typer

from migrate.parity.commands import both
from migrate.parity.commands.both import Side, Wanted, make_room
from migrate.parity.commands.choices import Given
from migrate.parity.commands.compare import Wish, tell
from migrate.parity.commands.ending import finish, told
from migrate.parity.commands.options import (
    AcceptedFile,
    Config,
    Folder,
    FormatOption,
    Inconclusive,
    Key,
    Probes,
    Prompts,
    Ready,
    Reports,
    Timeout,
    files,
    say,
)
from migrate.parity.commands.record import NOT_ANSWERED
from migrate.parity.launchers.named import place_of
from migrate.parity.reports import Format


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
    probes: Probes = None,
    together: Annotated[
        bool | None, typer.Option("--together/--one-at-a-time", help="Both engines up at once: needs room for both.")
    ] = None,
    api_key: Key = "",
    timeout: Timeout = None,
    ready_within: Ready = None,
    score: Annotated[
        bool | None, typer.Option("--score/--no-score", help="Let the second engine score the first one's tokens.")
    ] = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    report: Reports = None,
    accepted: AcceptedFile = None,
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Record one engine, stop it, record the other, compare: one GPU is enough.

    Engines, prompts and all else may stand in parity.yaml. Ends as `compare` does, with 2 for unusable prompts,
    settings or engines, 4 where an engine does not start or goes away, and 130 when interrupted; then no process and
    no container stays behind and what was recorded is kept.
    """
    wish = Wish(format, files(report), accepted, allow_inconclusive)
    with told("what was recorded is kept, the same command goes on"):
        given = Given.of(config)
        engines = given.engines(first, second, service)
        asking = given.asking(prompts, api_key, timeout, ready_within, probes)
        place = given.folder(folder)
        sides = (Side(engines[0], place / "first.jsonl"), Side(engines[1], place / "second.jsonl"))
        make_room(sides, asking)
        at_once = given.settings.together if together is None else together
        scores = given.settings.score if score is None else score
        plan = given.plan(asking.timeout) if given.settings.load else None
        wanted = Wanted(asking, plan, scores, given.settings.thresholds)
        ran = finish((both.together if at_once else both.in_turn)(sides, wanted))
        if ran.failed:
            say(f"{ran.failed} {NOT_ANSWERED}")
    tell(sides[0].file, sides[1].file, given, wish, ran, place_of(engines[1]))
