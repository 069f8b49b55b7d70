"""`migrate parity compare`."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.parity.commands.choices import Given
from migrate.parity.commands.ending import finish, told
from migrate.parity.commands.options import Config, FormatOption, Inconclusive, Key, Ready, Timeout
from migrate.parity.commands.record import record_started
from migrate.parity.comparison import Compared, compare_engines
from migrate.parity.launchers.named import launcher_of
from migrate.parity.probes import RUN as PROBES
from migrate.parity.prompts.recorded import recorded
from migrate.parity.recording import Recording
from migrate.parity.reports import WRITERS, Format
from migrate.parity.settings_file import SettingsInvalid
from migrate.parity.verdict import conclude

if TYPE_CHECKING:
    from migrate.parity.commands.both import Ran


def compare(
    first: Annotated[Path, typer.Argument(help="The recording of the engine in use.")],
    second: Annotated[str, typer.Argument(help="The recording of the engine to move to, or that engine itself.")],
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Annotated[Path | None, typer.Option(help="The file to write it to; standard output without.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Where the recording of a live engine is kept.")] = None,
    config: Config = None,
    api_key: Key = "",
    timeout: Timeout = None,
    ready_within: Ready = None,
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Hold two recordings against each other, or a recording against a live engine that is asked the same.

    Ends with 0 within the thresholds, 1 beyond them or inconclusive, 2 for unusable settings, 3 where a recording
    cannot be read, 4 where the engine does not answer or the report cannot be written, 130 when interrupted.
    """
    with told(), tempfile.TemporaryDirectory() as scratch:
        given = Given.of(config)
        other = Path(second)
        if not other.exists() and _names_engine(second):
            asking = given.asking(None, api_key, timeout, ready_within)
            other = keep or Path(scratch) / "second.jsonl"
            source = Recording.open(first)
            same = replace(asking, prompts=recorded(source), probes=PROBES in source.runs())
            finish(record_started(launcher_of(second), other, same))
        tell(first, other, given, format, output, allow_inconclusive)


def _names_engine(text: str) -> bool:
    """Whether a text is more than the name of a file that is not there."""
    return "{port}" in text or ":" in text or " " in text


def tell(
    first: Path,
    second: Path,
    given: Given,
    shape: Format,
    output: Path | None,
    allow_inconclusive: bool,
    ran: Ran | None = None,
) -> None:
    """Write the verdict over two recordings and over what was measured, and the reports that the settings ask for.

    Raises:
        typer.Exit: with the verdict's code, or that of a recording or a file that is no use.
    """
    with told():
        one, other = Recording.open(first), Recording.open(second)
        compared = compare_engines((one.engine, one), (other.engine, other), given.settings.thresholds)
        if ran is not None:
            compared = _with(compared, ran)
        _show(compared, shape, output)
        for name, path in given.settings.reports.files().items():
            if name not in list(Format):
                raise SettingsInvalid(f"reports.{name}: there are {', '.join(Format)}")
            (given.base / path).write_text(WRITERS[Format(name)](compared), encoding="utf-8")
    code = compared.verdict.exit_code(allow_inconclusive or given.settings.allow_inconclusive)
    raise typer.Exit(code)


def _with(compared: Compared, ran: Ran) -> Compared:
    """The verdict with what was judged while the engines were up."""
    stages = (*compared.verdict.stages, *ran.stages)
    if ran.latency is not None:
        from migrate.parity.latency.stage import latency_stage

        stages = (*stages, latency_stage(ran.latency))
    return replace(compared, verdict=conclude(stages), latency=ran.latency)


def _show(compared: Compared, shape: Format, output: Path | None) -> None:
    text = WRITERS[shape](compared)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(compared.verdict.line, err=True)
