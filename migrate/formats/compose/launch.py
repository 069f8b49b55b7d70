"""A compose service as a launch, and a plan written back into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from yaml import ScalarNode

from migrate.formats.commandline import split
from migrate.formats.compose.command import final_words
from migrate.formats.compose.keys import new_keys
from migrate.formats.compose.model import Fact
from migrate.formats.compose.settings import entry_text
from migrate.formats.compose.start import Start
from migrate.formats.compose.values import default_of, pure_reference, replace_scalar, text_of
from migrate.formats.definitions import value_text
from migrate.formats.shell.additions import addition
from migrate.formats.shell.arguments import Part
from migrate.formats.yaml.scalar import fragment, value, written
from migrate.formats.yaml.tree import aliased, is_flow
from migrate.source import Edit, Source
from migrate.touchpoints import CannotWrite, Launch, Plan, Token


@dataclass(frozen=True)
class Writer:
    """Lays plans into one start.

    `alike`: whether all services that share a node start the same server. `elsewhere`: whether an image variable's
    definition may change. `words`: whether the service needs words of its own.
    """

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
