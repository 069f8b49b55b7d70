"""`migrate check`: every vLLM command line of a repository against a vLLM version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli import console
from migrate.cli.options import Choices, Config, Exclude, Format, FormatOption, Root, Rules, To
from migrate.cli.running import refuse_unknown, search, settings_of
from migrate.cli.scan import exit_code, rendered
from migrate.ignores import matches, without_ignored
from migrate.output.report import Report
from migrate.output.text import number
from migrate.triggers import vllm_tier


def check(
    root: Root = Path(),
    shape: FormatOption = Format.TEXT,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="End with 0 where findings would mean 1.")] = False,
    to: To = None,
    rule: Rules = None,
    exclude: Exclude = None,
    config: Config = None,
) -> None:
    """Hold every vLLM command line here against what a vLLM version takes."""
    from migrate.checking import check as check_repository

    settings = settings_of(Choices(root, to, None, (), tuple(rule or ()), tuple(exclude or ()), config))
    found = search(root, settings, vllm_tier)
    reading, count = check_repository(found.repository, found.candidates, settings.target)
    report = Report(
        root=str(root),
        target=settings.target,
        source=None,
        repository=found.repository,
        findings=tuple(without_ignored(found.repository, reading.findings, settings.ignore)),
        skipped=(*found.skipped, *reading.skipped),
        nothing=f"{number(count, 'vLLM command line')} read, nothing that vLLM {settings.target} refuses",
    )
    refuse_unknown(settings, report.findings)
    if settings.only_rules:
        report = replace(
            report, findings=tuple(one for one in report.findings if matches(one.rule, settings.only_rules))
        )
    console.show(rendered(report, shape))
    raise typer.Exit(exit_code(report, exit_zero))
