"""Services that build their image: the TGI image that their Dockerfile starts from."""

from __future__ import annotations

import re
from dataclasses import replace
from posixpath import join

from yaml import Node, ScalarNode

from migrate.catalog.images import recognise
from migrate.formats.compose_model import Fact, Service
from migrate.formats.dockerfile_stages import environment, stages
from migrate.formats.yaml_scalar import value
from migrate.formats.yaml_tree import child
from migrate.repository import Repository
from migrate.source import Fragment, Source, Span
from migrate.touchpoints import Variable, Word

_FROM = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)", re.MULTILINE | re.IGNORECASE)
_ARGUMENTS = re.compile(r"^[ \t]*(?:CMD\b|ENV[ \t].*\bMODEL_ID\b)", re.MULTILINE | re.IGNORECASE)


def dockerfile(service: Service, repo: Repository) -> Source | None:
    """The Dockerfile of a service's `build`, where the repository has it."""
    fact = service.fact("build")
    if fact is None:
        return None
    inline = child(fact.value, "dockerfile_inline")
    if isinstance(inline, ScalarNode):
        return None
    context = _text(fact, fact.value) or _text(fact, child(fact.value, "context")) or "."
    name = _text(fact, child(fact.value, "dockerfile")) or "Dockerfile"
    path = repo.beside(fact.source.path, join(service.definitions.resolve(context) or context, name))
    return repo.source(path) if path else None


def _text(fact: Fact, node: Node | None) -> str | None:
    return value(fact.source, node) if isinstance(node, ScalarNode) else None


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


def has_arguments(source: Source) -> bool:
    """Whether the Dockerfile itself says what the server serves."""
    return _ARGUMENTS.search(source.text) is not None
