"""Which program a command of a script starts, and which of its words are commands themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from migrate.formats.definitions import inside
from migrate.formats.docker.run import LAUNCHER
from migrate.formats.shell.context import Reading
from migrate.formats.shell.script import Command
from migrate.formats.shell.words import Lexed
from migrate.source import Fragment

_ENGINES = ("docker", "podman", "nerdctl")
SHELLS = ("sh", "bash", "zsh", "dash", "ksh", "ash")
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
        "runuser",
        "setpriv",
        "systemd-run",
        "gosu",
        "su-exec",
        "tini",
        "dumb-init",
        "flock",
        "nsys",
        "proxychains4",
        "coproc",
        "function",
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
_STARTS = re.compile(
    rf"\b(?:{'|'.join(_ENGINES)})\b[^\n]*?\b(?:run|create|pull|logs)\b|{LAUNCHER}|\btext-generation-server\b"
)
_FORK = frozenset(
    ("--model-name", "--grpc-port", "--max-sequence-length", "--max-new-tokens", "--deployment-framework")
)
_KEYWORDS = frozenset(("if", "then", "elif", "else", "while", "until", "do", "!"))
_HERE_SHELL = re.compile(r"\.(?:sh|bash)$")


def name_of(word: Lexed) -> str:
    return word.value.rpartition("/")[2]


def program_at(words: Sequence[Lexed], wanted: Sequence[str]) -> int | None:
    """The index of a program that the command starts, behind assignments and programs such as sudo or nohup."""
    start = next((i for i, word in enumerate(words) if not re.match(r"[A-Za-z_]\w*\+?=", word.value)), len(words))
    for at in range(start, len(words)):
        if name_of(words[at]) in wanted:
            return at if at == start or name_of(words[start]) in _PREFIXES or _prompt(words[start]) else None
    return None


def is_fork(words: Sequence[Lexed]) -> bool:
    """Whether the launcher's arguments are those of the gRPC fork of the same name."""
    return any(word.value.partition("=")[0] in _FORK for word in words)


def _prompt(word: Lexed) -> bool:
    """A prompt sign in front of a command that someone copied."""
    return word.value in ("$", "%", ">", "#")


def run_at(words: Sequence[Lexed]) -> tuple[int, int] | None:
    """(index of docker's word, index behind `run`), also for a variable that holds the engine's name."""
    at = program_at(words, _ENGINES)
    if at is None:
        at = next((i for i, word in enumerate(words[:3]) if word.expression and _verb(words, i + 1)), None)
    if at is None:
        return None
    first = _verb(words, at + 1)
    return (at, first) if first else None


def _verb(words: Sequence[Lexed], at: int) -> int | None:
    """The index behind `run`, `create`, `container run` or `service create`; options of docker itself may stand
    before."""
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
    group = words[at].value if at < len(words) else ""
    if group == "container" or (group == "service" and [word.value for word in words[at + 1 : at + 2]] == ["create"]):
        at += 1
    return at + 1 if at < len(words) and words[at].value in ("run", "create") else None


def inner_texts(reading: Reading, command: Command) -> list[Fragment]:
    """Texts inside a command that are commands themselves: quoted words, here-documents that a shell reads."""
    fragment = reading.fragment
    texts = [fragment.part(start, end) for start, end in command.documents if _feeds_shell(reading, command, start)]
    if command.name in _PRINTERS:
        return texts
    for word in command.words:
        match = _STARTS.search(word.value)
        if not match or not re.search(r"\s", word.value) or _substituted(word, match.start()):
            continue
        start = _command_start(word, match.start())
        if start is not None:
            texts.append(inside(fragment, word, start))
    return texts


def _command_start(word: Lexed, at: int) -> int | None:
    """Where the command in a word begins: behind `--option=` or `NAME=`, or, in a word that is quoted as a whole, with
    assignments of its own."""
    option = re.match(r"-{0,2}[\w-]+=", word.value)
    places = [option.end()] if option else [0]
    if option and word.quote:
        places.append(0)
    for start in places:
        leading = word.value[start:at]
        if not leading.strip() or _program_text(leading):
            return start
    return None


def _substituted(word: Lexed, at: int) -> bool:
    """Whether a character of the value stands in a command substitution, which is read as a command of its own."""
    return any(first <= word.places[at] < last for first, last in word.inside)


def _program_text(leading: str) -> bool:
    """Whether what stands before a start in a text is command text (other commands, prefixes), not prose."""
    last = re.split(r"[;&|\n({]+", leading)[-1].split()
    return not last or last[0] in _PREFIXES | _KEYWORDS or "=" in last[0] or last[0] in SHELLS


def _feeds_shell(reading: Reading, command: Command, start: int) -> bool:
    """Whether a here-document is shell: read by one, or written into a script."""
    if command.name in ("ssh", "su", "sudo", *SHELLS):
        return True
    if re.match(r"#!.*sh\b", reading.fragment.text[start : start + 40]):
        return True
    line = reading.fragment.text.rfind("\n", 0, max(start - 1, 0)) + 1
    targets = re.findall(r"(?:>|\btee\s+)\s*(\S+)", reading.fragment.text[line:start])
    return any(_HERE_SHELL.search(target.strip("\"'")) for target in targets)
