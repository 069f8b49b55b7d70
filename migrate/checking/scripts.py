"""vLLM command lines in shell text: scripts, recipes, and shell inside other files."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from migrate.checking.commands import IMAGE, Command, Placed, direct, of_image
from migrate.formats.commandline import lex
from migrate.formats.shell.syntax import Unclosed
from migrate.formats.shell.words import Lexed
from migrate.source import Fragment

_CONTAINERS = frozenset(("docker", "podman", "nerdctl"))
_SPEAKERS = frozenset(("echo", "printf", "grep", "rg"))
_SCRIPT_FLAG = re.compile(r"-[a-z]*c$")


class Unreadable(ValueError):
    """A command whose quote never ends; `line` counts from 1 in the file."""

    def __init__(self, line: int) -> None:
        super().__init__("a quote that never ends")
        self.line = line


def commands_in(fragment: Fragment, dialect: str = "shell") -> Iterator[Command]:
    """The vLLM commands of a shell text, in order.

    Raises:
        Unreadable: a quote that opens in a command with vLLM never ends.
    """
    text = fragment.text
    done = 0
    for match in re.finditer(r"vllm", text):
        at = max(done, _line_start(text, match.start()))
        while at <= match.start():
            words, behind = _command(fragment, at, dialect)
            if words and behind > match.start():
                yield from _of_words(fragment, words, dialect)
            at = behind
        done = max(done, at)


def _line_start(text: str, at: int) -> int:
    """Where the line begins, lines that end in a backslash joined."""
    while True:
        at = text.rfind("\n", 0, at) + 1
        if not text[:at].endswith(("\\\n", "\\\r\n")):
            return at
        at -= 1


def _command(fragment: Fragment, at: int, dialect: str) -> tuple[list[Lexed], int]:
    """The words of the command at an offset, and where the next one begins."""
    text = fragment.text
    try:
        words = lex(text, dialect, at)
    except Unclosed as error:
        raise Unreadable(fragment.source.position(fragment.offsets[min(error.at, len(text))])[0]) from error
    if not words:
        line = text.find("\n", at)
        return [], at + 1 if text[at : at + 1] in ("(", ")", ";", "&", "|", "{") else line + 1 if line >= 0 else len(
            text
        ) + 1
    end = words[-1].end
    while end < len(text) and text[end] not in "\n;&|()":
        end += 1
    return words, end + 1


def _of_words(fragment: Fragment, lexed: Sequence[Lexed], dialect: str) -> Iterator[Command]:
    words = [Placed(one.value, fragment.span(one.start, one.end)) for one in lexed]
    if words[0].value.lstrip("@-+") in _SPEAKERS:
        return
    index = next((i for i, word in enumerate(words) if IMAGE.search(word.value)), None)
    command = _container(words, index) if index is not None and _runs(words[:index]) else direct(words)
    if command:
        yield command
        return
    for before, one in itertools.pairwise(lexed):
        if "vllm" in one.value and _SCRIPT_FLAG.match(before.value):
            yield from commands_in(fragment.inner(one.value, one.places, str), dialect)


def _runs(words: Sequence[Placed]) -> bool:
    """Whether the words before an image run a container of it."""
    values = [word.value for word in words]
    tools = (index for index, value in enumerate(values) if PurePosixPath(value.lstrip("@-+")).name in _CONTAINERS)
    return any({"run", "create"} & set(values[index + 1 : index + 4]) for index in tools)


def _container(words: Sequence[Placed], index: int) -> Command | None:
    program: list[Placed] = []
    for before, word in itertools.pairwise(words):
        if before.value == "--entrypoint":
            program = [word]
        elif word.value.startswith("--entrypoint="):
            program = [Placed(word.value.partition("=")[2], word.span)]
    return of_image(words[index].span, program, words[index + 1 :])
