"""The three steps of a migration on the shipped material."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from migrate.catalog.targets import default_target
from migrate.diffing import unified
from migrate.output.report import Report
from migrate.parity.comparison import Compared, compare_engines
from migrate.parity.recording import Recording
from migrate.pipeline import scan
from migrate.repository import Repository
from migrate.settings import Settings
from migrate.triggers import searchable, tgi_tier
from migrate.writing import FileChange, rewrite

REPORT = "report.html"


def scanned(files: Mapping[str, bytes]) -> Report:
    """The example as a repository in memory: where the package is installed, git may ignore its folder."""
    settings = Settings(target=default_target().version)
    repository = Repository.of(files)
    candidates = [path for path, data in files.items() if tgi_tier(searchable(data))]
    reading = scan(repository, candidates, settings)
    return Report("example", settings.target, None, repository, reading.findings, reading.skipped)


def rewritten(report: Report) -> tuple[FileChange, ...]:
    """Every file that `migrate apply` would change."""
    return rewrite(report.repository, report.groups).files


def compared(recordings: tuple[Path, Path]) -> Compared:
    """The verdict over the recordings of both engines."""
    one, other = (Recording.open(path) for path in recordings)
    places = one.path.name, other.path.name
    return compare_engines((one.engine, one), (other.engine, other), places=places)


def write(folder: Path, files: Mapping[str, bytes], changed: tuple[FileChange, ...], report: bytes) -> None:
    """The example to try things on, the whole diff, and the report.

    Raises:
        OSError: the folder cannot be written to.
    """
    for path, data in files.items():
        target = folder / "example" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (folder / "changes.diff").write_bytes(b"".join(unified(one.path, one.old, one.new) for one in changed))
    (folder / REPORT).write_bytes(report)
