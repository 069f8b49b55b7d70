"""A fault of the tool itself stays with the file in which it happened: the file is named, the rest goes on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from migrate.findings import Skipped
from migrate.problems import UsageProblem, WriteProblem
from migrate.rulebook import RulesInvalid

_MEANT = (UsageProblem, WriteProblem, RulesInvalid)


@contextmanager
def contained(paths: Iterable[str], skipped: list[Skipped]) -> Iterator[None]:
    """Turns an unexpected exception of the block into skipped entries, one for each path.

    Problems that are said to a person pass, and with MIGRATE_DEBUG everything does.
    """
    try:
        yield
    except _MEANT:
        raise
    except Exception as error:
        if os.environ.get("MIGRATE_DEBUG"):
            raise
        reason = f"a fault in migrate itself: {type(error).__name__}: {error} (MIGRATE_DEBUG=1 shows where)"
        skipped += [Skipped(path, reason) for path in paths]
