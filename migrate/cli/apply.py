"""`migrate apply`: writes what can be written, or shows it as a diff."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from migrate import git
from migrate.cli import console
from migrate.cli.asking import ask
from migrate.cli.options import (
    Choices,
    Config,
    Exclude,
    Format,
    FormatOption,
    From,
    KeepOption,
    Root,
    RuleFolders,
    Rules,
    To,
)
from migrate.cli.running import report_on, settings_of
from migrate.cli.scan import rendered
from migrate.diffing import unified
from migrate.findings import Safety
from migrate.grouping import Group
from migrate.ignores import matches
from migrate.output import text
from migrate.output.report import Report
from migrate.problems import UsageProblem
from migrate.settings import Settings
from migrate.writing import FileChange, Left, Rewrite, rewrite, write


@dataclass(frozen=True)
class Selection:
    """Groups to write, and those that stay as they are with the reason."""

    wanted: tuple[Group, ...]
    left: tuple[Left, ...]


def apply(
    root: Root = Path(),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; print a diff for git apply.")] = False,
    safe_only: Annotated[
        bool, typer.Option("--safe-only", help="Leave every place whose behaviour may change.")
    ] = False,
    interactive: Annotated[bool, typer.Option("--interactive", "-i", help="Ask before each place.")] = False,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Write files with uncommitted changes, too.")
    ] = False,
    reverse_patch: Annotated[
        Path | None, typer.Option("--reverse-patch", metavar="FILE", help="Write a patch that undoes the run.")
    ] = None,
    shape: FormatOption = Format.TEXT,
    to: To = None,
    source: From = None,
    keep: KeepOption = None,
    rule: Rules = None,
    exclude: Exclude = None,
    config: Config = None,
    rules: RuleFolders = None,
) -> None:
    """Rewrite what can be rewritten; with --dry-run, print the diff instead."""
    if dry_run and (reverse_patch or interactive):
        raise UsageProblem("--dry-run writes nothing; leave --reverse-patch and --interactive out")
    choices = Choices(
        root, to, source, tuple(keep or ()), tuple(rule or ()), tuple(exclude or ()), config, tuple(rules or ())
    )
    settings = settings_of(choices)
    report = report_on(root, settings)
    selection = select(report, settings, safe_only)
    change = rewrite(report.repository, selection.wanted)
    if not dry_run and change.files:
        _refuse_uncommitted(root, change.files, allow_dirty)
    if interactive:
        wanted, declined = ask(report, selection.wanted)
        selection = Selection(wanted, (*selection.left, *declined))
        change = rewrite(report.repository, wanted)
    if not dry_run:
        _write(root, change.files, reverse_patch)
    _tell(report, selection, change, dry_run, shape)
    raise typer.Exit(exit_code(report, selection, change))


def select(report: Report, settings: Settings, safe_only: bool) -> Selection:
    """Which groups are written: those that hold edits, that `--rule` names and that `--safe-only` lets through."""
    wanted, left = [], []
    for group in report.groups:
        if settings.only_rules and not any(matches(one.rule, settings.only_rules) for one in group.findings):
            continue
        if safe_only and group.holds(Safety.REVIEW):
            left.append(Left(group, "--safe-only leaves what is to be reviewed"))
        else:
            wanted.append(group)
    return Selection(tuple(wanted), tuple(left))


def _refuse_uncommitted(root: Path, files: Iterable[FileChange], allow_dirty: bool) -> None:
    """A file that git has no copy of is not overwritten; without a repository a note has to do.

    Raises:
        UsageProblem: a file that would be written has uncommitted changes.
    """
    if allow_dirty:
        return
    uncommitted = git.uncommitted(root)
    if uncommitted is None:
        console.note("note: this is no git repository, so there is nothing to go back to but --reverse-patch")
        return
    names = [text.printable(one.path) for one in files if one.path in uncommitted]
    if names:
        raise UsageProblem(
            f"uncommitted changes in {', '.join(names)}; commit them or give --allow-dirty (nothing was written)"
        )


def _write(root: Path, files: Sequence[FileChange], reverse_patch: Path | None) -> None:
    """The way back is on disk before the first file changes."""
    if reverse_patch:
        try:
            reverse_patch.write_bytes(b"".join(unified(one.path, one.new, one.old) for one in files))
        except OSError as error:
            raise UsageProblem(f"--reverse-patch {reverse_patch}: {error.strerror or error}") from error
    write(root, files)


def _tell(report: Report, selection: Selection, change: Rewrite, dry_run: bool, shape: Format) -> None:
    """Text: the diff of a dry run goes to stdout and the notes to stderr. Other formats: the report goes to stdout."""
    if shape is Format.JSON:
        from migrate.output import json_report

        console.show(json_report.render(report, () if dry_run else tuple(one.path for one in change.files)))
        return
    if shape is not Format.TEXT:
        console.show(rendered(report, shape))
        return
    notes = _notes(report, selection, change, dry_run)
    if dry_run:
        console.show(b"".join(unified(one.path, one.old, one.new) for one in change.files))
        console.note(notes)
    else:
        console.show(notes)


def _notes(report: Report, selection: Selection, change: Rewrite, dry_run: bool) -> str:
    """Each group with its class and reasons, what became of it, and what is left for a person."""
    paint = console.paint(sys.stderr if dry_run else sys.stdout)
    done = "would be written" if dry_run else "written"
    left = (*selection.left, *change.left)
    blocks = [text.block(report, group, paint, done) for group in change.written]
    blocks += [text.block(report, one.group, paint, f"left: {one.reason}") for one in left]
    blocks += [text.block(report, group, paint) for group in selection.wanted if not group.edits]
    if report.skipped:
        blocks.append(text.skipped_block(report.skipped))
    places = text.number(len(change.written), "place")
    files = text.number(len(change.files), "file")
    return "\n".join([*blocks, f"{places} in {files} {done}, {len(remaining(selection, change))} left for you.\n"])


def remaining(selection: Selection, change: Rewrite) -> list[Group]:
    """The groups in which something is left for a person."""
    manual = [group for group in selection.wanted if group.holds(Safety.MANUAL)]
    return list(dict.fromkeys([*manual, *(one.group for one in (*selection.left, *change.left))]))


def exit_code(report: Report, selection: Selection, change: Rewrite) -> int:
    """3 where an input could not be read, else 1 where something is left for a person, else 0."""
    if report.incomplete:
        return 3
    return 1 if remaining(selection, change) else 0
