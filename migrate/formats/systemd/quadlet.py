"""Quadlet's `.container` files: a container as a unit of systemd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from migrate.catalog.images import recognise
from migrate.formats.commandline import lay_arguments, quote, split
from migrate.formats.docker.options import visible
from migrate.formats.systemd.unit import Assignment, Entry, environment_edits
from migrate.source import Edit, Source
from migrate.touchpoints import Found, Gpus, Launch, Mount, Plan, Variable, Word


@dataclass(frozen=True)
class _Quadlet:
    """Writes a plan into `Image=`, `Exec=` and `Environment=`; an `Entrypoint=` of TGI's own goes with the image."""

    image: Entry
    command: Entry | None
    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...]
    entrypoint: Entry | None = None

    def __call__(self, plan: Plan, launch: Launch) -> list[Edit]:
        if plan == Plan():
            return []
        beside = next((item.entry for item in self.assignments if item.entry), self.image)
        edits = environment_edits(launch, plan, self.assignments, beside)
        value = self.image.value
        if plan.image:
            edits.append(value.edit(0, len(value.text.rstrip()), plan.image.value, plan.image.rule or plan.rule))
        if self.entrypoint:
            edits.append(Edit(value.source.path, self.entrypoint.span.start, self.entrypoint.span.end, "", plan.rule))
        if self.command:
            return edits + lay_arguments(self.command.value, self.words, plan, 0, dialect="systemd")
        tokens = (*plan.head, *plan.tail)
        if tokens:
            source = self.image.value.source
            line = "Exec=" + " ".join(quote(token, "systemd") for token in tokens)
            ended = source.text[: self.image.span.end].endswith("\n")
            text = line + source.newline if ended else source.newline + line
            edits.append(Edit(source.path, self.image.span.end, self.image.span.end, text, plan.rule))
        return edits


def read_quadlet(source: Source, entries: Sequence[Entry], assignments: Sequence[Assignment]) -> Found:
    """The launch of a container whose image is one of TGI\'s; its commands go to the image\'s entrypoint."""
    image = next((entry for entry in entries if entry.key == "Image"), None)
    if image is None or not recognise(image.value.text.strip()):
        return Found()
    command = next((entry for entry in entries if entry.key == "Exec"), None)
    words = tuple(split(command.value, "systemd")) if command else ()
    entrypoint = next((entry for entry in entries if entry.key == "Entrypoint"), None)
    program = entrypoint.value.text.strip().rpartition("/")[2] if entrypoint else ""
    own = program in ("", "text-generation-launcher", "tgi-entrypoint.sh")
    reference = image.value.text.strip()
    span = image.value.span(0, len(reference))
    variables = tuple(replace(item.variable, private=True) for item in assignments)
    writer = _Quadlet(image, command, words, tuple(assignments), entrypoint)
    name = next((entry.value.text.strip() for entry in entries if entry.key == "ContainerName"), None)
    launch = Launch(
        path=source.path,
        kind="quadlet",
        place="container",
        anchor=span,
        write=lambda plan: writer(plan, launch),
        text=reference,
        image=Word(reference, source.path, span, reference, "systemd", "$" in reference or "%" in reference),
        through_entrypoint=True,
        arguments=words,
        environment=variables,
        mounts=tuple(_mounts(entries)),
        gpus=_gpus(entries, variables),
        name=name,
        unsupported=None if own else f"the entrypoint is a program of its own ({program}): let it start vLLM",
    )
    return Found((launch,))


def _mounts(entries: Sequence[Entry]) -> list[Mount]:
    mounts: list[Mount] = []
    for entry in entries:
        parts = entry.value.text.strip().split(":")
        if entry.key == "Volume" and len(parts) > 1:
            mounts.append(Mount(parts[0], parts[1], entry.value.span(0, len(entry.value.text))))
    return mounts


def _gpus(entries: Sequence[Entry], variables: Sequence[Variable]) -> Gpus:
    for variable in variables:
        if variable.name == "CUDA_VISIBLE_DEVICES":
            return visible(variable.word.value)
    devices = [entry.value.text.strip() for entry in entries if entry.key == "AddDevice"]
    named = [device.partition("=")[2] for device in devices if device.startswith("nvidia.com/gpu=")]
    if not named:
        return Gpus()
    return Gpus("all") if "all" in named else Gpus("list", len(named))
