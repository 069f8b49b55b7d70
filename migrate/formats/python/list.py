"""A list of words in a Python program, and a plan laid into it: only what must change changes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrate.clients.python.code.module import Module
from migrate.formats.python.constants import text_of
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
            value = str(node.value) if isinstance(node, ast.Constant) and known else f"{_flag(node)}${{{raw}}}"
            resolved = None if known else text_of(self.module, node)
            found.append(Word(value, self.module.path, Span(start, end), raw, "python", not known, resolved))
        return tuple(found)

    def edit(self, index: int, text: str, rule: str) -> Edit:
        start, end = self.module.span(self.nodes[index])
        return self.module.fragment.edit(start, end, text, rule)

    def written(self, token: Token) -> str:
        """A word of the plan as an element.

        Raises:
            CannotWrite: an expression of another syntax.
        """
        if token.dialect == "python" and token.raw:
            return token.raw
        if token.expression:
            raise CannotWrite(f"the value {token.value} depends on an expression that must be written by hand")
        return quoted(token.value, self.quote)

    def separator(self) -> str:
        first = self.module.span(self.nodes[0])[0]
        text = self.module.fragment.text
        line = re.search(r"[\[(](\s*(?:\r\n|\n))([ \t]*)\Z", text[:first])
        return f",\n{line[2]}" if line else ", "


def _flag(node: ast.expr) -> str:
    """The option that an f-string such as `f"--port={port}"` begins with."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else None
    match = re.match(r"--[a-z][a-z-]*=", str(first.value)) if isinstance(first, ast.Constant) else None
    return match[0] if match else ""


def changes_of(listed: Listed, plan: Plan, first: int) -> list[Edit]:
    """The edits of the arguments; `first` is the index of the first one in the list.

    Raises:
        CannotWrite: a word cannot be written here.
    """
    spans = [listed.module.span(node) for node in listed.nodes]
    fragment = listed.module.fragment
    edits: list[Edit] = []
    for start, stop, words, rule in _merged(plan, first):
        text = ", ".join(listed.written(word) for word in words)
        if len(words) == stop - start:
            edits += _renamed(listed, start, words, rule)
        elif words:
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


def _renamed(listed: Listed, start: int, words: Sequence[Token], rule: str) -> Iterator[Edit]:
    """As many words as before: each is changed alone."""
    for index, word in enumerate(words, start):
        text = listed.written(word)
        if text != listed.module.text(listed.nodes[index]):
            yield listed.edit(index, text, rule)


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
