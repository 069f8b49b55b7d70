"""The stages of a Dockerfile: which image each one comes from, through build arguments and earlier stages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from migrate.catalog.images import recognise
from migrate.formats.dockerfile.exec import parse_exec
from migrate.formats.dockerfile.parser import Instruction, parse
from migrate.formats.dockerfile.values import Pair, declared, expand, pairs, pure_variable, quote
from migrate.source import Edit, Fragment, Span
from migrate.touchpoints import Mount, Token, Variable, Word

_FROM = re.compile(r"(?P<image>\S+)(?:(?:\s|\\\r?\n)+AS(?:\s|\\\r?\n)+(?P<name>\S+))?\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A variable's definition: the instruction and the pair in it."""

    instruction: Instruction
    pair: Pair


@dataclass(frozen=True)
class Stage:
    """`image` is the reference as written with its resolved value; `base` the earlier stage that it names instead.

    `definition`: the build argument's default that the whole reference comes from, where it does.
    `scope`: global build arguments that have a default.
    """

    index: int
    first: Instruction
    image: Word
    name: str | None = None
    base: Stage | None = None
    definition: Place | None = None
    items: tuple[Instruction, ...] = ()
    scope: tuple[tuple[str, str], ...] = ()

    @property
    def root(self) -> Stage:
        return self.base.root if self.base else self

    @property
    def chain(self) -> tuple[Stage, ...]:
        """The stages that this one is built on, root first, itself last."""
        return (*(self.base.chain if self.base else ()), self)

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """Everything that runs in this stage's image, from the root on."""
        return tuple(item for stage in self.chain for item in stage.items)

    @property
    def from_tgi(self) -> bool:
        return is_tgi(self.root.image)

    @property
    def last(self) -> Instruction:
        return self.items[-1] if self.items else self.first

    def image_edit(self, token: Token, rule: str = "") -> Edit:
        """Writes another image: into the build argument's default where the reference is one, else into `FROM`."""
        if self.definition:
            pair = self.definition.pair
            return self.definition.instruction.body.edit(pair.value_start, pair.end, quote(token), rule)
        match = _FROM.match(self.first.body.text)
        return self.first.body.edit(0, match.end("image") if match else 0, token.value, rule)


def is_tgi(image: Word) -> bool:
    """Whether a reference (resolved, else as written) names an image of TGI."""
    return recognise(image.known or image.value) is not None


def stages(fragment: Fragment) -> list[Stage]:
    """The stages in order."""
    found: list[Stage] = []
    known: dict[str, str] = {}
    places: dict[str, Place] = {}
    items: list[Instruction] = []
    for instruction in parse(fragment):
        if instruction.keyword == "FROM":
            _close(found, items)
            stage = _stage(instruction, found, known, places)
            if stage:
                found.append(stage)
        elif found:
            items.append(instruction)
        elif instruction.keyword == "ARG":
            for pair in pairs(instruction):
                places[pair.name] = Place(instruction, pair)
                known[pair.name] = expand(pair.value, known) or pair.value
    _close(found, items)
    return _linked(found)


def _close(found: list[Stage], items: list[Instruction]) -> None:
    if found and items:
        found[-1] = replace(found[-1], items=tuple(items))
    items.clear()


def _stage(first: Instruction, earlier: list[Stage], known: dict[str, str], places: dict[str, Place]) -> Stage | None:
    match = _FROM.match(first.body.text)
    if not match:
        return None
    reference = match["image"]
    resolved = expand(reference, known)
    span = first.body.span(*match.span("image"))
    image = Word(reference, first.body.source.path, span, reference, "dockerfile", "$" in reference, resolved)
    definition = places.get(pure_variable(reference) or "")
    return Stage(len(earlier), first, image, match["name"], definition=definition, scope=tuple(known.items()))


def _linked(found: list[Stage]) -> list[Stage]:
    linked: list[Stage] = []
    for stage in found:
        name = (stage.image.known or stage.image.value).lower()
        base = next((other for other in reversed(linked) if other.name and other.name.lower() == name), None)
        linked.append(replace(stage, base=base))
    return linked


def volumes(stage: Stage) -> tuple[Mount, ...]:
    """The folders of `VOLUME`, which whoever runs the image mounts something on: their source is empty."""
    items = [item for item in stage.instructions if item.keyword == "VOLUME"]
    return tuple(
        Mount("", folder, item.body.span(0, len(item.body.text))) for item in items for folder in _folders(item.body)
    )


def _folders(body: Fragment) -> list[str]:
    listed = parse_exec(body)
    return [item.value for item in listed.items] if listed else body.text.split()


def used_by_another(stage: Stage, every: list[Stage]) -> bool:
    """A stage that others build on or copy from is started through them, unless it is the last one."""
    if any(other.base is not None and other.base.index == stage.index for other in every):
        return True
    names = {str(stage.index), (stage.name or str(stage.index)).lower()}
    copied = any((item.flag("from") or "").lower() in names for other in every for item in other.items)
    return copied and stage is not every[-1]


@dataclass(frozen=True)
class Environment:
    """What `ENV` sets in a stage: the winning variables, and for each the places that set it."""

    variables: tuple[Variable, ...]
    places: tuple[tuple[Place, ...], ...]


def environment(stage: Stage, used_elsewhere: Callable[[str, Instruction], bool]) -> Environment:
    """The variables of the stage's image; `used_elsewhere(name, instruction)`: another instruction expands it."""
    known: dict[str, str] = {}
    places: dict[str, list[Place]] = {}
    words: dict[str, tuple[Word, Span]] = {}
    for instruction in stage.instructions:
        if instruction.keyword == "ARG":
            known |= {name: value for name, value in stage.scope if name in declared(instruction)}
            known |= {pair.name: expand(pair.value, known) or pair.value for pair in pairs(instruction)}
        if instruction.keyword != "ENV":
            continue
        for pair in pairs(instruction):
            value = pair.value if pair.expression else pair.value.replace(r"\$", "$")
            resolved = expand(value, known) if pair.expression else value
            span = instruction.body.span(pair.value_start, pair.end)
            path = instruction.body.source.path
            words[pair.name] = (
                Word(value, path, span, pair.raw, "dockerfile", pair.expression, resolved),
                instruction.body.span(pair.start, pair.end),
            )
            places.setdefault(pair.name, []).append(Place(instruction, pair))
            if resolved is not None:
                known[pair.name] = resolved
    variables = tuple(
        Variable(name, word, span, shared=used_elsewhere(name, places[name][-1].instruction), private=True)
        for name, (word, span) in words.items()
    )
    return Environment(variables, tuple(tuple(places[variable.name]) for variable in variables))
