"""What a Dockerfile takes from TGI's image without starting it: copied programs, and commands that need its files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate.catalog.images import recognise
from migrate.formats.dockerfile_parser import Instruction
from migrate.formats.dockerfile_stages import Stage
from migrate.touchpoints import Mention

_PROGRAM = re.compile(r"text-generation-(?:launcher|server|router|benchmark)\b(?![\w./-])")
_VIRTUAL_ENVIRONMENT = re.compile(r"/usr/src/\.venv\b|/opt/conda\b")


def mentions_of(stages: list[Stage]) -> list[Mention]:
    """Mentions in every stage, in order of the text."""
    found: list[Mention] = []
    for stage in stages:
        for item in stage.items:
            if item.keyword in ("COPY", "ADD"):
                found += _copied(item, stages)
            elif item.keyword in ("RUN", "ENV", "HEALTHCHECK", "SHELL") and stage.from_tgi:
                found += _used(item)
    return found


def _copied(item: Instruction, stages: list[Stage]) -> Iterator[Mention]:
    origin = item.flag("from")
    if origin is None:
        return
    named = next((stage for stage in stages if origin.lower() in (str(stage.index), (stage.name or "").lower())), None)
    if named.from_tgi if named else recognise(origin) is not None:
        span = item.body.span(0, len(item.body.text))
        yield Mention(
            item.body.source.path, "copy-from-image", item.body.text, span, f"{item.keyword} {item.body.text}"
        )


def _used(item: Instruction) -> Iterator[Mention]:
    for kind, pattern in (("program", _PROGRAM), ("virtual-environment", _VIRTUAL_ENVIRONMENT)):
        match = pattern.search(item.body.text)
        if match:
            yield Mention(item.body.source.path, kind, match[0], item.body.span(*match.span()), item.body.text)
