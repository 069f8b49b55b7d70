"""A parsed Python text: the exact places of its nodes, and what stands around each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from migrate.clients.python.code.scopes import Scope
from migrate.source import Fragment

_LINE_END = re.compile(r"\r\n|\r|\n")
_UNDECODED = re.compile("[\udc80-\udcff]")


@dataclass
class Parsed:
    """A Python text. Offsets are characters of `fragment.text`; `name` is the dotted name in the repository."""

    fragment: Fragment
    name: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict, repr=False)
    nodes: list[ast.AST] = field(default_factory=list, repr=False)  # in the order of ast.walk, but for Load and Store
    json: bool = False  # a JSON text, whose displays are Python's
    parsed: str = field(default="", repr=False)  # the text with a mark for every byte that is no character

    @classmethod
    def parse(cls, fragment: Fragment, name: str) -> Self:
        """
        Raises:
            SyntaxError: no Python of this interpreter.
        """
        text = _UNDECODED.sub("?", fragment.text)
        try:
            tree = ast.parse(text)
        except (ValueError, RecursionError) as error:
            raise SyntaxError(str(error)) from error
        module = cls(fragment, name, tree, parsed=text)
        module.nodes.append(tree)
        for node in module.nodes:
            children = _children(node)
            module.nodes += children
            for child in children:
                module.parents[child] = node
        return module

    @property
    def path(self) -> str:
        return self.fragment.source.path

    @cached_property
    def _lines(self) -> list[tuple[int, str]]:
        text = self.parsed or self.fragment.text
        starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        ends = [*starts[1:], len(text)]
        return [(start, text[start:end]) for start, end in zip(starts, ends, strict=True)]

    def offset(self, line: int, column: int) -> int:
        """Characters from the start, of a line from 1 and a column in UTF-8 bytes."""
        start, text = self._lines[line - 1]
        if text.isascii():
            return start + column
        return start + len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Start and end of an expression or statement."""
        place = vars(node)
        start = self.offset(place["lineno"], place["col_offset"])
        return start, self.offset(place["end_lineno"], place["end_col_offset"])

    def text(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.fragment.text[start:end]

    def placed(self, node: ast.expr) -> bool:
        """Whether the node's place is exact: inside an f-string, older interpreters get it wrong."""
        if not any(isinstance(parent, ast.JoinedStr) for parent in self.up(node)):
            return True
        try:
            again = ast.parse(self.text(node).strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return False
        return ast.dump(again) == ast.dump(node)

    def up(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, nearest first."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def scope(self, node: ast.AST) -> Scope:
        """The scope a name at this place is looked up in first."""
        inner = node
        for parent in self.up(node):
            if isinstance(parent, Scope) and not self._outside(parent, inner):
                return parent
            inner = parent
        return self.tree

    @staticmethod
    def _outside(scope: Scope, inner: ast.AST) -> bool:
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            return inner in scope.decorator_list or inner is scope.returns or isinstance(inner, ast.arguments)
        return False

    def statement(self, node: ast.AST) -> ast.stmt:
        for parent in (node, *self.up(node)):
            if isinstance(parent, ast.stmt):
                return parent
        raise LookupError("a node outside every statement")

    def around(self, node: ast.AST, *kinds: type[ast.AST]) -> ast.AST | None:
        return next((parent for parent in self.up(node) if isinstance(parent, kinds)), None)


def _children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below a node, except for the contexts of names, which are one object for the whole text.

    Half the time of `ast.iter_child_nodes`, on which a scan of many programs depends.
    """
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
            found.append(value)
    return found
