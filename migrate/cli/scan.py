"""`migrate scan`: what depends on TGI, and what becomes of it. Writes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from migrate import git
from migrate.cli import console
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
from migrate.grouping import groups
from migrate.ignores import matches
from migrate.output.report import Report

_MODULES = {
    Format.JSON: "json_report",
    Format.SARIF: "sarif",
    Format.GITHUB: "github",
    Format.JUNIT: "junit",
    Format.MARKDOWN: "markdown",
    Format.HTML: "html",
}


def scan(
    root: Root = Path(),
    shape: FormatOption = Format.TEXT,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="End with 0 where findings would mean 1.")] = False,
    to: To = None,
    source: From = None,
    keep: KeepOption = None,
    rule: Rules = None,
    exclude: Exclude = None,
    changed_since: Annotated[
        str | None, typer.Option("--changed-since", metavar="REV", help="Only files changed since this commit.")
    ] = None,
    config: Config = None,
    rules: RuleFolders = None,
) -> None:
    """Say what here depends on TGI and what becomes of each place."""
    choices = Choices(
        root, to, source, tuple(keep or ()), tuple(rule or ()), tuple(exclude or ()), config, tuple(rules or ())
    )
    settings = settings_of(choices)
    changed = git.changed_since(root, changed_since) if changed_since else None
    report = report_on(root, settings)
    if changed is not None:
        report = only_changed(report, changed)
    if settings.only_rules:
        kept = tuple(one for one in report.findings if matches(one.rule, settings.only_rules))
        report = replace(report, findings=kept)
    console.show(rendered(report, shape))
    raise typer.Exit(exit_code(report, exit_zero))


def only_changed(report: Report, changed: frozenset[str]) -> Report:
    """Groups that touch a changed file, whole, and skipped files that changed."""
    kept = (group for group in groups(report.findings) if any(one.path in changed for one in group.findings))
    findings = tuple(finding for group in kept for finding in group.findings)
    return replace(report, findings=findings, skipped=tuple(one for one in report.skipped if one.path in changed))


def rendered(report: Report, shape: Format) -> str:
    """The report in the format that was asked for; only its module is loaded."""
    if shape is Format.TEXT:
        from migrate.output import text

        return text.render(report, console.paint(sys.stdout))
    render: Callable[[Report], str] = import_module(f"migrate.output.{_MODULES[shape]}").render
    return render(report)


def exit_code(report: Report, exit_zero: bool = False) -> int:
    """3 where an input could not be read, else 1 where anything but notes was found, else 0."""
    if report.incomplete:
        return 3
    return 1 if report.actionable and not exit_zero else 0
