"""A list of words in a Python program, and a plan laid into it: only what must change changes."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from migrate.clients.python.module import Module
from migrate.source import Edit, Span
from migrate.touchpoints import CannotWrite, Plan, Token, Word


def quoted(value: str, quote: str) -> str:
    """A Python string literal with these quotes."""
    body = value.replace("\\", "\\\\").replace("\n", "\\n").replace(quote, "\\" + quote)
    return f"{quote}{body}{quote}"


@dataclass(frozen=True)
class Listed:
    """The elements of a list display."""

    module: Module
    nodes: Sequence[ast.expr]

    @property
    def quote(self) -> str:
        texts = [self.module.text(node) for node in self.nodes if isinstance(node, ast.Constant)]
        return texts[0][-1] if texts and texts[0][-1] in "\"'" else '"'

    def words(self, first: int) -> tuple[Word, ...]:
        """The elements from an index on; what is no literal is an expression, resolved where a constant holds it."""
        found = []
        for node in self.nodes[first:]:
            start, end = self.module.span(node)
            raw = self.module.fragment.text[start:end]
            known = isinstance(node, ast.Constant) and isinstance(node.value, str | int | float)
            value = str(node.value) if isinstance(node, ast.Constant) and known else f"${{{raw}}}"
            resolved = None if known else self._constant(node)
            found.append(Word(value, self.module.path, Span(start, end), raw, "python", not known, resolved))
        return tuple(found)

    def _constant(self, node: ast.expr) -> str | None:
        """The text that a name of the module stands for."""
        bound = self.module.bound(node) if isinstance(node, ast.Name) else []
        value = bound[0].value if len(bound) == 1 and bound[0].kind == "assign" else None
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None

    def edit(self, index: int, text: str, rule: str) -> Edit:
        start, end = self.module.span(self.nodes[index])
        return self.module.fragment.edit(start, end, text, rule)

    def written(self, token: Token) -> str:
        """A word of the plan as an element.

        Raises:
            CannotWrite: an expression of another syntax.
        """
        if token.dialect == "python" and token.raw is not None:
            return token.raw
        if token.expression:
            raise CannotWrite(f"the value {token.value} depends on an expression that must be written by hand")
        return quoted(token.value, self.quote)

    def separator(self) -> str:
        first = self.module.span(self.nodes[0])[0]
        text = self.module.fragment.text
        line = re.search(r"[\[(](\s*(?:\r\n|\n))([ \t]*)\Z", text[:first])
        return f",\n{line[2]}" if line else ", "


def changes_of(listed: Listed, plan: Plan, first: int) -> list[Edit]:
    """The edits of the arguments; `first` is the index of the first one in the list.

    Raises:
        CannotWrite: a word cannot be written here.
    """
    spans = [listed.module.span(node) for node in listed.nodes]
    fragment = listed.module.fragment
    edits = []
    for start, stop, words, rule in _merged(plan, first):
        text = ", ".join(listed.written(word) for word in words)
        if words:
            edits.append(fragment.edit(spans[start][0], spans[stop - 1][1], text, rule))
        elif stop < len(spans):
            edits.append(fragment.edit(spans[start][0], spans[stop][0], "", rule))
        else:
            edits.append(fragment.edit(spans[start - 1][1] if start else spans[0][0], spans[-1][1], "", rule))
    if plan.head:
        text = ", ".join(listed.written(word) for word in plan.head)
        at = spans[first - 1][1] if first else spans[0][0]
        edits.append(fragment.edit(at, at, f", {text}" if first else f"{text}, ", plan.rule))
    edits += _tail(listed, plan, first, spans)
    return edits


def _tail(listed: Listed, plan: Plan, first: int, spans: list[tuple[int, int]]) -> list[Edit]:
    if not plan.tail:
        return []
    lines = _options(plan.tail)
    texts = [", ".join(listed.written(word) for word in line) for line in lines]
    joint = listed.separator()
    if plan.tail_before is not None:
        at = spans[first + plan.tail_before][0]
        return [listed.module.fragment.edit(at, at, "".join(f"{text}, " for text in texts), plan.rule)]
    return [listed.module.fragment.edit(spans[-1][1], spans[-1][1], "".join(joint + text for text in texts), plan.rule)]


def _options(words: Sequence[Token]) -> list[list[Token]]:
    """The words by option, so that each stands with its values."""
    found: list[list[Token]] = []
    for word in words:
        if word.value.startswith("--") or not found:
            found.append([])
        found[-1].append(word)
    return found


def _merged(plan: Plan, first: int) -> list[tuple[int, int, tuple[Token, ...], str]]:
    """The changes with indices into the list; removals that follow each other are one."""
    found: list[tuple[int, int, tuple[Token, ...], str]] = []
    for one in plan.changes:
        start, stop = one.first + first, one.last + first
        if found and not one.words and not found[-1][2] and found[-1][1] == start:
            found[-1] = (found[-1][0], stop, (), one.rule)
        else:
            found.append((start, stop, one.words, one.rule))
    return found
