"""`migrate parity compare`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.parity.accepted import NOTHING, Accepted, load
from migrate.parity.commands.choices import Given
from migrate.parity.commands.ending import finish, told
from migrate.parity.commands.options import (
    USAGE,
    AcceptedFile,
    Config,
    FormatOption,
    Inconclusive,
    Key,
    Ready,
    Reports,
    Timeout,
    deliver,
    files,
    say,
)
from migrate.parity.commands.record import record_started
from migrate.parity.comparison import Compared, compare_engines
from migrate.parity.launchers.named import launcher_of
from migrate.parity.probes import RUN as PROBES
from migrate.parity.prompts.recorded import recorded
from migrate.parity.recording import Recording, RecordingError
from migrate.parity.reports import Format
from migrate.parity.verdict import conclude

if TYPE_CHECKING:
    from migrate.parity.commands.both import Ran


def compare(
    first: Annotated[Path, typer.Argument(help="The recording of the engine in use.")],
    second: Annotated[str, typer.Argument(help="The recording of the engine to move to, or that engine itself.")],
    format: FormatOption = Format.TEXT,  # noqa: A002
    report: Reports = None,
    accepted: AcceptedFile = None,
    keep: Annotated[Path | None, typer.Option(help="Where the recording of a live engine is kept.")] = None,
    config: Config = None,
    api_key: Key = "",
    timeout: Timeout = None,
    ready_within: Ready = None,
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Hold two recordings against each other, or a recording against a live engine that is asked the same.

    Ends with 0 within the thresholds, 1 beyond them or inconclusive, 2 for unusable settings or accepted differences,
    3 where a recording cannot be read, 4 where the engine does not answer or a report cannot be written, 130 when
    interrupted.
    """
    wanted = files(report)
    with told():
        given = Given.of(config)
        other = Path(second)
        live = not other.exists() and _names_engine(second)
        with _kept(keep) if live else nullcontext(other) as other:
            if live:
                asking = given.asking(None, api_key, timeout, ready_within)
                source = Recording.open(first)
                same = replace(asking, prompts=recorded(source), probes=PROBES in source.runs()).like(source.engine)
                finish(record_started(launcher_of(second), other, same))
            tell(first, other, given, Wish(format, wanted, accepted, allow_inconclusive))


@contextmanager
def _kept(keep: Path | None) -> Iterator[Path]:
    """Where a live engine is recorded: `keep`, else a place that goes away once the verdict is told. Where it is never
    told, what was recorded stays there."""
    if keep is not None:
        yield keep
        return
    folder = Path(tempfile.mkdtemp(prefix="migrate-parity-"))
    file, done = folder / "second.jsonl", False
    try:
        yield file
    except typer.Exit as ended:
        done = ended.exit_code < USAGE
        raise
    finally:
        if done or not _holds_answers(file):
            shutil.rmtree(folder)
        else:
            say(f"{file} has what was recorded: --keep {file} goes on with it")


def _holds_answers(file: Path) -> bool:
    """Nothing was recorded where not even the first line was written whole."""
    try:
        return file.exists() and next(iter(Recording.open(file)), None) is not None
    except RecordingError:
        return False


def _names_engine(text: str) -> bool:
    """Whether a text is more than the name of a file that is not there."""
    return "{port}" in text or ":" in text or " " in text


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line wants of a verdict, besides the settings."""

    shape: Format
    reports: list[tuple[Format, Path]]
    accepted: Path | None
    allow_inconclusive: bool


def tell(first: Path, second: Path, given: Given, wish: Wish, ran: Ran | None = None, launched: str = "") -> None:
    """Write the verdict over two recordings and over what was measured, and the reports that are asked for;
    `launched` is where a repository starts the second engine.

    Raises:
        typer.Exit: with the verdict's code, or that of a recording or a file that is no use.
    """
    settings = given.settings
    with told():
        file = wish.accepted or (given.base / settings.accepted if settings.accepted else None)
        accepted = load(file) if file else NOTHING
        one, other = Recording.open(first), Recording.open(second)
        places = (first.as_posix(), second.as_posix())
        compared = compare_engines((one.engine, one), (other.engine, other), settings.thresholds, accepted, places)
        if ran is not None:
            compared = _with(compared, ran, accepted)
        allowed = wish.allow_inconclusive or settings.allow_inconclusive
        compared = replace(compared, allow_inconclusive=allowed, launched=launched)
    configured = [(Format(name), given.base / path) for name, path in settings.reports.files().items()]
    deliver(compared, wish.shape, [*configured, *wish.reports])
    raise typer.Exit(compared.exit_code)


def _with(compared: Compared, ran: Ran, accepted: Accepted) -> Compared:
    """The verdict with what was judged while the engines were up."""
    more = ran.stages
    if ran.latency is not None:
        from migrate.parity.latency.stage import latency_stage

        more = (*more, latency_stage(ran.latency))
    verdict = conclude((*compared.verdict.stages, *(accepted.settle(stage) for stage in more)))
    return replace(compared, verdict=verdict, latency=ran.latency, notes=accepted.notes(verdict.stages))
