"""Lays a plan into the stage of a Dockerfile: words of the exec form, `ENV`, and the image reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from migrate.formats.commandline import quote as quote_shell
from migrate.formats.dockerfile.exec import ExecList, json_string, lay
from migrate.formats.dockerfile.parser import Instruction
from migrate.formats.dockerfile.stages import Environment, Place, Stage
from migrate.formats.dockerfile.values import Pair, pure_variable, quote, remove
from migrate.source import Edit, Fragment
from migrate.touchpoints import CannotWrite, Plan, Setting, Token

_WIDTH = 100
PROGRAM = (Token("vllm"), Token("serve"))


@dataclass(frozen=True, slots=True)
class Slot:
    """One argument of the process: the exec list and the item that holds it; an item with blanks holds several."""

    list: int
    item: int
    value: str


@dataclass(frozen=True)
class ExecWriter:
    """Writes a launch whose words stand in exec forms. `program`: the item that names the launcher, where one does."""

    fragment: Fragment
    stage: Stage
    lists: tuple[ExecList, ...]
    slots: tuple[Slot, ...]
    program: tuple[int, int] | None
    environment: Environment

    def __call__(self, plan: Plan) -> list[Edit]:
        edits = image_edits(self.stage, plan) + environment_edits(self.fragment, self.stage, self.environment, plan)
        if self._needs_shell(plan):
            edits.append(self._shell_entrypoint([*plan.head, *plan.tail], plan.rule))
            plan = replace(plan, head=(), tail=())
        sequence = self._sequence(plan)
        if self.lists:
            for number, listed in enumerate(self.lists):
                edits += lay(listed, self._entries(number, sequence), self._string, plan.rule)
        elif words := [entry for _, entry in sequence if isinstance(entry, Token)]:
            edits.append(self._new_command(words, plan.rule))
        return edits

    def _needs_shell(self, plan: Plan) -> bool:
        """Whether new words hold a variable that only a shell can expand, and no entrypoint stands in its way."""
        new = (*plan.head, *plan.tail)
        return self.program is None and any(token.expression and self._known(token) is None for token in new)

    def _shell_entrypoint(self, words: Sequence[Token], rule: str) -> Edit:
        """An `ENTRYPOINT` that expands the variables; the words of `CMD` and of `docker run` still follow."""
        script = " ".join(["exec vllm serve", *(quote_shell(word, "shell") for word in words), '"$@"'])
        line = f"ENTRYPOINT [{', '.join(map(json_string, ['/bin/sh', '-c', script, '--']))}]"
        command = next(
            (item for item in self.stage.instructions if self.lists and item.body is self.lists[-1].body), None
        )
        if command is None:
            return append_line(self.fragment, self.stage.last, line, rule)
        return self.fragment.edit(command.start, command.start, f"{line}\n", rule)

    def _sequence(self, plan: Plan) -> list[tuple[int, Slot | Token]]:
        """Every argument afterwards, in order, with the number of the list that holds it."""
        count = len(self.slots)
        inserted: dict[int, list[Token]] = {0: list(plan.head)}
        gone: set[int] = set()
        for change in plan.changes:
            words = [replace(word, rule=word.rule or change.rule) for word in change.words]
            inserted.setdefault(change.first, []).extend(words)
            gone.update(range(change.first, change.last))
        inserted.setdefault(count if plan.tail_before is None else plan.tail_before, []).extend(plan.tail)
        result: list[tuple[int, Slot | Token]] = []
        for index in range(count + 1):
            owner = self.slots[index].list if index < count else max(len(self.lists) - 1, 0)
            result += [(owner, entry) for entry in self._kept(inserted.get(index, []), index, gone)]
            if index < count and index not in gone:
                result.append((owner, self.slots[index]))
        return result

    def _kept(self, tokens: Sequence[Token], at: int, gone: set[int]) -> Iterator[Slot | Token]:
        """New words, with the old word in place of a new one that equals it, so that its surroundings stay."""
        for token in tokens:
            same = at
            while same in gone and (self.slots[same].value != token.value or token.expression):
                same += 1
            if same in gone and self.slots[same].list == self.slots[at].list:
                yield self.slots[same]
                at = same + 1
            else:
                yield token

    def _entries(self, number: int, sequence: Sequence[tuple[int, Slot | Token]]) -> list[int | Token]:
        """One list afterwards: what stands before the arguments, then its part of the sequence."""
        listed = self.lists[number]
        first = next((slot.item for slot in self.slots if slot.list == number), len(listed.items))
        entries: list[int | Token] = []
        for item in range(first):
            entries.extend(PROGRAM if (number, item) == self.program else [item])
        several = self._several(number)
        for owner, entry in sequence:
            if owner == number and isinstance(entry, Token):
                entries.append(entry)
            elif owner == number and isinstance(entry, Slot):
                entries.append(Token(entry.value) if entry.item in several else entry.item)
        return entries

    def _several(self, number: int) -> set[int]:
        """Items that hold more than one word: they are split, since vLLM's entrypoint does not do it."""
        items = [slot.item for slot in self.slots if slot.list == number]
        return {item for item in items if items.count(item) > 1}

    def _string(self, token: Token) -> str:
        if token.raw and token.dialect == "json" and not token.expression:
            return token.raw
        return json_string(self._literal(token))

    def _literal(self, token: Token) -> str:
        """Docker expands nothing in the exec form, so a variable is written as its value."""
        known = token.value if not token.expression else self._known(token)
        if known is not None:
            return known
        raise CannotWrite(
            f"{token.value} is not expanded in the exec form of CMD: write the value, or start through a shell"
        )

    def _known(self, token: Token) -> str | None:
        """The literal value that `ENV` gives the variable that a word is."""
        name = pure_variable(token.value)
        words = [each.word for each in self.environment.variables if each.name == name]
        return next((word.value for word in words if not word.expression), None)

    def _new_command(self, words: Sequence[Token], rule: str) -> Edit:
        """A `CMD` at the end of the stage; a long one has each option on a line of its own."""
        strings = [self._string(word) for word in words]
        line = f"CMD [{', '.join(strings)}]"
        if len(line) > _WIDTH:
            broken = strings[0]
            for word, string in zip(words[1:], strings[1:], strict=True):
                broken += f", \\\n     {string}" if word.value.startswith("-") else f", {string}"
            line = f"CMD [{broken}]"
        return append_line(self.fragment, self.stage.last, line, rule)


