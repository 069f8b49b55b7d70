"""The words of `docker run` as a container."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from migrate.formats.commandline import lex
from migrate.formats.docker.options import read_options
from migrate.formats.env_file import parse
from migrate.formats.shell.syntax import Unclosed
from migrate.formats.shell.words import Lexed
from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.container import Container
from migrate.source import Source

# What a word with expansions stands for.
Known = Callable[[str], str]


def container_of(text: str, folder: Path, environment: Mapping[str, str]) -> Container:
    """The container of `[OPTIONS] IMAGE [ARGUMENTS]`, as behind `docker run`; `$NAME` is taken from the environment.

    Raises:
        UnusableEngine: no image, or a variable without a value.
    """
    try:
        words = lex(text, "shell", newlines=True)
    except Unclosed as error:
        raise UnusableEngine(f"{text}: a quote never ends") from error
    return container_from(words, lambda word: _replaced(word, environment), folder, environment)


def _replaced(text: str, environment: Mapping[str, str]) -> str:
    """
    Raises:
        UnusableEngine: the environment does not have one of the variables.
    """

    def replacement(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in environment:
            raise UnusableEngine(f"{text}: ${name} is not set: set it (it may be empty)")
        return environment[name]

    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", replacement, text)


def container_from(
    words: Sequence[Lexed],
    known: Known,
    folder: Path,
    environment: Mapping[str, str],
    is_image: Callable[[int], bool] = lambda at: False,
) -> Container:
    """The container of the words behind `docker run`.

    Raises:
        UnusableEngine: no image, or what `known` raises.
    """
    options, image_at = read_options(words, 0, is_image)
    if image_at is None:
        raise UnusableEngine(f"docker run {' '.join(word.value for word in words)}: names no image")
    values = [known(word.value) if word.expression else word.value for word in words]
    given = [(option.name, values[option.at][option.offset :] if option.at >= 0 else "") for option in options]
    entrypoint = next((value for name, value in reversed(given) if name == "entrypoint"), None)
    return Container(
        image=values[image_at],
        arguments=tuple(values[image_at + 1 :]),
        environment=dict(_variables(given, folder, environment)),
        entrypoint=None if entrypoint is None else (entrypoint,),
        options=tuple(pair for pair in given if pair[0] not in ("env", "env-file", "entrypoint")),
        folder=folder,
    )


def _variables(
    options: Sequence[tuple[str, str]], folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What `--env-file` and `-e` say, the latter last: it wins; a name alone takes the environment's value."""
    for name, value in options:
        if name == "env-file":
            try:
                source = Source.decode(value, (folder / value).read_bytes())
            except OSError as error:
                raise UnusableEngine(f"--env-file {value}: {error.strerror or error}") from error
            yield from ((entry.name, entry.raw) for entry in parse(source))
    for name, value in options:
        variable, given, text = value.partition("=")
        if name == "env" and (given or variable in environment):
            yield variable, text if given else environment[variable]
