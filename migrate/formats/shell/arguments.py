"""The arguments of a launch: in the command itself and in variables that hold flags, each rewritten where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from migrate.formats.commandline import lay_arguments, lex
from migrate.formats.commandline import word as plain_word
from migrate.formats.definitions import Definition
from migrate.formats.shell.context import Reading
from migrate.formats.shell.syntax import Unclosed
from migrate.formats.shell.words import Lexed
from migrate.source import Edit, Fragment
from migrate.touchpoints import CannotWrite, Change, Plan, Word


@dataclass
class Part:
    """Words in one place. `order` has the launch's index of each word, None for a variable that stands for another part
    (`stands` names the first and last index of what it holds)."""

    fragment: Fragment
    anchor: int
    dialect: str
    single_line: bool = False
    mark: str = ""
    words: list[Word] = field(default_factory=list)
    order: list[int | None] = field(default_factory=list)
    stands: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add(self, word: Word, index: int | None) -> None:
        self.words.append(word)
        self.order.append(index)


@dataclass
class Arguments:
    """All words in the order of the process, and the parts that hold them: the command first, then definitions.

    `loose` are words of the command that stand for nothing known."""

    words: list[Word]
    parts: list[Part]
    loose: list[Lexed] = field(default_factory=list)

    def write(self, plan: Plan) -> list[Edit]:
        """The edits of every part.

        Raises:
            CannotWrite: a flag and its value stand in different places, or a word cannot stand where it must.
        """
        main = next((part for part in self.parts[1:]), None) if self._only_variables() else None
        main = main or self.parts[0]
        edits: list[Edit] = []
        for part in self.parts:
            own = narrowed(plan, part)
            if part is main:
                own = replace(own, head=plan.head, tail=plan.tail, tail_before=_tail_place(plan, part))
            check_marks(own, part)
            edits += lay_arguments(
                part.fragment, part.words, own, part.anchor, dialect=part.dialect, single_line=part.single_line
            )
        return edits

    @property
    def defined(self) -> tuple[int, ...]:
        """The indices of the words that stand in definitions."""
        return tuple(sorted(index for part in self.parts[1:] for index in part.order if index is not None))

    def _only_variables(self) -> bool:
        first = self.parts[0]
        return bool(first.words) and all(index is None for index in first.order)


def narrowed(plan: Plan, part: Part) -> Plan:
    """The plan's changes of one part, in the part's own indices."""
    position = {index: at for at, index in enumerate(part.order) if index is not None}
    changes: list[Change] = []
    for change in plan.changes:
        indices = range(change.first, max(change.last, change.first + 1))
        inside = [position[index] for index in indices if index in position]
        if not inside:
            continue
        if len(inside) < len(indices):
            raise CannotWrite("a flag stands in one place and its value in another; rewrite this option by hand")
        last = inside[-1] + 1 if change.last > change.first else inside[0]
        changes.append(replace(change, first=inside[0], last=last))
    return Plan(changes=tuple(changes), rule=plan.rule)


def _tail_place(plan: Plan, part: Part) -> int | None:
    """Where the tail goes: before the plan's word, else before the variables that the part ends with."""
    if plan.tail_before is not None:
        for at, index in enumerate(part.order):
            first, last = part.stands.get(at, (index, index)) if index is None else (index, index)
            if first is not None and last is not None and first <= plan.tail_before <= last:
                return at
    end = len(part.order)
    while end and part.order[end - 1] is None:
        end -= 1
    return end if end < len(part.order) else None


def check_marks(plan: Plan, part: Part) -> None:
    """Raises:
    CannotWrite: an expression of another place inside single quotes.
    """
    if part.mark != "'":
        return
    for token in (*plan.head, *plan.tail, *(word for change in plan.changes for word in change.words)):
        if token.expression and token.dialect != part.dialect:
            raise CannotWrite(f"{token.value} would not be expanded inside the single quotes of the definition")


def read_arguments(reading: Reading, words: Sequence[Lexed], anchor: int) -> Arguments:
    """The arguments that follow `anchor` in the reading's text; a variable with flags is replaced by what it holds."""
    context = reading.context
    command = Part(reading.fragment, anchor, context.dialect, context.single_line)
    found = Arguments([], [command])
    for lexed in words:
        first = len(found.words)
        parts = _flags(reading, lexed, found.words)
        if parts is None:
            found.words.append(reading.word(lexed))
            command.add(found.words[-1], first)
            found.loose += [lexed] if lexed.expression else []
            continue
        command.stands[len(command.order)] = (first, max(first, len(found.words) - 1))
        command.add(reading.word(lexed), None)
        found.parts += parts
    return found


def _flags(reading: Reading, lexed: Lexed, words: list[Word]) -> list[Part] | None:
    """The parts of a variable that holds flags (its words are added to `words`), None for any other word."""
    name = reading.definitions.pure(lexed.value) if lexed.expression else None
    found = reading.definitions.of(name) if name else []
    if not found or not _appended(found) or not any(holds_flags(definition) for definition in found):
        return None
    parts: list[Part] = []
    try:
        read = [definition_part(reading, definition) for definition in found]
    except Unclosed:
        return None
    for part in read:
        for at, word in enumerate(part.words):
            if reading.definitions.pure(word.value) == name:
                continue
            part.order[at] = len(words)
            words.append(word)
        parts.append(part)
    reading.used.update(definition.span for definition in found)
    return parts


def _appended(found: Sequence[Definition]) -> bool:
    """Whether every later definition adds to the first one; else the value depends on the way taken."""
    return all(definition.grows for definition in found[1:])


def holds_flags(definition: Definition) -> bool:
    """Whether a variable's value has options among its words."""
    if definition.array:
        return any(word.value.startswith("-") for word in definition.array.words)
    return any(word.startswith("--") or re.match(r"-p\b", word) for word in definition.value.split())


def definition_part(reading: Reading, definition: Definition) -> Part:
    """The words of one definition: of an array in the script's own syntax, of a string split at blanks."""
    if definition.array and definition.outer:
        fragment, array = definition.outer, definition.array
        part = Part(fragment, array.start, definition.dialect, reading.context.single_line)
        lexed: Sequence[Lexed] = array.words
    else:
        fragment = definition.text
        dialect = definition.dialect if definition.dialect == "make" else "words"
        part = Part(fragment, 0, dialect, mark=definition.mark)
        lexed = lex(fragment.text, dialect)
    for item in lexed:
        word = plain_word(fragment, item, part.dialect)
        known = reading.definitions.resolve(item.value) if item.expression else None
        part.add(replace(word, resolved=known), None)
    return part
