"""What scan and apply share: from the words of a command line to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from migrate.cli.console import Progress
from migrate.cli.options import Choices
from migrate.cli.versions import source_version, target_version
from migrate.configuration import configuration
from migrate.discover import Discovery, discover
from migrate.findings import Finding, Reading
from migrate.ignores import without_ignored
from migrate.output.report import Report
from migrate.problems import UsageProblem
from migrate.settings import Settings
from migrate.triggers import Tier, tgi_tier, tier_with


def settings_of(choices: Choices) -> Settings:
    """The command line laid over the configuration file; lists of both are joined, a version replaces.

    Raises:
        UsageProblem: the root is no folder, or a setting is wrong.
    """
    if not choices.root.is_dir():
        kind = "is not a folder" if choices.root.exists() else "does not exist"
        raise UsageProblem(f"{choices.root} {kind}; give the folder of a repository")
    file = configuration(choices.root, choices.config)
    for folder in file.rules:
        if not folder.is_dir():
            raise UsageProblem(f"{file.file}: rules: {folder} is not a folder")
    for folder in choices.rules:
        if not folder.is_dir():
            raise UsageProblem(f"--rules: {folder} is not a folder")
    return Settings(
        target=target_version(choices.to or file.to),
        source=source_version(choices.source or file.source),
        keep=frozenset(file.keep + choices.keep),
        rules=file.rules + choices.rules,
        only_rules=choices.only_rules,
        ignore=file.ignore,
        exclude=file.exclude + choices.exclude,
    )


def search(root: Path, settings: Settings, tier: Callable[[bytes], Tier | None] = tgi_tier) -> Discovery:
    """Discover with progress on a terminal."""
    progress = Progress()
    try:
        return discover(root, settings.exclude, progress, tier)
    finally:
        progress.close()


@contextmanager
def usable_rules() -> Iterator[None]:
    """Raises UsageProblem: a rule file has mistakes, all of which are named."""
    from migrate.rulebook import RulesInvalid

    try:
        yield
    except RulesInvalid as error:
        raise UsageProblem(f"these rules cannot be used:\n{error}") from error


def _tier(folders: tuple[Path, ...]) -> Callable[[bytes], Tier | None]:
    """What makes a file worth reading: TGI's names, and the classes that the user's own rules name."""
    if not folders:
        return tgi_tier
    from migrate.clients.rules import book

    with usable_rules():
        names = book(folders).wrappers
    return tier_with(name.rpartition(".")[2].encode() for name in names)


def _read(found: Discovery, settings: Settings) -> Reading:
    from migrate.pipeline import scan

    with usable_rules():
        return scan(found.repository, found.candidates, settings)


def refuse_unknown(settings: Settings, findings: Iterable[Finding]) -> None:
    """A `--rule` that fits no finding may be misspelt.

    Raises:
        UsageProblem: no rule has this id, or none fits this pattern; the message names the nearest ids.
    """
    if not settings.only_rules:
        return
    from migrate.rulebook.names import nearest, summaries, unknown

    missed = unknown(settings.only_rules, {one.rule for one in findings})
    with usable_rules():
        known = summaries(settings.rules) if missed else {}
    for name in unknown(missed, known):
        raise UsageProblem(f"--rule {name}: there is no such rule{nearest(name, known)}")


def report_on(root: Path, settings: Settings) -> Report:
    """Search, read and translate; ignored findings are gone. A repository without a trigger loads no parser."""
    found = search(root, settings, _tier(settings.rules))
    reading = Reading()
    if found.candidates:
        reading = _read(found, settings)
    refuse_unknown(settings, reading.findings)
    findings = without_ignored(found.repository, reading.findings, settings.ignore)
    return Report(
        root=str(root),
        target=settings.target,
        source=settings.source,
        repository=found.repository,
        findings=tuple(findings),
        skipped=tuple(dict.fromkeys((*found.skipped, *reading.skipped))),
    )