def append_line(fragment: Fragment, after: Instruction, line: str, rule: str) -> Edit:
    """A new instruction on the line behind another one; a text without a final newline stays without."""
    if after.next == after.end:
        return fragment.edit(after.end, after.end, f"\n{line}", rule)
    if after.next < len(fragment.text):
        return fragment.edit(after.next, after.next, f"{line}\n", rule)
    newline = fragment.source.newline
    text = fragment.escape(f"\n{line}").removeprefix(newline) + newline
    place = fragment.offsets[after.next]
    return Edit(fragment.source.path, place, place, text, rule)


def image_edits(stage: Stage, plan: Plan) -> list[Edit]:
    """The edit of the image reference that the stage comes from."""
    return [stage.root.image_edit(plan.image, plan.image.rule or plan.rule)] if plan.image else []


def environment_edits(fragment: Fragment, stage: Stage, environment: Environment, plan: Plan) -> list[Edit]:
    """Removes, replaces and adds variables in the stage's `ENV` instructions. Indices count from the first of them."""
    edits: list[Edit] = []
    gone: dict[int, tuple[Instruction, list[Pair]]] = {}
    for index in plan.removed:
        for place in environment.places[index]:
            gone.setdefault(place.instruction.start, (place.instruction, []))[1].append(place.pair)
    for instruction, removed in gone.values():
        edits += remove(fragment, instruction, removed, plan.rule)
    added: list[str] = []
    for setting in plan.settings:
        rule = setting.rule or plan.rule
        if setting.replaces is not None:
            for place in environment.places[setting.replaces]:
                edits += _replaced(place, setting, rule)
        elif setting.value is not None:
            added.append(f"{setting.name}={quote(setting.value)}")
    if added:
        edits.append(append_line(fragment, _last_env(stage), f"ENV {' '.join(added)}", plan.rule))
    return edits


def _replaced(place: Place, setting: Setting, rule: str) -> list[Edit]:
    pair, body = place.pair, place.instruction.body
    edits = [body.edit(pair.start, pair.start + len(pair.name), setting.name, rule)]
    if setting.value is not None and (new := quote(setting.value)) != pair.raw:
        edits.append(body.edit(pair.value_start, pair.end, new, rule))
    return [edit for edit in edits if setting.name != pair.name or edit.start != body.span(pair.start, pair.end).start]


def _last_env(stage: Stage) -> Instruction:
    """Where a new `ENV` goes behind: the stage's last one, else its `FROM`."""
    return next((item for item in reversed(stage.items) if item.keyword == "ENV"), stage.first)
