"""Shell scripts, and shell inside other files: every launch of TGI in them, in whatever nesting.

`read_script` is what other formats call with a text of their own (a recipe, a step of a workflow, a fence of Markdown).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from migrate.catalog.tgi import option
from migrate.formats import mentions
from migrate.formats.definitions import Definitions, inside
from migrate.formats.docker.run import LAUNCHER, Container, find_container
from migrate.formats.dockerfile.scripts import hosts, with_command
from migrate.formats.dockerfile.stages import volumes
from migrate.formats.shell.additions import of_words
from migrate.formats.shell.arguments import read_arguments
from migrate.formats.shell.callers import read_callers, with_additions
from migrate.formats.shell.commands import SHELLS, inner_texts, is_fork, name_of, program_at, run_at
from migrate.formats.shell.context import Reading, ScriptContext
from migrate.formats.shell.definitions import collect
from migrate.formats.shell.host import Host, cluster_image
from migrate.formats.shell.images import ASKS, foreign_images
from migrate.formats.shell.mentions import health_commands, read_mentions
from migrate.formats.shell.script import Command, arrays, scan
from migrate.formats.shell.words import Lexed
from migrate.repository import Repository
from migrate.source import Fragment, Source
from migrate.touchpoints import Found, Launch, Mention, Problem

__all__ = ["ScriptContext", "claims", "read", "read_script"]

_SUFFIXES = frozenset((".sh", ".bash", ".zsh", ".ksh", ".slurm", ".sbatch", ".envrc", ".command"))
_SHEBANG = re.compile(r"#!.*\b(?:ba|z|k|da|a)?sh\b")
_TRIGGER = re.compile(r"text-generation-(?:inference|launcher|server)|tgi-gaudi|tgi-entrypoint")


def claims(path: str) -> bool:
    """By suffix, or a name without one, whose first line `read` looks at."""
    pure = PurePosixPath(path)
    return pure.suffix in _SUFFIXES or pure.name == ".envrc" or "." not in pure.name


def read(source: Source, repo: Repository) -> Found:
    """A script file; a file without suffix counts only with a shell's first line."""
    pure = PurePosixPath(source.path)
    if pure.suffix not in _SUFFIXES and pure.name != ".envrc" and not _SHEBANG.match(source.text):
        return mentions.read(source, repo)
    host = hosts(repo).get(source.path)
    if host is None:
        return read_script(Fragment.whole(source), repo, ScriptContext("shell"))
    context = ScriptContext("shell", runs_in=host.image, environment=host.environment)
    found = read_script(Fragment.whole(source), repo, context)
    launches = (one if one.image else replace(one, mounts=volumes(host.stage)) for one in found.launches)
    return replace(found, launches=tuple(_in_image(with_command(launch, host)) for launch in launches))


def _in_image(launch: Launch) -> Launch:
    """A launcher of an image's script; without a word on the model whoever runs the image gives it."""
    named = any(variable.name in ("MODEL_ID", "HF_MODEL_ID") for variable in launch.environment)
    words = [word.value.partition("=")[0].replace("_", "-") for word in launch.arguments]
    if named or "--model-id" in words or any(word.expression for word in launch.arguments if "$" in word.value[:1]):
        return launch
    reason = "neither the image nor its script names a model: whoever runs the image gives it, so change both together"
    return replace(launch, unsupported=launch.unsupported or reason)


def read_script(fragment: Fragment, repo: Repository, context: ScriptContext) -> Found:
    """Everything in a text of shell commands that starts or names TGI.

    `context` says where the text stands. A command that cannot be read (an open quote) is a problem with its line
    where it holds TGI; the rest is read.
    """
    definitions = Definitions()
    for definition in context.definitions or ():
        definitions.add(definition)
    return _read(fragment, repo, context, definitions, depth=0)


def _read(fragment: Fragment, repo: Repository, context: ScriptContext, definitions: Definitions, depth: int) -> Found:
    script = scan(fragment.text, context.dialect)
    collect(fragment, script.commands, definitions, repo, context.dialect)
    reading = Reading(fragment, repo, context, definitions, script.commands)
    launches: list[Launch] = []
    nested: list[Found] = []
    probed: list[Mention] = []
    handled: set[int] = set()
    for index, command in enumerate(script.commands):
        if index in handled:
            continue
        launch = next(filter(None, (_launch(reading, each) for each in (command, *arrays(command)))), None)
        if launch:
            launches.append(launch)
            probed += health_commands(reading, command)
            handled.add(index)
        elif depth < 4:
            found = [_read(part, repo, context, definitions, depth + 1) for part in inner_texts(reading, command)]
            nested += found
            if foreign_images(command):
                nested[-len(found) :] = [_held(item) for item in found]
            elif any(item.launches or item.mentions for item in found):
                handled.add(index)
    for item in nested:
        launches += item.launches
    launches = with_additions(reading, launches)
    others = [command for index, command in enumerate(script.commands) if index not in handled]
    named = [*read_mentions(reading, others, launches), *read_callers(reading, launches)]
    problems = _problems(fragment, script.broken)
    return Found(
        tuple(launches),
        tuple(dict.fromkeys((*named, *probed, *(mention for item in nested for mention in item.mentions)))),
        (*problems, *(problem for item in nested for problem in item.problems)),
    )


