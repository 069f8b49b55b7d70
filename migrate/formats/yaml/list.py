"""Lays a plan's words into a YAML list: one item a word, in the layout and the quotation marks of the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from yaml import ScalarNode, SequenceNode

from migrate.formats.yaml.lines import insert_before, insert_behind, line_start, remove_lines
from migrate.formats.yaml.scalar import written
from migrate.formats.yaml.tree import is_flow, span
from migrate.source import Edit, Source, Span
from migrate.touchpoints import Change, Plan, Token


@dataclass(frozen=True, slots=True)
class Item:
    """A list item that holds arguments `first:last` of a launch: several where one item says "flag value"."""

    node: ScalarNode
    first: int
    last: int
    words: tuple[Token, ...]


@dataclass(frozen=True)
class _Cell:
    """What becomes of one item: `words` in its place (None: it stays as it is, empty: it goes), `before`: new items."""

    words: tuple[Token, ...] | None = None
    before: list[Token] = field(default_factory=list)


def lay_items(
    source: Source,
    sequence: SequenceNode,
    items: Sequence[Item],
    plan: Plan,
    text: Callable[[Token], str],
    *,
    behind: ScalarNode | None = None,
) -> list[Edit]:
    """The edits that turn the items into what the plan says; `text` is what a token reads as in the list.

    The items hold consecutive arguments; `behind` is the item that new ones follow where there are none (the launcher).
    Items of several words become one item a word.
    """
    cells = [_Cell(item.words if len(item.words) > 1 else None) for item in items]
    _change(cells, items, plan, text)
    tail_at = _index(items, plan.tail_before)
    extra: list[Token] = []
    if cells:
        cells[0].before[:0] = plan.head
    else:
        extra += plan.head
    (cells[tail_at].before if tail_at < len(cells) else extra).extend(plan.tail)
    _forward(cells, extra)
    render = _flow if is_flow(sequence) else _block
    return render(_Job(source, sequence, items, cells, extra, text, behind, plan.rule))


def _forward(cells: list[_Cell], extra: list[Token]) -> None:
    """New words in front of an item that goes stand in front of the next one that stays."""
    waiting: list[Token] = []
    for cell in cells:
        waiting += cell.before
        cell.before.clear()
        if cell.words != ():
            cell.before.extend(waiting)
            waiting.clear()
    extra[:0] = waiting


def _index(items: Sequence[Item], argument: int | None) -> int:
    """The item that holds an argument, or the end."""
    if argument is None:
        return len(items)
    return next((index for index, item in enumerate(items) if item.first <= argument < item.last), len(items))


def _change(cells: list[_Cell], items: Sequence[Item], plan: Plan, text: Callable[[Token], str]) -> None:
    """The plan's changes, word by word from the end, so that a value that stays keeps its item."""
    for touched, changes in _clusters(items, plan.changes):
        words = _words(items, touched, changes)
        spare = max(0, len(touched) - len(words))
        for index in touched[:spare]:
            cells[index] = _Cell((), cells[index].before)
        rest = touched[spare:]
        for position, index in enumerate(rest):
            final = position + 1 == len(rest)
            own = tuple(words[position:]) if final else (words[position],)
            same = len(own) == 1 == len(items[index].words) and text(own[0]) == text(items[index].words[0])
            cells[index] = _Cell(None if same else own)


def _clusters(items: Sequence[Item], changes: Sequence[Change]) -> list[tuple[list[int], list[Change]]]:
    """Changes with the items that they touch; two that touch the same item come together."""
    found: list[tuple[list[int], list[Change]]] = []
    for change in sorted(changes, key=lambda change: (change.first, change.last)):
        touched = [index for index, item in enumerate(items) if item.first < change.last and item.last > change.first]
        if not touched:
            continue
        if found and found[-1][0][-1] >= touched[0]:
            found[-1] = (sorted({*found[-1][0], *touched}), [*found[-1][1], change])
        else:
            found.append((touched, [change]))
    return found


def _words(items: Sequence[Item], touched: Sequence[int], changes: Sequence[Change]) -> list[Token]:
    """What the words of neighbouring items become."""
    old = [word for index in touched for word in items[index].words]
    start, words, at = items[touched[0]].first, list[Token](), 0
    for change in changes:
        words += [*old[at : change.first - start], *change.words]
        at = change.last - start
    return words + old[at:]


@dataclass(frozen=True)
class _Job:
    source: Source
    sequence: SequenceNode
    items: Sequence[Item]
    cells: Sequence[_Cell]
    extra: Sequence[Token]
    text: Callable[[Token], str]
    behind: ScalarNode | None
    rule: str

    @property
    def style(self) -> str | None:
        """The quotation marks that most items have."""
        styles = Counter(node.style or None for node in self.sequence.value if isinstance(node, ScalarNode))
        return styles.most_common(1)[0][0] if styles else ('"' if is_flow(self.sequence) else None)

    def words(self, tokens: Sequence[Token], style: str | None = None) -> list[str]:
        return [written(self.text(token), style or self.style, is_flow(self.sequence)) for token in tokens]

    def rule_of(self, tokens: Sequence[Token]) -> str:
        return next((token.rule for token in tokens if token.rule), self.rule)

    def place(self, index: int) -> Span:
        return span(self.source, self.items[index].node)


