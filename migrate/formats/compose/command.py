"""A compose service's `entrypoint` and `command`: which words are TGI's arguments, and how a plan is laid into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from posixpath import basename

from yaml import Node, ScalarNode, SequenceNode

from migrate.formats.commandline import Unclosed, lay_arguments, split
from migrate.formats.compose.model import Fact
from migrate.formats.compose.values import Definitions, said, text_of, word_of
from migrate.formats.yaml.list import Item, lay_items
from migrate.formats.yaml.scalar import fragment, settle, written
from migrate.formats.yaml.tree import is_flow, is_null, items, span
from migrate.source import Edit, Source
from migrate.touchpoints import Change, Plan, Token, Word

LAUNCHER = "text-generation-launcher"
_COMPOSE = "compose"
_PROGRAMS = (LAUNCHER, "tgi-entrypoint.sh")


@dataclass(frozen=True)
class Strip:
    """One value that holds words of the start: `before` up to the launcher, the `launcher` where it is named here,
    `arguments` behind it. `first` is the index of its first argument in the launch."""

    fact: Fact
    arguments: tuple[Word, ...]
    items: tuple[Item, ...] = ()
    before: tuple[Word, ...] = ()
    launcher: Word | None = None
    launcher_node: ScalarNode | None = None
    first: int = 0

    @property
    def last(self) -> int:
        return self.first + len(self.arguments)

    @property
    def node(self) -> Node:
        return self.fact.value

    def shifted(self, first: int) -> Strip:
        moved = tuple(replace(item, first=item.first + first, last=item.last + first) for item in self.items)
        return replace(self, first=first, items=moved)

    def lay(self, plan: Plan, keeps_launcher: bool) -> list[Edit]:
        """The edits for the part of a plan that concerns these words.

        `keeps_launcher`: the launcher word becomes `vllm serve`; else it goes, since the image's entrypoint starts it.
        """
        own = tuple(change for change in plan.changes if change.first >= self.first and change.last <= self.last)
        plan = replace(plan, changes=own)
        if isinstance(self.node, SequenceNode):
            return self._lay_list(self.node, plan, keeps_launcher)
        assert isinstance(self.node, ScalarNode)  # `read_strip` takes scalars and lists
        return self._lay_text(self.node, plan, keeps_launcher)

    def _lay_text(self, node: ScalarNode, plan: Plan, keeps_launcher: bool) -> list[Edit]:
        source = self.fact.source
        read = fragment(source, node, layout=True)
        anchor = 0
        edits: list[Edit] = []
        if self.launcher:
            anchor = list(read.offsets).index(self.launcher.span.end - 1) + 1
            start = self.launcher.span.start
            end = self.launcher.span.end
            if not keeps_launcher and self.arguments:
                end = self.arguments[0].span.start
            edits.append(Edit(source.path, start, end, "vllm serve" if keeps_launcher else "", plan.rule))
        edits += lay_arguments(read, self.arguments, plan, anchor, first=self.first, dialect=_COMPOSE)
        return settle(source, node, edits, is_flow(self.fact.holder))

    def _lay_list(self, node: SequenceNode, plan: Plan, keeps_launcher: bool) -> list[Edit]:
        source = self.fact.source
        launcher, listed = self.launcher_node, self.items
        edits: list[Edit] = []
        if launcher is not None and keeps_launcher:
            edits.append(_serve(source, node, launcher, plan.rule))
        elif launcher is not None:
            at = self.first - 1
            listed = (Item(launcher, at, self.first, (Token(LAUNCHER),)), *listed)
            plan = replace(plan, changes=(Change(at, self.first), *plan.changes))
        behind = launcher if keeps_launcher else None
        if behind is None and not listed and node.value:
            behind = next((item for item in reversed(node.value) if isinstance(item, ScalarNode)), None)
        return edits + lay_items(source, node, listed, plan, text_of, behind=behind)


def _serve(source: Source, sequence: SequenceNode, node: ScalarNode, rule: str) -> Edit:
    """The launcher's item becomes the two words that start vLLM."""
    place = span(source, node)
    style = node.style if node.style in ("'", '"') else None
    program, word = written("vllm", style), written("serve", style)
    if is_flow(sequence):
        return Edit(source.path, place.start, place.end, f"{program}, {word}", rule)
    line = source.text[source.text.rfind("\n", 0, place.start) + 1 : place.start]
    lead = " " * line.rindex("-") + line[line.rindex("-") :]
    return Edit(source.path, place.start, place.end, program + source.newline + lead + word, rule)


def read_strip(fact: Fact, definitions: Definitions) -> Strip | None:
    """The words of an `entrypoint` or a `command`; None where it is empty or its quotes never end."""
    if isinstance(fact.value, SequenceNode):
        return _list_strip(fact, fact.value, definitions)
    if not isinstance(fact.value, ScalarNode) or is_null(fact.value):
        return None
    try:
        words = split(fragment(fact.source, fact.value, layout=True), _COMPOSE)
    except Unclosed:
        return None
    resolved = [replace(word, resolved=definitions.resolve(word.value)) if word.expression else word for word in words]
    at = _launcher_at(resolved)
    if at is None:
        return Strip(fact, tuple(resolved))
    return Strip(fact, tuple(resolved[at + 1 :]), before=tuple(resolved[:at]), launcher=resolved[at])


def _launcher_at(words: Sequence[Word]) -> int | None:
    return next((index for index, word in enumerate(words) if basename(word.value) in _PROGRAMS), None)


def _list_strip(fact: Fact, node: SequenceNode, definitions: Definitions) -> Strip:
    nodes = [item for item in items(node) if isinstance(item, ScalarNode)]
    words = [word_of(fact.source, item, definitions) for item in nodes]
    at = _launcher_at(words)
    start = 0 if at is None else at + 1
    arguments: list[Word] = []
    found: list[Item] = []
    for item in nodes[start:]:
        own = _item_words(fact.source, item, definitions)
        tokens = tuple(Token.of(word) for word in own)
        found.append(Item(item, len(arguments), len(arguments) + len(own), tokens))
        arguments += own
    launcher = None if at is None else words[at]
    return Strip(
        fact,
        tuple(arguments),
        tuple(found),
        tuple(words[: at or 0]),
        launcher,
        None if at is None else nodes[at],
    )


def _item_words(source: Source, node: ScalarNode, definitions: Definitions) -> list[Word]:
    """An item's words: TGI's entrypoint splits "--flag value" once more, so both count."""
    word = word_of(source, node, definitions)
    read = fragment(source, node)
    text = read.text
    flag, blank, rest = text.partition(" ")
    if not (text.startswith("-") and blank) or "=" in flag:
        return [word]
    pieces = [flag, rest.strip()] if rest.lstrip().startswith(("{", "[")) else text.split()
    found: list[Word] = []
    at = 0
    for piece in pieces:
        at = text.index(piece, at)
        found.append(said(piece, source, read.span(at, at + len(piece)), definitions))
        at += len(piece)
    return found


def final_words(arguments: Sequence[Word], plan: Plan) -> list[Token]:
    """All arguments of the new command, for a service that gets a command of its own."""
    words = [*plan.head]
    changes = {change.first: change for change in plan.changes}
    at = 0
    while at <= len(arguments):
        if plan.tail_before == at:
            words += plan.tail
        change = changes.get(at)
        if change and (change.last > at or change.words):
            words += change.words
            if change.last > at:
                at = change.last
                continue
        if at < len(arguments):
            words.append(Token.of(arguments[at]))
        at += 1
    return words if plan.tail_before is not None else [*words, *plan.tail]