def _held(found: Found) -> Found:
    """Launchers inside a command that names their image, which is not rewritten: neither are they."""
    reason = "the command names the image that this runs in, and that is not rewritten here: change both by hand"
    held = [replace(one, unsupported=reason) if one.place == "host" else one for one in found.launches]
    return replace(found, launches=tuple(held))


def _problems(fragment: Fragment, broken: Sequence[tuple[int, int]]) -> list[Problem]:
    """Commands with an open quote that hold TGI, each with the line on which the quote opens."""
    problems: list[Problem] = []
    for start, at in broken:
        end = fragment.text.find("\n", at)
        if _TRIGGER.search(fragment.text[start : end if end >= 0 else len(fragment.text)]):
            line, _ = fragment.source.position(fragment.offsets[at])
            problems.append(Problem(fragment.source.path, line, "a quote or bracket is never closed"))
    return problems


def _launch(reading: Reading, command: Command) -> Launch | None:
    words = command.words
    at = program_at(words, (LAUNCHER,))
    if at is not None:
        host = _host(reading, words, at)
        return replace(host.launch(), additions=of_words(reading, host.arguments.loose)) if host else None
    run = run_at(words)
    if run is None:
        return None
    start, first = run
    container = find_container(reading, words, first)
    launch = _container_launch(container, start) if container else None
    return None if launch and container and container.built and not _says_something(launch) else launch


def _says_something(launch: Launch) -> bool:
    """Whether a command that runs an image of the repository adds to what that image says."""
    given = any(option(one.name) for one in launch.environment if not one.shared)
    return given or any(word.value.startswith("-") or word.expression for word in launch.arguments)


def _host(reading: Reading, words: Sequence[Lexed], at: int) -> Host | None:
    """The launcher, or None for the fork of the same name, which takes other flags, and where it is only looked for."""
    if is_fork(words[at + 1 :]) or any(word.value in ASKS for word in words[at + 1 :]):
        return None
    before = [word.value for word in words[:at]]
    if any(value.endswith(".sif") for value in before) or before[-2:] in (["command", "-v"], ["command", "-V"]):
        return None
    image, image_at = cluster_image(reading, words, at) or (None, 0)
    arguments = read_arguments(reading, words[at + 1 :], words[at].end)
    return Host(reading, words, at, arguments, image=image, image_at=image_at)


def _container_launch(container: Container, start: int) -> Launch | None:
    """The launch of a container, None where its entrypoint is another program than TGI's or is only asked something."""
    reading, words, behind = container.reading, container.words, container.image_at + 1
    if any(word.value in ASKS for word in words[behind:]):
        return None
    entrypoint = container.entrypoint()
    if entrypoint is None and words[behind:] and name_of(words[behind]) in SHELLS:
        reason = "TGI's entrypoint took no shell behind the image and refused to start: give it by --entrypoint"
        return replace(container.launch(start), unsupported=reason)
    if entrypoint is None or entrypoint.rpartition("/")[2] in (LAUNCHER, "tgi-entrypoint.sh", "entrypoint.sh"):
        container.arguments = read_arguments(reading, words[behind:], words[container.image_at].end)
        return replace(container.launch(start), additions=of_words(reading, container.arguments.loose))
    found = _launcher_in(reading, words, behind)
    if not found:
        return None
    inner, command, at = found
    container.launcher = (inner, command[at])
    container.arguments = read_arguments(inner, command[at + 1 :], command[at].end)
    return replace(container.launch(start), additions=of_words(inner, container.arguments.loose))


def _launcher_in(reading: Reading, words: Sequence[Lexed], behind: int) -> tuple[Reading, Sequence[Lexed], int] | None:
    """The launcher's word in a container's command: named outright, or in the text that a shell runs."""
    for at in range(behind, len(words)):
        if name_of(words[at]) == LAUNCHER and at == behind:
            return reading, words, at
        if LAUNCHER in words[at].value and " " in words[at].value:
            text = inside(reading.fragment, words[at])
            commands = scan(text.text, reading.context.dialect).commands
            for command in commands:
                found = program_at(command.words, (LAUNCHER,))
                if found is not None:
                    return replace(reading, fragment=text, commands=commands), command.words, found
    return None
