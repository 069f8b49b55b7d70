"""Options of TGI that reach the server from a place which is not rewritten with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from migrate.catalog import tgi, vllm
from migrate.clients.python.code.module import Module
from migrate.source import Span
from migrate.touchpoints import Launch, Mention

_FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
_GROW = frozenset({"append", "extend", "insert"})


def options_in(text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    """The options in a text that only TGI has."""
    for match in _FLAG.finditer(text, start, len(text) if end is None else end):
        if tgi.option(match[0]) and not vllm.catalog().option(match[0]):
            yield match


def appended_in_python(module: Module, launches: Sequence[Launch]) -> Iterator[Mention]:
    """What a program adds to the list or the line of a launch in a way that is not translated."""
    names = {name for launch in launches for name in _assigned(module, launch)}
    known = [one.anchor for launch in launches for one in launch.additions]
    for node in module.nodes if names else ():
        if _grown(module, node) in names:
            for one in ast.walk(node):
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and (found := _first(one.value)):
                    span = Span(*module.span(one))
                    if not any(span.start in place for place in known):
                        yield Mention(module.path, "passed-option", found, span, module.text(one))


def _first(text: str) -> str | None:
    return next((match[0] for match in options_in(text)), None)


def _assigned(module: Module, launch: Launch) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name | ast.Attribute):
            start, end = module.span(node.value)
            if start <= launch.anchor.start < end:
                yield module.text(node.targets[0])


def _grown(module: Module, node: ast.AST) -> str | None:
    """The name that a statement or a call adds to."""
    if isinstance(node, ast.AugAssign):
        return module.text(node.target)
    function = node.func if isinstance(node, ast.Call) else None
    grown = function.value if isinstance(function, ast.Attribute) and function.attr in _GROW else None
    return module.text(grown) if isinstance(grown, ast.Name | ast.Attribute) else None
