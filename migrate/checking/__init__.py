"""Holds every vLLM command line of a repository against what a vLLM version takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migrate.catalog.vllm import Refusal, check_command
from migrate.checking.commands import Command
from migrate.checking.readers import read
from migrate.findings import Finding, Reading, Safety, Skipped
from migrate.repository import Repository
from migrate.source import Span

__all__ = ["check"]


def check(repo: Repository, candidates: Sequence[str], target: str) -> tuple[Reading, int]:
    """What the target refuses or silently ignores, and the number of command lines that were read."""
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    count = 0
    for path in candidates:
        source = repo.source(path)
        if source is None:
            continue
        found = read(source)
        skipped += found.skipped
        for command in dict.fromkeys(found.commands):
            count += 1
            findings += _judge(path, source.text, command, target)
    return Reading(tuple(findings), tuple(skipped)), count


def _judge(path: str, text: str, command: Command, target: str) -> Iterator[Finding]:
    words = [word.value for word in command.words]
    for refusal in check_command(words, target, invocation=command.invocation):
        place = _place(command, refusal)
        yield Finding(
            rule="check/option" if refusal.option else "check/command",
            path=path,
            span=place,
            kind="option" if refusal.option else "command",
            safety=Safety.MANUAL,
            message=f"vLLM {target}: {refusal.message}",
            text=text[place.start : place.end],
            group=f"{path}@{command.anchor.start}",
        )


def _place(command: Command, refusal: Refusal) -> Span:
    """The word that is refused, or the start of the command where the line as a whole is."""
    if refusal.index is None or refusal.index >= len(command.words):
        return command.anchor
    return command.words[refusal.index].span
