"""vLLM command lines in Dockerfiles: what the last stage starts, and shell in instructions."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.checking.commands import IMAGE, Command, Placed, direct, of_image
from migrate.checking.scripts import commands_in
from migrate.formats.dockerfile.exec import ExecList, parse_exec
from migrate.formats.dockerfile.parser import Instruction, parse
from migrate.source import Fragment, Span

_STARTS = ("ENTRYPOINT", "CMD")


def commands_of(fragment: Fragment) -> Iterator[Command]:
    """The commands of every stage in turn.

    Raises:
        Unreadable: as in `commands_in`.
    """
    stage: dict[str, Instruction] = {}
    for instruction in parse(fragment):
        if instruction.keyword == "FROM":
            yield from _start(stage)
            stage = {"FROM": instruction}
        elif instruction.keyword in _STARTS:
            stage[instruction.keyword] = instruction
            if instruction.keyword == "ENTRYPOINT":
                stage.pop("CMD", None)
        elif instruction.keyword == "RUN" and parse_exec(instruction.body) is None:
            yield from commands_in(instruction.body)
    yield from _start(stage)


def _start(stage: dict[str, Instruction]) -> Iterator[Command]:
    lists = {name: parse_exec(stage[name].body) for name in _STARTS if name in stage}
    for name, listed in lists.items():
        if listed is None:
            yield from commands_in(stage[name].body)
    program, arguments = (_words(lists.get(name)) for name in _STARTS)
    scripts = [inner for one, inner in (*program, *arguments) if " " in one.value and "vllm" in one.value]
    if scripts:
        for script in scripts:
            yield from commands_in(script)
        return
    command = _command(stage, [one for one, _ in program], [one for one, _ in arguments])
    if command:
        yield command


def _command(stage: dict[str, Instruction], program: list[Placed], arguments: list[Placed]) -> Command | None:
    image = _image(stage)
    if image and ("ENTRYPOINT" not in stage or program):
        return of_image(image, program, arguments)
    return direct([*program, *arguments])


def _image(stage: dict[str, Instruction]) -> Span | None:
    body = stage["FROM"].body if "FROM" in stage else None
    name = body.text.split()[0] if body and body.text.split() else ""
    return body.span(0, len(name)) if body and IMAGE.search(name) else None


def _words(listed: ExecList | None) -> list[tuple[Placed, Fragment]]:
    if listed is None:
        return []
    words = (listed.word(index) for index in range(len(listed.items)))
    return [(Placed(word.value, word.span), listed.inside(index)) for index, word in enumerate(words)]
