"""Shell scripts, and shell inside other files: every launch of TGI in them, in whatever nesting.

`read_script` is what other formats call with a text of their own (a recipe, a step of a workflow, a fence of Markdown).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from migrate.formats import mentions
from migrate.formats.definitions import Definitions, collect, inside
from migrate.formats.docker_run import LAUNCHER, Container, find_container
from migrate.formats.dockerfile_scripts import hosts, with_command
from migrate.formats.shell_arguments import read_arguments
from migrate.formats.shell_context import Reading, ScriptContext
from migrate.formats.shell_host import Host
from migrate.formats.shell_mentions import read_mentions
from migrate.formats.shell_script import Command, scan
from migrate.formats.shell_words import Lexed
from migrate.repository import Repository
from migrate.source import Fragment, Source
from migrate.touchpoints import Found, Launch, Problem

__all__ = ["ScriptContext", "claims", "read", "read_script"]

_SUFFIXES = frozenset((".sh", ".bash", ".zsh", ".ksh", ".slurm", ".sbatch", ".envrc", ".command"))
_SHEBANG = re.compile(r"#!.*\b(?:ba|z|k|da|a)?sh\b")
_ENGINES = ("docker", "podman", "nerdctl")
_SHELLS = ("sh", "bash", "zsh", "dash", "ksh", "ash")
_PREFIXES = frozenset(
    [
        "sudo",
        "doas",
        "time",
        "nohup",
        "env",
        "exec",
        "command",
        "builtin",
        "nice",
        "ionice",
        "stdbuf",
        "setsid",
        "timeout",
        "numactl",
        "srun",
        "ssh",
        "xargs",
        "taskset",
        "chrt",
        "unbuffer",
        "mpirun",
        "catchsegv",
        "strace",
        "eval",
        "retry",
        "conda",
        "mamba",
        "micromamba",
        "pixi",
        "poetry",
        "pipenv",
        "pdm",
        "uv",
        "hatch",
    ]
)
_PRINTERS = frozenset(
    [
        "echo",
        "printf",
        "cat",
        "grep",
        "egrep",
        "rg",
        "sed",
        "awk",
        "logger",
        "log",
        "info",
        "warn",
        "error",
        "die",
        "fail",
        "test",
        "[",
        "[[",
        "curl",
        "git",
    ]
)
_FORK = frozenset(
    ("--model-name", "--grpc-port", "--max-sequence-length", "--max-new-tokens", "--deployment-framework")
)
_STARTS = re.compile(rf"\b(?:{'|'.join(_ENGINES)})\b[^\n]*?\b(?:run|create)\b|{LAUNCHER}|\btext-generation-server\b")
_TRIGGER = re.compile(r"text-generation-(?:inference|launcher|server)|tgi-gaudi|tgi-entrypoint")
_HERE_SHELL = re.compile(r"\.(?:sh|bash)$")


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
    return replace(found, launches=tuple(with_command(launch, host) for launch in found.launches))


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
    handled: set[int] = set()
    for index, command in enumerate(script.commands):
        if index in handled:
            continue
        launch = _launch(reading, command)
        if launch:
            launches.append(launch)
            handled.add(index)
        elif depth < 4:
            found = [_read(part, repo, context, definitions, depth + 1) for part in _inner(reading, command)]
            nested += found
            if any(item.launches or item.mentions for item in found):
                handled.add(index)
    for item in nested:
        launches += item.launches
    others = [command for index, command in enumerate(script.commands) if index not in handled]
    named = read_mentions(reading, others, launches)
    problems = _problems(fragment, script.broken)
    return Found(
        tuple(launches),
        (*named, *(mention for item in nested for mention in item.mentions)),
        (*problems, *(problem for item in nested for problem in item.problems)),
    )


def _problems(fragment: Fragment, broken: Sequence[tuple[int, int]]) -> list[Problem]:
    """Commands with an open quote that hold TGI, each with the line on which the quote opens."""
    problems: list[Problem] = []
    for start, at in broken:
        end = fragment.text.find("\n", at)
        if _TRIGGER.search(fragment.text[start : end if end >= 0 else len(fragment.text)]):
            line, _ = fragment.source.position(fragment.offsets[at])
            problems.append(Problem(fragment.source.path, line, "a quote or bracket is never closed"))
    return problems


def _name(word: Lexed) -> str:
    return word.value.rpartition("/")[2]


def _program_at(words: Sequence[Lexed], wanted: Sequence[str]) -> int | None:
    """The index of a program that the command starts, behind assignments and programs such as sudo or nohup."""
    start = next((i for i, word in enumerate(words) if not re.match(r"[A-Za-z_]\w*\+?=", word.value)), len(words))
    for at in range(start, len(words)):
        if _name(words[at]) in wanted:
            return at if at == start or _name(words[start]) in _PREFIXES or _prompt(words[start]) else None
    return None


def _prompt(word: Lexed) -> bool:
    """A prompt sign in front of a command that someone copied."""
    return word.value in ("$", "%", ">", "#")


def _launch(reading: Reading, command: Command) -> Launch | None:
    words = command.words
    at = _program_at(words, (LAUNCHER,))
    if at is not None:
        host = _host(reading, words, at)
        return host.launch() if host else None
    run = _run_at(words)
    if run is None:
        return None
    start, first = run
    container = find_container(reading, words, first)
    return _container_launch(container, start) if container else None


def _run_at(words: Sequence[Lexed]) -> tuple[int, int] | None:
    """(index of docker's word, index behind `run`), also for a variable that holds the engine's name."""
    at = _program_at(words, _ENGINES)
    if at is None:
        at = next((i for i, word in enumerate(words[:3]) if word.expression and _verb(words, i + 1)), None)
    if at is None:
        return None
    first = _verb(words, at + 1)
    return (at, first) if first else None


def _verb(words: Sequence[Lexed], at: int) -> int | None:
    """The index behind `run`, `create` or `container run`; options of docker itself may stand before."""
    while at < len(words) and words[at].value.startswith("-"):
        valued = words[at].value in (
            "-H",
            "--host",
            "-c",
            "--context",
            "--config",
            "-l",
            "--log-level",
            "-n",
            "--namespace",
        )
        at += 2 if valued else 1
    if at < len(words) and words[at].value == "container":
        at += 1
    return at + 1 if at < len(words) and words[at].value in ("run", "create") else None


def _host(reading: Reading, words: Sequence[Lexed], at: int) -> Host | None:
    """The launcher, or None for the fork of the same name, which takes other flags."""
    if any(word.value.partition("=")[0] in _FORK for word in words[at + 1 :]):
        return None
    if any(word.value.endswith(".sif") for word in words[:at]):
        return None
    return Host(reading, words, at, read_arguments(reading, words[at + 1 :], words[at].end))


def _container_launch(container: Container, start: int) -> Launch | None:
    """The launch of a container, None where its entrypoint is another program than TGI's."""
    reading, words, behind = container.reading, container.words, container.image_at + 1
    entrypoint = container.entrypoint()
    if entrypoint is None or entrypoint.rpartition("/")[2] in (LAUNCHER, "tgi-entrypoint.sh", "entrypoint.sh"):
        container.arguments = read_arguments(reading, words[behind:], words[container.image_at].end)
        return container.launch(start)
    found = _launcher_in(reading, words, behind)
    if not found:
        return None
    inner, command, at = found
    container.launcher = (inner, command[at])
    container.arguments = read_arguments(inner, command[at + 1 :], command[at].end)
    return container.launch(start)


def _launcher_in(reading: Reading, words: Sequence[Lexed], behind: int) -> tuple[Reading, Sequence[Lexed], int] | None:
    """The launcher's word in a container's command: named outright, or in the text that a shell runs."""
    for at in range(behind, len(words)):
        if _name(words[at]) == LAUNCHER and at == behind:
            return reading, words, at
        if LAUNCHER in words[at].value and " " in words[at].value:
            text = inside(reading.fragment, words[at])
            commands = scan(text.text, reading.context.dialect).commands
            for command in commands:
                found = _program_at(command.words, (LAUNCHER,))
                if found is not None:
                    return replace(reading, fragment=text, commands=commands), command.words, found
    return None


def _inner(reading: Reading, command: Command) -> list[Fragment]:
    """Texts inside a command that are commands themselves: quoted words, here-documents that a shell reads."""
    fragment = reading.fragment
    texts = [fragment.part(start, end) for start, end in command.documents if _feeds_shell(reading, command, start)]
    if command.name in _PRINTERS:
        return texts
    for word in command.words:
        match = _STARTS.search(word.value)
        if not match or not re.search(r"\s", word.value) or _substituted(word, match.start()):
            continue
        option = re.match(r"-{0,2}[\w-]+=", word.value)
        start = option.end() if option else 0
        leading = word.value[start : match.start()]
        if start < len(word.value) and (not leading.strip() or _program_text(leading)):
            texts.append(inside(fragment, word, start))
    return texts


def _substituted(word: Lexed, at: int) -> bool:
    """Whether a character of the value stands in a command substitution, which is read as a command of its own."""
    return any(first <= word.places[at] < last for first, last in word.inside)


def _program_text(leading: str) -> bool:
    """Whether what stands before a start in a text is command text (other commands, prefixes), not prose."""
    last = re.split(r"[;&|\n({]+", leading)[-1].split()
    return not last or last[0] in _PREFIXES or "=" in last[0] or last[0] in _SHELLS


def _feeds_shell(reading: Reading, command: Command, start: int) -> bool:
    """Whether a here-document is shell: read by one, or written into a script."""
    if command.name in ("ssh", "su", "sudo", *_SHELLS):
        return True
    if re.match(r"#!.*sh\b", reading.fragment.text[start : start + 40]):
        return True
    line = reading.fragment.text.rfind("\n", 0, max(start - 1, 0)) + 1
    targets = re.findall(r"(?:>|\btee\s+)\s*(\S+)", reading.fragment.text[line:start])
    return any(_HERE_SHELL.search(target.strip("\"'")) for target in targets)
