"""What an expression of a Python program stands for, and which literal holds an image."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from migrate.catalog.images import recognise
from migrate.clients.python.code.module import Module
from migrate.source import Edit, Span
from migrate.touchpoints import Token, Word

_DEPTH = 5


def text_of(module: Module, node: ast.expr, *, open_ends: bool = False, depth: int = 0) -> str | None:
    """The text of a literal, a name that is bound once, an f-string or a sum of such; None where it is not known.

    `open_ends`: a default of the environment counts too, and what is not known becomes `${NAME}` inside a text.
    """
    inner = partial(text_of, module, open_ends=open_ends, depth=depth + 1)
    if isinstance(node, ast.Constant):
        return str(node.value) if isinstance(node.value, str | int | float) else None
    if depth > _DEPTH:
        return None
    if isinstance(node, ast.Name):
        value = assigned(module, node)
        return inner(value) if value is not None else None
    if isinstance(node, ast.JoinedStr):
        return _joined([_hole(one, inner, open_ends) for one in node.values])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([inner(node.left), inner(node.right)])
    default = _default(module, node) if open_ends else None
    return inner(default) if default is not None else None


def _joined(parts: list[str | None]) -> str | None:
    known = [one for one in parts if one is not None]
    return "".join(known) if len(known) == len(parts) else None


def _hole(node: ast.expr, inner: Callable[[ast.expr], str | None], open_ends: bool) -> str | None:
    if not isinstance(node, ast.FormattedValue):
        return inner(node)
    known = inner(node.value) if node.conversion < 0 and node.format_spec is None else None
    name = re.sub(r"\W+", "_", ast.unparse(node.value))
    return known if known is not None or not open_ends else f"${{{name}}}"


def assigned(module: Module, node: ast.Name) -> ast.expr | None:
    """The value of a name that is assigned once."""
    bound = module.bound(node)
    return bound[0].value if len(bound) == 1 and bound[0].kind == "assign" else None


def _default(module: Module, node: ast.expr) -> ast.expr | None:
    """What stands in for a variable of the environment that is not set."""
    if isinstance(node, ast.Call) and module.dotted(node.func) in ("os.getenv", "os.environ.get"):
        return node.args[1] if len(node.args) == 2 else None
    return node.values[-1] if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) else None


@dataclass(frozen=True)
class Image:
    """An image of TGI: `word` has the place of the literal that is rewritten."""

    module: Module
    word: Word

    def edit(self, new: Token) -> Edit:
        """The new reference in the quotes of the old one."""
        quote = self.word.raw[-1] if self.word.raw[-1:] in "\"'" else '"'
        span = self.word.span
        return self.module.fragment.edit(span.start, span.end, f"{quote}{new.value}{quote}", new.rule)


def image_of(module: Module, node: ast.expr) -> Image | None:
    """The image of TGI that an expression names, with the literal that holds it, else the expression itself."""
    text = text_of(module, node, open_ends=True)
    if text is None or recognise(text) is None:
        return None
    place = _literal(module, node) or node
    return Image(module, Word(text, module.path, Span(*module.span(place)), module.text(place), "python"))


def _literal(module: Module, node: ast.expr) -> ast.expr | None:
    for _ in range(_DEPTH):
        inner = assigned(module, node) if isinstance(node, ast.Name) else _default(module, node)
        if inner is None:
            return node if isinstance(node, ast.Constant | ast.JoinedStr) else None
        node = inner
    return None