def _block(job: _Job) -> list[Edit]:
    """One line an item: new items get the dash where the others have it; an item takes its comment with it.

    No two edits begin and end at the same place, so that their order never counts.
    """
    edits: list[Edit] = []
    source, lead = job.source, _dash(job)
    gone = [job.place(index) for index, cell in enumerate(job.cells) if cell.words == ()]
    last = job.behind
    for index, (item, cell) in enumerate(zip(job.items, job.cells, strict=True)):
        place = job.place(index)
        if cell.before:
            lines = [lead + word for word in job.words(cell.before)]
            edits.append(insert_before(source, place.start, lines, job.rule_of(cell.before)))
        if cell.words:
            text = (source.newline + lead).join(job.words(cell.words, item.node.style))
            edits.append(Edit(source.path, place.start, place.end, text, job.rule_of(cell.words)))
        if cell.words != ():
            last = item.node
    edits += remove_lines(source, gone, job.rule)
    return edits + _block_extra(job, last, lead)


def _block_extra(job: _Job, last: ScalarNode | None, lead: str) -> list[Edit]:
    if not job.extra:
        return []
    lines = [lead + word for word in job.words(job.extra)]
    if last is not None:
        return [insert_behind(job.source, span(job.source, last).end, lines, job.rule_of(job.extra))]
    above = max(0, line_start(job.source, job.place(0).start) - 1)
    return [insert_behind(job.source, above, lines, job.rule_of(job.extra))]


def _dash(job: _Job) -> str:
    """The text before an item on its line."""
    node = job.items[0].node if job.items else job.behind or job.sequence.value[0]
    start = node.start_mark.index
    line = job.source.text[job.source.text.rfind("\n", 0, start) + 1 : start]
    dash = line.rindex("-")
    return " " * dash + line[dash:].split("&")[0].split("!")[0]


def _flow(job: _Job) -> list[Edit]:
    """Items in brackets, over one or several lines."""
    edits: list[Edit] = []
    source, count = job.source, len(job.items)
    survivors = [index for index, cell in enumerate(job.cells) if cell.words != ()]
    for index, (item, cell) in enumerate(zip(job.items, job.cells, strict=True)):
        place = job.place(index)
        if cell.before:
            text = "".join(word + ", " for word in job.words(cell.before))
            edits.append(Edit(source.path, place.start, place.start, text, job.rule_of(cell.before)))
        if cell.words:
            text = ", ".join(job.words(cell.words, item.node.style))
            edits.append(Edit(source.path, place.start, place.end, text, job.rule_of(cell.words)))
    edits += [Edit(source.path, *_gap(job, first, last), "", job.rule) for first, last in _runs(job.cells)]
    if not job.extra:
        return edits
    words, rule = job.words(job.extra), job.rule_of(job.extra)
    if survivors or job.behind is not None:
        at = job.place(survivors[-1]).end if survivors else span(source, job.behind).end  # type: ignore[arg-type]
        return [*edits, Edit(source.path, at, at, _separator(job) + ", ".join(words), rule)]
    at = job.place(0).start if count else span(source, job.sequence).start + 1
    return [*edits, Edit(source.path, at, at, ", ".join(words), rule)]


def _runs(cells: Sequence[_Cell]) -> list[tuple[int, int]]:
    """Neighbouring items that go, half-open."""
    runs: list[tuple[int, int]] = []
    for index, cell in enumerate(cells):
        if cell.words != ():
            continue
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs


def _gap(job: _Job, first: int, last: int) -> tuple[int, int]:
    """The text of a run with one comma: the one behind it, or before it at the end of the list."""
    nodes = list(job.sequence.value)
    start, end = nodes.index(job.items[first].node), nodes.index(job.items[last - 1].node)
    if end + 1 < len(nodes):
        return span(job.source, nodes[start]).start, nodes[end + 1].start_mark.index
    before = span(job.source, nodes[start - 1]).end if start else span(job.source, nodes[start]).start
    return before, span(job.source, nodes[end]).end


def _separator(job: _Job) -> str:
    """Behind a list over several lines new items stand on a line of their own, under the line before."""
    place = span(job.source, job.sequence)
    nodes = job.sequence.value
    lines = [job.source.position(node.start_mark.index) for node in nodes]
    if "\n" not in job.source.text[place.start : place.end] or lines[0][0] == lines[-1][0]:
        return ", "
    column = next(column for line, column in lines if line == lines[-1][0])
    return "," + job.source.newline + " " * (column - 1)
