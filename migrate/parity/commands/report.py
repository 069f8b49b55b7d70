"""`migrate parity report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrate.parity.commands.options import UNREADABLE, FormatOption, Reports, deliver, end, files
from migrate.parity.reports import Format, from_json
from migrate.parity.reports.data import ReportError


def report(
    result: Annotated[Path, typer.Argument(help="A result that was saved with --report json=FILE.")],
    format: FormatOption = Format.TEXT,  # noqa: A002
    report: Reports = None,
) -> None:
    """Render a saved result in any format.

    Ends with 0 whatever the verdict is, 2 for a report of no known format, 3 where the result cannot be read or is of a
    newer schema, 4 where a report cannot be written.
    """
    wanted = files(report)
    try:
        compared = from_json(result.read_text(encoding="utf-8"))
    except OSError as error:
        raise end(UNREADABLE, f"{result}: {error.strerror or error}") from error
    except (ReportError, UnicodeDecodeError) as error:
        raise end(UNREADABLE, f"{result}: {error}") from error
    deliver(compared, format, wanted)
