"""The containers that a shell script starts with `docker run`, as they are written: nothing of the script is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from migrate.catalog.images import recognise
from migrate.checking.commands import IMAGE
from migrate.formats.definitions import Definitions
from migrate.formats.docker.options import read_options
from migrate.formats.shell.definitions import collect
from migrate.formats.shell.script import Command, scan
from migrate.formats.shell.words import Lexed
from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.container import Container
from migrate.parity.launchers.docker_command import container_from
from migrate.repository import Repository
from migrate.source import Fragment

_TOOLS = ("docker", "podman", "nerdctl")
# What a script is given when it is started: nothing.
_GIVEN = ("$@", "$*", "${@}", "${*}")
_REFERENCE = re.compile(r"\$\{(\w+)(?::?[-=]((?:[^{}]|\$\{[^{}]*\})*))?\}|\$(\w+)")


@dataclass(frozen=True)
class Run:
    """One `docker run`: its container's name, or `run1`, `run2`, ...; `words` are those behind `run`."""

    name: str
    image: str
    words: tuple[Lexed, ...]
    definitions: Definitions
    path: str
    line: int

    @property
    def starts_tgi(self) -> bool:
        return recognise(self.image) is not None

    def container(self, root: Path, environment: Mapping[str, str] = os.environ) -> Container:
        """The container; what the script sets goes before the environment, and that before a default.

        Raises:
            UnusableEngine: a variable that neither sets, or that the script sets in several ways.
        """
        folder = (root / PurePosixPath(self.path).parent).resolve()

        def known(text: str) -> str:
            found = _expand(text.replace("$(pwd)", "$PWD").replace("`pwd`", "$PWD"), self.definitions, environment)
            if found is None:
                place = f"{self.path}:{self.line}"
                raise UnusableEngine(f"{place}: {text}: neither the script nor the environment says what that is")
            return found

        def is_image(at: int) -> bool:
            return _is_image(self.words[at], self.definitions)

        return container_from(self.words, known, folder, environment, is_image)


def _expand(
    text: str, definitions: Definitions, environment: Mapping[str, str], hidden: tuple[str, ...] = ()
) -> str | None:
    """A text with its variables replaced, None where one has no value; `hidden` are those being expanded."""
    parts: list[str] = []
    at = 0
    for match in _REFERENCE.finditer(text):
        name, default = match[1] or match[3], match[2]
        values = _set(name, definitions, environment, hidden)
        if not values and name in environment:
            values = {environment[name]}
        elif not values and default is not None:
            values = {_expand(default, definitions, environment, (*hidden, name))}
        if len(values) != 1 or (value := values.pop()) is None:
            return None
        parts += [text[at : match.start()], value]
        at = match.end()
    rest = "".join([*parts, text[at:]])
    return None if "$(" in text or "`" in text or "$" in text[at:] else rest


def _set(
    name: str, definitions: Definitions, environment: Mapping[str, str], hidden: tuple[str, ...]
) -> set[str | None]:
    """The values that the script gives to a variable."""
    own = [one for one in definitions.of(name) if not one.weak] if name not in hidden else []
    if any(one.appended or one.array for one in own):
        return {None}
    return {
        _expand(one.value, definitions, environment, (*hidden, name)) if one.expression else one.value for one in own
    }


def runs(repo: Repository, path: str) -> list[Run]:
    """The containers of TGI's images and vLLM's that a script starts."""
    source = repo.source(path)
    if source is None:
        return []
    fragment = Fragment.whole(source)
    script = scan(source.text, "shell")
    definitions = Definitions()
    collect(fragment, script.commands, definitions, repo)
    found: list[Run] = []
    for command in script.commands:
        words = tuple(_behind_run(command, definitions))
        images = [_is_image(word, definitions) for word in words]
        options, image_at = read_options(words, 0, images.__getitem__)
        if image_at is None or not _is_image(words[image_at], definitions):
            continue
        named = next((option.value(words) for option in options if option.name == "name"), "")
        name = definitions.resolve(named, defaults=True) or f"run{len(found) + 1}"
        image = _image(words[image_at], definitions)
        found.append(Run(name, image, words, definitions, path, source.position(command.start)[0]))
    return found


def _behind_run(command: Command, definitions: Definitions) -> Iterator[Lexed]:
    """The words behind `docker run`, arrays of the script in place of their names; none where it is another command."""
    values = [word.value for word in command.words]
    at = next((at for at, value in enumerate(values) if value.rpartition("/")[2] in _TOOLS), None)
    behind = values[at + 1 :] if at is not None else []
    if at is None or "run" not in behind[:2] or not all(_leads(value) for value in values[:at]):
        return
    for word in command.words[at + 2 + behind.index("run") :]:
        yield from _listed(word, definitions)


def _leads(value: str) -> bool:
    """Whether a word may stand before docker: an assignment, `sudo`, `exec`, and their options."""
    return (
        value in ("sudo", "exec", "nohup", "command") or value.startswith("-") or re.match(r"\w+=", value) is not None
    )


def _listed(word: Lexed, definitions: Definitions) -> Sequence[Lexed]:
    if word.expression and word.value in _GIVEN:
        return ()
    name = definitions.pure(word.value) if word.expression else None
    arrays = [one.array for one in definitions.of(name) if one.array] if name else []
    return [inner for array in arrays for inner in array.words] if arrays else (word,)


def _image(word: Lexed, definitions: Definitions) -> str:
    return (definitions.resolve(word.value, defaults=True) if word.expression else word.value) or word.value


def _is_image(word: Lexed, definitions: Definitions) -> bool:
    image = _image(word, definitions)
    return recognise(image) is not None or IMAGE.search(image) is not None
