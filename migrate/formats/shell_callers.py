"""Calls that pass options of TGI on: to a script, or a function, that starts the server with `"$@"`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from migrate.formats.passed import appended_in_shell, options_in
from migrate.formats.shell_context import Reading
from migrate.source import Span
from migrate.touchpoints import Launch, Mention

_PASSED = frozenset(("$@", "${@}", "$*", "${@:1}", "${@:2}", "${@:3}"))
_FUNCTION = re.compile(r"(?m)(?:^|;)[ \t]*(?:function[ \t]+)?([\w-]+)[ \t]*(?:\(\)|(?<=\w)[ \t]*\{)")
_CALLERS = frozenset((".sh", ".bash", ".zsh", ".slurm", ".sbatch", ".service", ".mk", ".md", ".yml", ".yaml"))


def read_callers(reading: Reading, launches: Sequence[Launch]) -> list[Mention]:
    """One mention for each call with an option that vLLM does not have, in this text and in other scripts."""
    appended = list(appended_in_shell(reading, launches))
    passing = [launch for launch in launches if any(word.value in _PASSED for word in launch.arguments)]
    if not passing:
        return appended
    return [*appended, *_function_calls(reading, passing), *_script_calls(reading)]


def _function_calls(reading: Reading, launches: Sequence[Launch]) -> Iterator[Mention]:
    text, source = reading.fragment.text, reading.fragment.source
    starts = [(reading.fragment.offsets[match.start(1)], match[1]) for match in _FUNCTION.finditer(text)]
    for launch in launches:
        name = next((name for place, name in reversed(starts) if place < launch.anchor.start), None)
        for command in reading.commands:
            if name and command.name == name:
                yield from _passed(reading, source.path, text, command.start, command.words[-1].end)


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
            if not text[: match.start()].rpartition("\n")[2].lstrip().startswith("#"):
                yield from _passed(reading, path, text, *match.span())


def _passed(reading: Reading, path: str, text: str, start: int, end: int) -> Iterator[Mention]:
    """The call as a mention, where it passes an option that only TGI has and that the script does not read itself."""
    for match in options_in(text, start, end):
        if f"{match[0]})" not in reading.fragment.text:
            span = Span(*match.span())
            if path == reading.path:
                span = reading.fragment.span(*match.span())
            yield Mention(path, "passed-option", match[0], span, text[start:end])
            return
