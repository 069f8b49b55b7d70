"""A vLLM command line, and how it is told from its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from migrate.source import Span

Invocation = Literal["serve", "module", "image"]
MODULE = "vllm.entrypoints.openai.api_server"
# The project's own images by their last two parts, behind any registry; a digest or an expression may follow.
IMAGE = re.compile(r"(?:^|/)vllm/vllm-openai(?:-rocm|-cpu|-xpu)?(?=$|[:@])")
_PROGRAM = re.compile(r"(?:^|[/=@+-])vllm$")
_PYTHON = re.compile(r"(?:^|[/=@+-])python[\d.]*$")


@dataclass(frozen=True, slots=True)
class Placed:
    """A word as the process sees it, and where it stands in the file."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Command:
    """`words` are the arguments behind the program or image; `anchor` is the program or image itself."""

    words: tuple[Placed, ...]
    invocation: Invocation
    anchor: Span


def direct(words: Sequence[Placed]) -> Command | None:
    """The command in words that name the program: `... vllm serve ARGUMENTS`, `... python -m MODULE ARGUMENTS`."""
    for index, word in enumerate(words):
        behind = [one.value for one in words[index + 1 : index + 3]]
        if behind[:1] == ["serve"] and _PROGRAM.search(word.value):
            return Command(tuple(words[index + 2 :]), "serve", word.span)
        if behind == ["-m", MODULE] and _PYTHON.search(word.value):
            return Command(tuple(words[index + 3 :]), "module", word.span)
    return None


def of_image(image: Span, program: Sequence[Placed], arguments: Sequence[Placed]) -> Command | None:
    """The command of a container: the image's own entrypoint with arguments, or the program that takes its place."""
    if program:
        return direct([*program, *arguments])
    return Command(tuple(arguments), "image", image) if arguments else None
