"""A compose service as a launch: its facts in, a plan's edits out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from yaml import ScalarNode

from migrate.formats.commandline import split
from migrate.formats.compose_command import Strip, final_words, read_strip
from migrate.formats.compose_devices import read_gpus, read_mounts
from migrate.formats.compose_environment import Entry
from migrate.formats.compose_keys import new_keys
from migrate.formats.compose_model import Fact, Service, strings
from migrate.formats.compose_script import Script, read_start_script
from migrate.formats.compose_settings import Environment, entry_text
from migrate.formats.compose_values import default_of, pure_reference, replace_scalar, text_of, word_of
from migrate.formats.definitions import value_text
from migrate.formats.shell_additions import addition
from migrate.formats.shell_arguments import Part
from migrate.formats.yaml_scalar import fragment, value, written
from migrate.formats.yaml_tree import aliased, is_flow, span
from migrate.repository import Repository
from migrate.source import Edit, Source, Span
from migrate.touchpoints import CannotWrite, Gpus, Launch, Mount, Plan, Token, Variable, Word


@dataclass(frozen=True)
class Start:
    """A service that starts TGI. `built`: the variables that its Dockerfile sets."""

    service: Service
    image: Word | None
    runs_in: Word | None
    strips: tuple[Strip, ...]
    entries: tuple[Entry, ...]
    environment: Environment
    gpus: Gpus
    mounts: tuple[Mount, ...]
    script: Script | None = None
    built: tuple[Variable, ...] = ()

    @property
    def source(self) -> Source:
        return self.service.own.source

    @property
    def arguments(self) -> tuple[Word, ...]:
        if self.script:
            return self.script.launch.arguments
        return tuple(word for strip in self.strips for word in strip.arguments)

    @property
    def has_entrypoint(self) -> bool:
        return self.service.fact("entrypoint") is not None or self._resets_entrypoint

    @property
    def _resets_entrypoint(self) -> bool:
        fact = self.service.own.facts.get("entrypoint")
        return fact is not None and isinstance(fact.value, ScalarNode) and fact.value.style in ("'", '"')

    @property
    def named(self) -> bool:
        return any(strip.launcher for strip in self.strips)

    @property
    def through_entrypoint(self) -> bool:
        """Whether the image's own entrypoint starts the server."""
        return not self.script and not self.has_entrypoint and (not self.named or self.image is not None)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """What the process sees; a script's own assignments win."""
        if self.script:
            return self.script.launch.environment
        own = tuple(entry.variable for entry in self.entries)
        names = {one.name for one in own}
        return (*own, *(one for one in self.built if one.name not in names))

    @property
    def program(self) -> str | None:
        """The program of an entrypoint that is neither TGI's nor a shell that starts TGI's."""
        fact = self.service.fact("entrypoint")
        if fact is None or self.script or self.named:
            return None
        words = strings(fact.source, fact.value)
        return " ".join(words) or None

    def facts(self) -> tuple[object, ...]:
        """What decides the words of the new command."""
        variables = sorted((variable.name, variable.word.value) for variable in self.variables)
        words = tuple(word.value for word in self.arguments)
        mounts = tuple((mount.source, mount.target) for mount in self.mounts)
        return words, tuple(variables), self.image and self.image.value, self.gpus, mounts

    def anchor(self) -> Span:
        """What a finding about the whole launch points at: the image where this file names it, else the service's
        key."""
        image = self.service.fact("image")
        if image is not None and image.source is self.source and isinstance(image.value, ScalarNode):
            return span(image.source, image.value)
        return span(self.source, self.service.own.key)


def read_strips(service: Service) -> tuple[Strip, ...]:
    """The words of entrypoint and command; the ones before the launcher are not arguments."""
    strips = []
    for name in ("entrypoint", "command"):
        fact = service.fact(name)
        strip = read_strip(fact, service.definitions) if fact else None
        if strip is not None:
            strips.append(strip)
    if strips and strips[0].fact.name == "entrypoint" and not strips[0].launcher:
        strips = strips[1:]
    found: list[Strip] = []
    at = 0
    for strip in strips:
        found.append(strip.shifted(at))
        at += len(strip.arguments)
    return tuple(found)


def image_word(service: Service) -> Word | None:
    fact = service.fact("image")
    if fact is None or not isinstance(fact.value, ScalarNode):
        return None
    return word_of(fact.source, fact.value, service.definitions)


