"""Engines as people name them on the command line and in `parity.yaml`."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from migrate.formats.commandline import lex
from migrate.formats.docker_options import Option, read_options
from migrate.formats.env_file import parse
from migrate.formats.shell_syntax import Unclosed
from migrate.formats.shell_words import Lexed
from migrate.parity.launchers import Launcher, UnusableEngine
from migrate.parity.launchers.process import Process
from migrate.parity.launchers.recorded import Recorded
from migrate.parity.launchers.url import Url
from migrate.parity.recording import Recording
from migrate.source import Source

if TYPE_CHECKING:
    from migrate.parity.launchers.container import Container

FORMS = "a URL, a command with {port}, docker run ..., recording:FILE, before:, after: or service:FILE:SERVICE"

_RUN = re.compile(r"(?:sudo\s+)?(?:docker|podman|nerdctl)\s+(?:container\s+)?run\s+")


def launcher_of(text: str, folder: Path = Path(), environment: Mapping[str, str] = os.environ) -> Launcher:
    """The engine that a text names; relative paths start at `folder`.

    Raises:
        UnusableEngine: it cannot be started as it is named.
        RecordingError: a recording that cannot be read.
    """
    text = text.strip()
    kind, colon, rest = text.partition(":")
    if text.startswith(("http://", "https://")):
        return _url(text)
    if kind == "recording" and colon:
        return Recorded(Recording.open(folder / rest))
    if kind in ("before", "after", "service") and colon:
        return of_service(kind, rest, folder)
    if kind == "docker" and colon:
        return container_of(rest, folder, environment)
    if run := _RUN.match(text):
        return container_of(text[run.end() :], folder, environment)
    return _process(text)


def _url(text: str) -> Url:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise UnusableEngine(f"{text}: {error}") from error
    if not url.host or (url.port or 0) > 65535:
        raise UnusableEngine(f"{text}: names no host and port that can be")
    return Url(text.rstrip("/"))


def _process(text: str) -> Process:
    """
    Raises:
        UnusableEngine: no command, or one that is told no port.
    """
    if "{port}" not in text:
        raise UnusableEngine(f"{text or 'an empty text'}: is no engine: give {FORMS}")
    try:
        shlex.split(text)
    except ValueError as error:
        raise UnusableEngine(f"{text}: {error}") from error
    return Process(text)


def of_service(kind: str, text: str, folder: Path) -> Container:
    """The service that FILE:SERVICE, or FILE alone, names: before or after the migration, or as it is.

    Raises:
        UnusableEngine: there is none, or it cannot be started.
    """
    from migrate.parity.launchers.repository import Checkout

    file, _, name = text.rpartition(":") if ":" in text else (text, "", "")
    checkout = Checkout.around(folder / file)
    name = checkout.service(name)
    read = {"before": checkout.before, "after": checkout.after, "service": checkout.as_it_is}[kind]
    return checked(read(name))


def container_of(text: str, folder: Path, environment: Mapping[str, str]) -> Container:
    """The container of `[OPTIONS] IMAGE [ARGUMENTS]`, as behind `docker run`; `$NAME` is taken from the environment.

    Raises:
        UnusableEngine: no image, an option that cannot be handed on, or a variable without a value.
    """
    from migrate.parity.launchers.container import Container

    try:
        words = lex(text, "shell", newlines=True)
    except Unclosed as error:
        raise UnusableEngine(f"{text}: a quote never ends") from error
    options, image_at = read_options(words, 0, lambda at: False)
    if image_at is None:
        raise UnusableEngine(f"docker run {text}: names no image")
    given = [(option.name, _value(option, words, environment)) for option in options]
    entrypoint = next((value for name, value in reversed(given) if name == "entrypoint"), None)
    return checked(
        Container(
            image=_known(words[image_at], environment),
            arguments=tuple(_known(word, environment) for word in words[image_at + 1 :]),
            environment=dict(_variables(given, folder, environment)),
            entrypoint=None if entrypoint is None else (entrypoint,),
            options=tuple(pair for pair in given if pair[0] not in ("env", "env-file", "entrypoint")),
            folder=folder,
        )
    )


def checked(container: Container) -> Container:
    """The container, once it is known that it can be asked for.

    Raises:
        UnusableEngine: an option of docker that cannot be handed on.
    """
    container.arguments_to_create("")
    return container


def _value(option: Option, words: Sequence[Lexed], environment: Mapping[str, str]) -> str:
    return _known(words[option.at], environment)[option.offset :] if option.at >= 0 else ""


def _known(word: Lexed, environment: Mapping[str, str]) -> str:
    """The word with its variables replaced.

    Raises:
        UnusableEngine: the environment does not have one of them.
    """

    def replacement(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in environment:
            raise UnusableEngine(f"{word.value}: ${name} is not set: set it (it may be empty)")
        return environment[name]

    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", replacement, word.value) if word.expression else word.value


def _variables(
    options: Sequence[tuple[str, str]], folder: Path, environment: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What `--env-file` and `-e` say, the latter last: it wins; a name alone takes the environment's value."""
    found: list[tuple[str, str]] = []
    for name, value in options:
        if name == "env-file":
            path = folder / value
            try:
                found += [(entry.name, entry.raw) for entry in parse(Source.decode(value, path.read_bytes()))]
            except OSError as error:
                raise UnusableEngine(f"--env-file {value}: {error.strerror or error}") from error
    for name, value in options:
        variable, given, text = value.partition("=")
        if name == "env" and (given or variable in environment):
            found.append((variable, text if given else environment[variable]))
    return found
