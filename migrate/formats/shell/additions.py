"""Words that a launch of a script gets besides: on a condition, on another way through the script, or later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from migrate.formats.commandline import lay_arguments, lex, word
from migrate.formats.definitions import Definition
from migrate.formats.shell.arguments import Part, check_marks, definition_part, holds_flags, narrowed
from migrate.formats.shell.context import Reading
from migrate.formats.shell.syntax import Unclosed
from migrate.formats.shell.words import Lexed
from migrate.source import Edit, Span
from migrate.touchpoints import CannotWrite, Launch, Plan

_OPTIONAL = re.compile(r"\$\{\w+(?:\[[@*]\])?:?\+(.*)\}", re.DOTALL)
_FLAG = re.compile(r"(?<!\S)--?[a-z]")
_NEXT = re.compile(r"(?:[ \t]|\\\r?\n)+(?=[^\s;&|#)])")


def of_words(reading: Reading, words: Sequence[Lexed]) -> tuple[Launch, ...]:
    """What words such as `${N:+--num-shard $N}` add, and variables that are set in more than one way."""
    found: list[Launch | None] = []
    for lexed in words:
        match = _OPTIONAL.fullmatch(reading.fragment.text, lexed.start, lexed.end)
        if match and _FLAG.search(match[1]):
            found.append(_optional(reading, lexed, match))
        elif name := reading.definitions.pure(lexed.value) if lexed.expression else None:
            found += [of_definition(reading, one) for one in reading.definitions.of(name) if holds_flags(one)]
    return tuple(one for one in found if one)


def _optional(reading: Reading, lexed: Lexed, match: re.Match[str]) -> Launch | None:
    """What stands behind the plus sign; where nothing of it is left and more words follow, the expression goes."""
    fragment, dialect = reading.fragment, reading.context.dialect
    inner = fragment.part(*match.span(1))
    part = Part(inner, 0, dialect, True)
    try:
        for index, item in enumerate(lex(inner.text, dialect)):
            part.add(word(inner, item, dialect), index)
    except Unclosed:
        return None
    following = _NEXT.match(fragment.text, lexed.end)
    gone = fragment.edit(lexed.start, following.end(), "") if following else None
    return addition(part, reading.context.kind, gone)


def of_definition(reading: Reading, definition: Definition) -> Launch | None:
    """The options in a variable's value besides the variable itself (`X="$X --num-shard 2"`)."""
    try:
        part = definition_part(reading, definition)
    except Unclosed:
        return None
    count = 0
    for at, item in enumerate(part.words):
        if reading.definitions.pure(item.value) != definition.name:
            part.order[at] = count
            count += 1
    return addition(part, reading.context.kind)


def of_call(reading: Reading, words: Sequence[Lexed]) -> Launch | None:
    """The options of a call that passes them on with `"$@"`; what stands before the first one is the callee's."""
    first = next((at for at, lexed in enumerate(words) if lexed.value.startswith("--")), None)
    if first is None:
        return None
    part = Part(reading.fragment, words[first - 1].end, reading.context.dialect, reading.context.single_line)
    for index, lexed in enumerate(words[first:]):
        part.add(reading.word(lexed), index)
    return addition(part, reading.context.kind)


def addition(part: Part, kind: str, gone: Edit | None = None) -> Launch | None:
    """The words of a part as a launch of their own; `gone` is the edit where none of them is left."""
    words = tuple(item for item, index in zip(part.words, part.order, strict=True) if index is not None)
    if not words:
        return None
    return Launch(
        words[0].path,
        kind,
        "host",
        Span(words[0].span.start, words[-1].span.end),
        partial(_write, part, len(words), gone),
        part.fragment.text,
        arguments=words,
        template=True,
    )


def _write(part: Part, count: int, gone: Edit | None, plan: Plan) -> list[Edit]:
    """The changes of the words.

    Raises:
        CannotWrite: something has to be written that belongs to the command itself.
    """
    if plan.head or plan.settings:
        raise CannotWrite("what these options become belongs into the command itself: move them there")
    if gone and sum(change.last - change.first for change in plan.changes if not change.words) == count:
        return [replace(gone, rule=plan.changes[0].rule)]
    own = narrowed(plan, part)
    check_marks(own, part)
    return lay_arguments(
        part.fragment, part.words, own, part.anchor, dialect=part.dialect, single_line=part.single_line
    )
