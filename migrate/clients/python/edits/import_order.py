"""Where an import belongs among sorted ones."""

from __future__ import annotations

import ast
from collections.abc import Collection

from migrate.clients.python.code.module import Module

Imports = ast.Import | ast.ImportFrom


def place(
    module: Module, node: Imports, line: str, stays: bool, touched: Collection[Imports] = ()
) -> tuple[int, str] | None:
    """Where a new line stands that comes beside an import, or (not `stays`) in its place: an offset and its text.

    None where it stands right there: the imports around are in no order, or it fits. `touched` ones are edited, too.
    """
    block = _block(module, node)
    keys = [_key(one) for one in block]
    new = _key(ast.parse(line).body[0])
    order = [key for key in keys if key is not None]
    if len(block) < 2 or new is None or len(order) < len(keys) or order != sorted(order):
        return None
    at = block.index(node)
    rest = [index for index, one in enumerate(block) if (one is node and stays) or one not in touched]
    rest = [index for index in rest if stays or index != at]
    before = [index for index in rest if order[index] <= new]
    if (before[-1] if before else -1) == (at if stays else max((index for index in rest if index < at), default=-1)):
        return None
    if _commented(module, node) or (before and _commented(module, block[before[-1]])):
        return None
    if before:
        return module.span(block[before[-1]])[1], f"\n{line}"
    return (module.span(block[rest[0]])[0], f"{line}\n") if rest else None


def _commented(module: Module, node: Imports) -> bool:
    """Whether something stands behind the statement on its line."""
    end = module.span(node)[1]
    return bool(module.fragment.text[end:].split("\n", 1)[0].strip())


def _block(module: Module, node: Imports) -> list[Imports]:
    """The imports at the top of the module without a line between them."""
    body = module.tree.body
    if node not in body:
        return [node]
    first = last = body.index(node)
    while first and _adjacent(module, body[first - 1], body[first]):
        first -= 1
    while last + 1 < len(body) and _adjacent(module, body[last], body[last + 1]):
        last += 1
    return [one for one in body[first : last + 1] if isinstance(one, Imports)]


def _adjacent(module: Module, before: ast.stmt, after: ast.stmt) -> bool:
    near = before.end_lineno is not None and after.lineno == before.end_lineno + 1
    if not (near and isinstance(before, Imports) and isinstance(after, Imports)):
        return False
    return not between_cells(module, module.fragment.text.find("\n", module.span(before)[1]))


def between_cells(module: Module, newline: int) -> bool:
    """Whether a line end only stands between two cells of a notebook, so that the file has none there."""
    fragment = module.fragment
    return fragment.ends is not None and fragment.ends[newline] == fragment.offsets[newline]


def _key(node: ast.stmt) -> tuple[int, str] | None:
    """How isort's default orders it: plain imports first, then by module; None for what has an order of its own."""
    if isinstance(node, ast.Import):
        return (0, node.names[0].name.lower())
    if isinstance(node, ast.ImportFrom) and not node.level:
        return (1, (node.module or "").lower())
    return None
