"""Which reader finds the vLLM command lines of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.checking import images, manifests
from migrate.checking.commands import Command
from migrate.checking.scripts import Unreadable, commands_in
from migrate.findings import Skipped
from migrate.formats import fences
from migrate.formats.dockerfile import reader as dockerfile
from migrate.formats.yaml.tree import BrokenYaml
from migrate.source import Fragment, Source

_YAML = re.compile(r"\.ya?ml$", re.IGNORECASE)
_PROSE = re.compile(r"\.(md|markdown|mdx|rst|rest|adoc|asciidoc)$", re.IGNORECASE)
_MAKE = re.compile(r"(^|/)((GNU)?[Mm]akefile[^/]*|[^/]*\.mk)$")
_UNIT = re.compile(r"\.(service|container)$")
_SHELL = re.compile(r"(\.(sh|bash|zsh|ksh|slurm|sbatch|envrc|command)|(^|/)(Procfile|justfile)|(^|/)[^./]+)$")
_SHELL_FENCES = frozenset(("", "bash", "sh", "shell", "console", "zsh", "shell-session", "shellsession"))


@dataclass(frozen=True)
class Found:
    """The commands of one file, and why the rest of it could not be read."""

    commands: tuple[Command, ...]
    skipped: tuple[Skipped, ...] = ()


def read(source: Source) -> Found:
    """The vLLM commands of a file; none for a kind of file that is not read."""
    found: list[Command] = []
    try:
        found.extend(_commands(source))
    except Unreadable as error:
        return Found(tuple(found), (Skipped(source.path, f"line {error.line}: {error}"),))
    except BrokenYaml as error:
        return Found(tuple(found), (Skipped(source.path, f"line {error.line}: {error.reason}"),))
    return Found(tuple(found))


def _commands(source: Source) -> Iterator[Command]:
    path = source.path
    if _YAML.search(path):
        return manifests.commands_of(source)
    if dockerfile.claims(path):
        return images.commands_of(Fragment.whole(source))
    if _PROSE.search(path):
        return _in_fences(source)
    if _MAKE.search(path):
        return commands_in(Fragment.whole(source), "make")
    if _UNIT.search(path):
        return commands_in(Fragment.whole(source), "shell")
    return commands_in(Fragment.whole(source)) if _SHELL.search(path) else iter(())


def _in_fences(source: Source) -> Iterator[Command]:
    for block in fences.blocks(source):
        if block.language in _SHELL_FENCES and not block.indented:
            yield from commands_in(block.fragment)
