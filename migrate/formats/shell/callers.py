"""Calls that pass options of TGI on: to a script or a function that starts the server with `"$@"`, or to a service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from migrate.formats.passed import options_in
from migrate.formats.shell.additions import of_call, of_definition
from migrate.formats.shell.arguments import holds_flags
from migrate.formats.shell.context import Reading
from migrate.source import Span
from migrate.touchpoints import Launch, Mention

_PASSED = frozenset(("$@", "${@}", "$*", "${@:1}", "${@:2}", "${@:3}"))
_FUNCTION = re.compile(r"(?m)(?:^|;)[ \t]*(?:function[ \t]+)?([\w-]+)[ \t]*(?:\(\)|(?<=\w)[ \t]*\{)")
_COMPOSE = frozenset(("compose", "docker-compose", "podman-compose"))
# From `docker compose run --help` (2.40): the options with a value of their own.
_VALUED = frozenset(
    [
        *("-e", "-l", "-p", "-u", "-v", "-w", "--env", "--env-from-file", "--label", "--name", "--publish", "--user"),
        *("--volume", "--workdir", "--entrypoint", "--pull", "--cap-add", "--cap-drop"),
    ]
)
_CALLERS = frozenset((".sh", ".bash", ".zsh", ".slurm", ".sbatch", ".service", ".mk", ".md", ".yml", ".yaml"))


def with_additions(reading: Reading, launches: Sequence[Launch]) -> list[Launch]:
    """The launches of a script with what it adds to their command or passes to their function later."""
    return [
        replace(one, additions=tuple(dict.fromkeys((*one.additions, *_additions(reading, one))))) for one in launches
    ]


def _additions(reading: Reading, launch: Launch) -> Iterator[Launch]:
    found = [*_appended(reading, launch)]
    if passes(launch):
        found += _function_calls(reading, launch)
    return (one for one in found if one)


def passes(launch: Launch) -> bool:
    """Whether a launch takes the arguments of its script or function."""
    return any(word.value in _PASSED for word in launch.arguments)


def _appended(reading: Reading, launch: Launch) -> Iterator[Launch | None]:
    """What is added to the variable that holds the whole command: `CMD="$CMD --sharded"`, `cmd+=(--sharded)`, and what
    follows it where it is run."""
    for definition in reading.definitions:
        if launch.path != reading.path or launch.anchor.start not in definition.span:
            continue
        for other in reading.definitions.of(definition.name):
            if other.grows and (holds_flags(other) if other.array else next(options_in(other.text.text), None)):
                yield of_definition(reading, other)
        yield from _run_with(reading, definition.name)


def _run_with(reading: Reading, name: str) -> Iterator[Launch | None]:
    """The options behind `"${cmd[@]}"`."""
    for command in reading.commands:
        at = next(
            (at for at, word in enumerate(command.words[:3]) if reading.definitions.pure(word.value) == name), None
        )
        behind = command.words[at + 1 :] if at is not None else []
        if any(next(options_in(word.value), None) for word in behind):
            yield of_call(reading, command.words[at:])


def _function_calls(reading: Reading, launch: Launch) -> Iterator[Launch | None]:
    text = reading.fragment.text
    starts = [(reading.fragment.offsets[match.start(1)], match[1]) for match in _FUNCTION.finditer(text)]
    name = next((name for place, name in reversed(starts) if place < launch.anchor.start), None)
    for command in reading.commands:
        if name and command.name == name and _passed(reading, text, command.start, command.words[-1].end):
            yield of_call(reading, command.words)


def read_callers(reading: Reading, launches: Sequence[Launch]) -> list[Mention]:
    """One mention for each call with an option that vLLM does not have: of this script, in another file, and of a
    service of a compose file, in this one."""
    own = _script_calls(reading) if any(map(passes, launches)) else ()
    return [*own, *_service_calls(reading)]


def _service_calls(reading: Reading) -> Iterator[Mention]:
    """`docker compose run SERVICE --model-id ...`: the words take the place of the service's command."""
    for command in reading.commands:
        words = command.words
        given = words[_behind_service([word.value for word in words]) :]
        if not given or not given[0].value.startswith("-"):
            continue
        for word in given:
            if found := next(options_in(word.value), None):
                text = reading.fragment.text[command.start : words[-1].end]
                place = reading.fragment.span(word.start, word.end)
                yield Mention(reading.path, "passed-option", found[0], place, text)
                break


def _behind_service(words: Sequence[str]) -> int:
    """The index behind the service that `docker compose run` names, that of the end in any other command."""
    compose = next((at for at, word in enumerate(words[:4]) if PurePosixPath(word).name in _COMPOSE), len(words))
    at = next((at for at in range(compose, len(words)) if words[at] == "run"), len(words)) + 1
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _VALUED else 1
    return min(at + 1, len(words))


def _script_calls(reading: Reading) -> Iterator[Mention]:
    name = PurePosixPath(reading.path).name
    call = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])(?:[^\n\\]|\\\r?\n|\\.)*")
    for path in reading.repo.holding(name):
        pure = PurePosixPath(path)
        if path == reading.path or not (pure.suffix in _CALLERS or pure.name in ("Makefile", "makefile")):
            continue
        source = reading.repo.source(path)
        text = source.text if source else ""
        for match in call.finditer(text):
            remark = text[: match.start()].rpartition("\n")[2].lstrip().startswith("#")
            found = None if remark else _passed(reading, text, *match.span())
            if found:
                yield Mention(path, "passed-option", found[0], Span(*found.span()), match[0])


def _passed(reading: Reading, text: str, start: int, end: int) -> re.Match[str] | None:
    """The first option of a call that only TGI has and that the script does not read itself."""
    own = reading.fragment.text
    return next((match for match in options_in(text, start, end) if f"{match[0]})" not in own), None)
