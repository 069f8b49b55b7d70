"""The words of a command in a Python program: one list, lists that are added up, lists that a name holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from migrate.clients.python.code.module import Module
from migrate.formats.python.list import Listed, changes_of
from migrate.source import Edit, Span
from migrate.touchpoints import CannotWrite, Change, Plan, Word

_DEPTH = 5


@dataclass(frozen=True)
class Piece:
    """Words in one list. `first`: the index of its first argument there, `start`: that argument's in the launch.

    `fixed`: an expression that is no list, so nothing can be written into it.
    """

    listed: Listed
    first: int
    start: int
    fixed: bool = False

    @property
    def stop(self) -> int:
        return self.start + len(self.listed.nodes) - self.first


@dataclass(frozen=True)
class Words:
    """The arguments of a command in the order of the process; `names` are those of the lists that it is made of."""

    module: Module
    root: ast.expr
    pieces: tuple[Piece, ...]
    names: tuple[ast.expr, ...] = ()

    @property
    def arguments(self) -> tuple[Word, ...]:
        return tuple(word for piece in self.pieces for word in piece.listed.words(piece.first))

    @property
    def defined(self) -> tuple[int, ...]:
        """The indices of the arguments that stand apart from the command."""
        whole = Span(*self.module.span(self.root))
        return tuple(index for index, word in enumerate(self.arguments) if word.span.start not in whole)

    def write(self, plan: Plan) -> list[Edit]:
        """The edits of every list.

        Raises:
            CannotWrite: a flag and its value stand in different lists, or a word cannot be written.
        """
        end = plan.tail_before
        lists = [piece for piece in self.pieces if not piece.fixed and piece.listed.nodes]
        last = [piece for piece in lists if end is None or piece.start <= end][-1]
        edits: list[Edit] = []
        for piece in lists:
            own = Plan(changes=tuple(_within(piece, plan)), rule=plan.rule)
            if piece is self.pieces[0]:
                own = replace(own, head=plan.head)
            if piece is last:
                inside = end is not None and end < piece.stop
                own = replace(own, tail=plan.tail, tail_before=(end or 0) - piece.start if inside else None)
            edits += changes_of(piece.listed, own, piece.first)
        if sum(len(list(_within(piece, plan))) for piece in lists) < len(plan.changes):
            raise CannotWrite("a flag stands in one place and its value in another; rewrite this option by hand")
        return edits


def _within(piece: Piece, plan: Plan) -> Iterator[Change]:
    for change in plan.changes:
        if piece.start <= change.first and change.last <= piece.stop:
            yield replace(change, first=change.first - piece.start, last=change.last - piece.start)


def words_of(module: Module, node: ast.expr, elements: Sequence[ast.expr], first: int) -> Words:
    """The words of a command that begins with these elements of a list or a call; arguments begin at `first`."""
    names: list[ast.expr] = []
    groups = list(_split(module, elements, first, names, 0))
    root = node
    while isinstance(parent := module.parents.get(root), ast.BinOp) and parent.left is root:
        if not isinstance(parent.op, ast.Add):
            break
        groups += _expanded(module, parent.right, names, 0)
        root = parent
    pieces: list[Piece] = []
    start = 0
    for nodes, fixed in groups:
        pieces.append(Piece(Listed(module, nodes), 0 if pieces else first, start, fixed))
        start = pieces[-1].stop
    return Words(module, root, tuple(pieces), tuple(names))


def lists_in(module: Module, node: ast.expr) -> list[Sequence[ast.expr]]:
    """The lists that an expression adds up."""
    return [nodes for nodes, fixed in _expanded(module, node, [], 0) if not fixed]


def _expanded(
    module: Module, node: ast.expr, names: list[ast.expr], depth: int
) -> Iterator[tuple[Sequence[ast.expr], bool]]:
    """The elements of the lists that an expression stands for; what is no list is one word, and is fixed."""
    if isinstance(node, ast.List | ast.Tuple):
        yield from _split(module, node.elts, 0, names, depth)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _expanded(module, node.left, names, depth)
        yield from _expanded(module, node.right, names, depth)
    elif (held := _held(module, node)) is not None and depth < _DEPTH:
        names.append(node)
        yield from _expanded(module, held, names, depth + 1)
    else:
        yield [node], True


def _split(
    module: Module, elements: Sequence[ast.expr], first: int, names: list[ast.expr], depth: int
) -> Iterator[tuple[Sequence[ast.expr], bool]]:
    """The elements of a list, cut where a starred one brings a list that is known."""
    own: list[ast.expr] = []
    for index, one in enumerate(elements):
        if index < first or not isinstance(one, ast.Starred) or _held(module, one.value) is None or depth >= _DEPTH:
            own.append(one)
            continue
        if own:
            yield own, False
        own = []
        yield from _expanded(module, one.value, names, depth)
    if own:
        yield own, False


def _held(module: Module, node: ast.expr) -> ast.expr | None:
    """The list that a name is given once, whatever is added to it later."""
    bound = module.bound(node) if isinstance(node, ast.Name) else []
    value = bound[0].value if bound and bound[0].kind == "assign" else None
    grown = all(isinstance(module.parents.get(one.target), ast.AugAssign) for one in bound[1:])
    return value if grown and isinstance(value, ast.List | ast.Tuple) else None