@dataclass(frozen=True)
class Writer:
    """Lays plans into one start. `alike`: whether all services that share a node start the same server. `elsewhere`:
    whether
    an image variable's definition may change. `words`: whether the service needs words of its own."""

    start: Start
    alike: bool
    elsewhere: bool
    words: bool = True

    def __call__(self, plan: Plan) -> list[Edit]:
        service = self.start.service
        only = self.start.source if service.overrides else None
        edits = self._image(plan, only)
        own_command, command = self._script(plan, only) if self.start.script else self._command(plan, only)
        written_settings, missing = self.start.environment.write(self._outer(plan), only)
        keys: list[tuple[str, Sequence[str], bool]] = []
        if self.start.script and not self.start.has_entrypoint:
            # A shell in `command` would be an argument of the image's entrypoint.
            keys.append(("entrypoint", (), True))
        if own_command:
            keys.append(("command", [text_of(word) for word in own_command], True))
        if missing:
            keys.append(("environment", [entry_text(setting, True) for setting in missing], False))
        return [*edits, *command, *written_settings, *new_keys(service.own, keys, plan.rule)]

    def _outer(self, plan: Plan) -> Plan:
        """The plan for the service's own variables: without those that a script or the Dockerfile assigns."""
        if not self.start.script and not self.start.built:
            return plan
        entries = [entry.variable for entry in self.start.entries]
        index = {at: entries.index(one) for at, one in enumerate(self.start.variables) if one in entries}
        settings = [setting for setting in plan.settings if setting.replaces is None or setting.replaces in index]
        moved = [replace(one, replaces=None if one.replaces is None else index[one.replaces]) for one in settings]
        return replace(plan, removed=tuple(index[at] for at in plan.removed if at in index), settings=tuple(moved))

    def _script(self, plan: Plan, only: Source | None) -> tuple[list[Token], list[Edit]]:
        script = self.start.script
        assert script  # the caller has looked
        if only is not None and script.fact.source is not only:
            raise CannotWrite("the start script stands in the file below: repeat it in the override file, on vLLM")
        if not self.alike:
            raise CannotWrite("services with different settings share one start script: give each service its own")
        return [], script.write(plan)

    def _image(self, plan: Plan, only: Source | None) -> list[Edit]:
        fact = self.start.service.fact("image")
        if plan.image is None or fact is None or (only is not None and fact.source is not only):
            return []
        if not isinstance(fact.value, ScalarNode):
            return []
        name = pure_reference(value(fact.source, fact.value)) if self.elsewhere else None
        definitions = self.start.service.definitions
        if name in definitions.entries and definitions.source is not None:
            rule = plan.image.rule or plan.rule
            edits = [
                Edit(path, place.start, place.end, plan.image.value, rule) for path, place in definitions.images(name)
            ]
            read = fragment(fact.source, fact.value)
            default = default_of(read.text)
            return [*edits, read.edit(*default, plan.image.value, rule)] if default else edits
        return replace_scalar(fact.source, fact.value, plan.image, plan.rule, is_flow(fact.holder))

    def _command(self, plan: Plan, only: Source | None) -> tuple[list[Token], list[Edit]]:
        """The words of a new command key, or the edits of the ones that are there."""
        strips = self.start.strips
        if not self.words:
            return [], []
        foreign = only is not None and any(strip.fact.source is not only for strip in strips)
        shared = any(not strip.fact.own or _is_alias(strip.fact) for strip in strips) and not self.alike
        if not strips or foreign or shared:
            words = final_words(self.start.arguments, plan)
            alias = next((strip.fact for strip in strips if strip.fact.own and strip.fact.name == "command"), None)
            if alias is not None and words and _is_alias(alias):
                return [], [_replaced_alias(alias, words, plan.rule)]
            return words, []
        edits: list[Edit] = []
        filled = [strip for strip in strips if strip.arguments] or [strips[-1]]
        for strip in strips:
            part = Plan(
                changes=plan.changes,
                head=plan.head if strip is filled[0] else (),
                tail=plan.tail if strip is filled[-1] else (),
                tail_before=plan.tail_before,
                rule=plan.rule,
            )
            if strip.launcher or strip in filled:
                edits += strip.lay(part, not self.start.through_entrypoint)
        return [], edits


def _is_alias(fact: Fact) -> bool:
    return aliased(fact.source, fact.key, fact.value)


def _replaced_alias(fact: Fact, words: Sequence[Token], rule: str) -> Edit:
    """A command of its own in place of `*name`."""
    text = fact.source.text
    at = text.index("*", fact.key.end_mark.index)
    end = at + len(text[at:].split(None, 1)[0].rstrip(",}"))
    listed = ", ".join(written(text_of(word), '"', True) for word in words)
    return Edit(fact.source.path, at, end, f"[{listed}]", rule)


def launch_of(start: Start, writer: Writer, template: bool, unsupported: str | None) -> Launch:
    """The engine-neutral launch of a service."""
    return Launch(
        path=start.source.path,
        kind="compose",
        place="container",
        anchor=start.anchor(),
        write=writer,
        text=start.service.own.text,
        image=start.image,
        runs_in=start.runs_in,
        through_entrypoint=start.through_entrypoint,
        arguments=start.arguments,
        environment=start.variables,
        mounts=start.mounts,
        gpus=start.gpus,
        name=start.service.name,
        template=template,
        additions=tuple(_flags(start)),
        unsupported=unsupported,
    )


def _flags(start: Start) -> Iterator[Launch]:
    """The options that variables of the `.env` file bring. An item of a list is one word, whatever it holds."""
    definitions = start.service.definitions
    texts = [strip for strip in start.strips if isinstance(strip.node, ScalarNode)]
    for word in (word for strip in texts for word in strip.arguments):
        entry = definitions.entries.get(pure_reference(word.value) or "")
        if entry is None or definitions.source is None or not entry.value.startswith("-"):
            continue
        text = value_text(definitions.source, entry)
        part = Part(text, 0, "words", True, entry.mark)
        for index, item in enumerate(split(text, "words")):
            part.add(item, index)
        if found := addition(part, "compose"):
            yield found


def start_of(
    service: Service,
    repo: Repository,
    image: Word | None,
    runs_in: Word | None,
    entries: Sequence[Entry],
    environment: Environment,
    built: tuple[Variable, ...] = (),
) -> Start:
    """The facts of a service that is known to start TGI."""
    gpus = read_gpus(service, [entry.variable for entry in entries])
    mounts = tuple(read_mounts(service))
    script = read_start_script(service, repo, image or runs_in, [entry.variable for entry in entries])
    strips = () if script else read_strips(service)
    return Start(service, image, runs_in, strips, tuple(entries), environment, gpus, mounts, script, built)


def nodes_of(start: Start) -> set[int]:
    """The identities of the nodes whose words a start lays."""
    if start.script:
        return {id(start.script.node)}
    return {id(strip.node) for strip in start.strips}
