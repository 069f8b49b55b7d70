"""`migrate parity compare`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from migrate.parity.accepted import NOTHING, AcceptedError, load
from migrate.parity.commands.options import (
    UNREADABLE,
    USAGE,
    AcceptedFile,
    FormatOption,
    Inconclusive,
    Reports,
    deliver,
    end,
    files,
)
from migrate.parity.comparison import compare_engines
from migrate.parity.recording import Recording, RecordingError
from migrate.parity.reports import Format


def compare(
    first: Annotated[Path, typer.Argument(help="The recording of the engine in use.")],
    second: Annotated[Path, typer.Argument(help="The recording of the engine to move to.")],
    format: FormatOption = Format.TEXT,  # noqa: A002
    report: Reports = None,
    accepted: AcceptedFile = None,
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Hold two recordings against each other.

    Ends with 0 within the thresholds, 1 beyond them or inconclusive, 2 where accepted differences cannot be read or a
    report cannot be written, 3 where a recording cannot be read.
    """
    wanted = files(report)
    try:
        known = load(accepted) if accepted else NOTHING
        one, other = Recording.open(first), Recording.open(second)
        places = (first.as_posix(), second.as_posix())
        compared = compare_engines((one.engine, one), (other.engine, other), accepted=known, places=places)
    except AcceptedError as error:
        raise end(USAGE, error) from error
    except RecordingError as error:
        raise end(UNREADABLE, error) from error
    compared = replace(compared, allow_inconclusive=allow_inconclusive)
    deliver(compared, format, wanted)
    raise typer.Exit(compared.exit_code)
