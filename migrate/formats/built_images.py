"""Images that the repository builds from TGI's: what they give the server, and under which names they are built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from posixpath import join

from migrate.catalog.images import recognise
from migrate.formats.dockerfile.stages import environment, stages
from migrate.repository import Repository
from migrate.source import Fragment, Source, Span
from migrate.touchpoints import Variable, Word

_FROM = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)", re.MULTILINE | re.IGNORECASE)
_PROGRAM = re.compile(r"^[ \t]*ENTRYPOINT\b[ \t]*(.*)", re.MULTILINE | re.IGNORECASE)
_COMMAND = re.compile(r"^[ \t]*CMD\b", re.MULTILINE | re.IGNORECASE)
_FILE = re.compile(r"(?:docker|container)file", re.IGNORECASE)
_BUILD = re.compile(
    r"\b(?:docker|podman|nerdctl)(?:[ \t]+(?:buildx|image))?[ \t]+build\b((?:[^\n\\;&|#]|\\\r?\n|\\.)*)"
)


@dataclass(frozen=True)
class Built:
    """An image that a command in `path` builds as `name`, as it is written there. `base`: the image of TGI that its
    Dockerfile starts from; `program`: what that starts in place of TGI's entrypoint; `command`: it has a `CMD`."""

    path: str
    name: str
    base: Word
    variables: tuple[Variable, ...]
    program: str
    command: bool


def built_images(repo: Repository) -> tuple[Built, ...]:
    """Every image made from TGI's that a command of the repository builds and names."""
    return repo.once("built_images", lambda repo: tuple(_commands(repo)))


def _commands(repo: Repository) -> Iterator[Built]:
    if not any(_FILE.search(path) for path in repo.paths):
        return
    for path in repo.holding(" build "):
        source = repo.source(path)
        for match in _BUILD.finditer(source.text) if source else ():
            words = re.sub(r"\\\r?\n", " ", match[1]).replace('"', "").replace("'", "").split()
            names = _values(words, "-t", "--tag")
            file = _dockerfile(words, path, repo) if names else None
            base = base_image(file) if file else None
            if file and base:
                said = (program_of(file), _COMMAND.search(file.text) is not None)
                yield from (Built(path, name, base, image_variables(file), *said) for name in names)


def program_of(dockerfile: Source) -> str:
    """What an image starts in place of TGI's entrypoint, empty where that stays."""
    program = _PROGRAM.search(dockerfile.text)
    return program[1] if program else ""


def _values(words: list[str], short: str, long: str) -> list[str]:
    following = [after for word, after in pairwise(words) if word in (short, long)]
    return [*following, *(word.partition("=")[2] for word in words if word.startswith(f"{long}="))]


def _dockerfile(words: list[str], path: str, repo: Repository) -> Source | None:
    """The Dockerfile of a command whose last word is the folder that it builds in."""
    named = _values(words, "-f", "--file")
    name = named[0] if named else join(words[-1], "Dockerfile")
    place = repo.beside(path, name) or repo.beside("x", name)
    return repo.source(place) if place else None


def base_image(source: Source) -> Word | None:
    """The TGI image that a Dockerfile starts from, None where it starts from another."""
    for match in reversed(list(_FROM.finditer(source.text))):
        if recognise(match[1]):
            return Word(match[1], source.path, Span(*match.span(1)), match[1], "dockerfile")
    return None


def image_variables(source: Source) -> tuple[Variable, ...]:
    """What a Dockerfile on TGI's image sets for the server, as far as its text tells: a service may not change it."""
    found = [stage for stage in stages(Fragment.whole(source)) if stage.from_tgi]
    if not found:
        return ()
    read = environment(found[-1], lambda name, instruction: False).variables
    known = [(one, text) for one in read if (text := one.word.known) is not None]
    words = [(one, replace(one.word, value=text, raw="", expression=False, resolved=None)) for one, text in known]
    return tuple(replace(one, word=word, shared=True) for one, word in words)
