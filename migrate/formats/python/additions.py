"""Words that a program adds to a command's list on a condition or later: `args += [...]`, `([...] if x else [])`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from migrate.clients.python.code.module import Module
from migrate.formats.python.list import Listed, changes_of
from migrate.formats.python.words import Words, lists_in
from migrate.source import Edit, Span
from migrate.touchpoints import CannotWrite, Launch, Plan

Write = Callable[[Listed, Plan], list[Edit]]


def additions(module: Module, words: Words) -> tuple[Launch, ...]:
    """Each list of options, and each run of `append`, that a command gets besides."""
    found = [(nodes, _in_list) for nodes in _conditional(words)]
    holders = [*words.names, *_targets(module, words.root)]
    for node in module.nodes if holders else ():
        found += [(nodes, _in_list) for nodes in _added(module, node, holders)]
        found += [(nodes, _appended) for nodes in _runs(module, node, holders)]
    return tuple(_launch(module, nodes, write) for nodes, write in found if _options(nodes))


def _options(nodes: Sequence[ast.expr]) -> bool:
    first = nodes[0] if nodes else None
    first = first.values[0] if isinstance(first, ast.JoinedStr) and first.values else first
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.startswith("-")


def _conditional(words: Words) -> Iterator[Sequence[ast.expr]]:
    """The lists of `[...] if x else []` among the words."""
    for piece in words.pieces:
        for node in piece.listed.nodes[piece.first :]:
            inner = node.value if isinstance(node, ast.Starred) else node
            if isinstance(inner, ast.IfExp) and (piece.fixed or isinstance(node, ast.Starred)):
                for way in (inner.body, inner.orelse):
                    yield from lists_in(words.module, way)


def _targets(module: Module, root: ast.expr) -> list[ast.expr]:
    """What the command's list is assigned to."""
    parent = module.parents.get(root)
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    if isinstance(parent, ast.AnnAssign):
        targets = [parent.target]
    return [one for one in targets if isinstance(one, ast.Name | ast.Attribute)]


def _same(module: Module, one: ast.expr, holders: Sequence[ast.expr]) -> bool:
    """Whether an expression is one of the names, in the same function or class."""
    return any(
        type(one) is type(holder)
        and module.text(one) == module.text(holder)
        and _home(module, one) is _home(module, holder)
        for holder in holders
    )


def _home(module: Module, node: ast.expr) -> ast.AST | None:
    return module.scope(node) if isinstance(node, ast.Name) else module.around(node, ast.ClassDef)


def _added(module: Module, node: ast.AST, holders: Sequence[ast.expr]) -> list[Sequence[ast.expr]]:
    """The lists that a statement or a call adds."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and _same(module, node.target, holders):
        return lists_in(module, node.value)
    if isinstance(node, ast.Assign) and _same(module, node.targets[0], holders):
        return [nodes for one in _behind(module, node) for nodes in lists_in(module, one)]
    extends = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "extend"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and extends and len(node.args) == 1:
        return lists_in(module, node.args[0]) if _same(module, node.func.value, holders) else []
    return []


def _behind(module: Module, node: ast.Assign) -> list[ast.expr]:
    """What is added in `args = args + [...]`."""
    left: ast.expr = node.value
    found: list[ast.expr] = []
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
        found.insert(0, left.right)
        left = left.left
    return found if module.text(left) == module.text(node.targets[0]) else []


def _runs(module: Module, node: ast.AST, holders: Sequence[ast.expr]) -> Iterator[Sequence[ast.expr]]:
    """What calls of `append` that follow each other add."""
    for block in (value for value in vars(node).values() if isinstance(value, list)):
        run: list[ast.expr] = []
        for statement in [*block, None]:
            one = _one(module, statement, holders)
            if one is not None:
                run.append(one)
            elif run:
                yield run
                run = []


def _one(module: Module, statement: ast.AST | None, holders: Sequence[ast.expr]) -> ast.expr | None:
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "append":
        return None
    return call.args[0] if len(call.args) == 1 and _same(module, call.func.value, holders) else None


def _launch(module: Module, nodes: Sequence[ast.expr], write: Write) -> Launch:
    listed = Listed(module, nodes)
    span = Span(module.span(nodes[0])[0], module.span(nodes[-1])[1])
    text = module.fragment.text[span.start : span.end]
    laid = partial(_write, listed, write)
    return Launch(module.path, "python", "host", span, laid, text, arguments=listed.words(0), template=True)


def _write(listed: Listed, write: Write, plan: Plan) -> list[Edit]:
    """The changes of the words.

    Raises:
        CannotWrite: something has to be written that belongs to the command itself.
    """
    if plan.head or plan.settings:
        raise CannotWrite("what these options become belongs into the command itself: move them there")
    return write(listed, plan)


def _in_list(listed: Listed, plan: Plan) -> list[Edit]:
    return changes_of(listed, plan, 0)


def _appended(listed: Listed, plan: Plan) -> list[Edit]:
    if any(len(change.words) != change.last - change.first for change in plan.changes):
        raise CannotWrite("these calls of append have to be written by hand")
    return changes_of(listed, plan, 0)
