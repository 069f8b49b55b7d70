"""What a Dockerfile takes from TGI's image without starting it: copied programs, and commands that need its files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from migrate.catalog.images import recognise
from migrate.formats.dockerfile.parser import Instruction
from migrate.formats.dockerfile.stages import Stage
from migrate.formats.probes import asked
from migrate.formats.shell.reader import ScriptContext, read_script
from migrate.repository import Repository
from migrate.source import Edit
from migrate.touchpoints import Mention

_PROGRAM = re.compile(r"text-generation-(?:launcher|server|router|benchmark)\b(?![\w./-])")
_VIRTUAL_ENVIRONMENT = re.compile(r"/usr/src/\.venv\b|/opt/conda\b")
_COMMANDS = frozenset({"program", "download-weights"})


def mentions_of(stages: list[Stage], repo: Repository) -> list[Mention]:
    """Mentions in every stage, in order of the text."""
    found: list[Mention] = []
    for stage in stages:
        for item in stage.items:
            if item.keyword in ("COPY", "ADD"):
                found += _copied(item, stages)
            elif item.keyword in ("RUN", "ENV", "HEALTHCHECK", "SHELL") and stage.from_tgi:
                found += _used(item, stage, repo)
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


def _used(item: Instruction, stage: Stage, repo: Repository) -> Iterator[Mention]:
    path, text = item.body.source.path, item.body.text
    known: list[Mention] = []
    if item.keyword == "RUN":
        context = ScriptContext("dockerfile", runs_in=stage.root.image, single_line=True)
        known = [each for each in read_script(item.body, repo, context).mentions if each.kind in _COMMANDS]
        yield from known
    for kind, pattern in (("program", _PROGRAM), ("virtual-environment", _VIRTUAL_ENVIRONMENT)):
        match = pattern.search(text)
        if match and not (kind == "program" and known):
            yield Mention(path, kind, match[0], item.body.span(*match.span()), text)
    for one in asked(text) if item.keyword == "HEALTHCHECK" else ():
        place = (one.start, one.end)
        edit = _replacing(item, place) if one.replaceable else None
        yield Mention(path, "health", text[one.start : one.end], item.body.span(*place), text, edit)


def _replacing(item: Instruction, place: tuple[int, int]) -> Callable[[str], Edit]:
    return lambda new: item.body.edit(*place, new)
