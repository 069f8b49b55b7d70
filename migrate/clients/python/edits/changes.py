"""The edits of one group of places: nested wraps and replacements, made into non-overlapping edits at the end."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from migrate.clients.python.code.module import Module
from migrate.source import Edit


@dataclass
class Changes:
    """Replacements and insertions by module.

    Insertions at one place keep their order: the outermost first in front, last behind.
    """

    replaced: dict[int, dict[tuple[int, int], str]] = field(default_factory=dict)
    before: dict[int, dict[int, list[tuple[int, str]]]] = field(default_factory=dict)
    modules: dict[int, Module] = field(default_factory=dict)

    def replace(self, module: Module, start: int, end: int, text: str) -> None:
        if start == end:
            self.insert(module, start, text)
            return
        self.modules[id(module)] = module
        self.replaced.setdefault(id(module), {})[start, end] = text

    def insert(self, module: Module, at: int, text: str, weight: int = 0) -> None:
        """`weight`: of insertions at the same place the heavier come first."""
        self.modules[id(module)] = module
        found = self.before.setdefault(id(module), {}).setdefault(at, [])
        if (weight, text) not in found:
            found.append((weight, text))

    def wrap(self, module: Module, node: ast.expr, base: ast.expr, template: str) -> None:
        """The node becomes the template, in which `{base}` is the base's text, with its own changes."""
        prefix, suffix = template.split("{base}")
        start, end = module.span(node)
        inner_start, inner_end = module.span(base)
        text = module.fragment.text
        opened = re.search(r"(?:\(\s*)*\Z", text[start:inner_start])
        closed = re.match(r"(?:\s*\))*", text[inner_end:end])
        inner_start -= len(opened[0]) if opened else 0
        inner_end += len(closed[0]) if closed else 0
        if start < inner_start:
            self.replace(module, start, inner_start, prefix)
        elif prefix:
            self.insert(module, start, prefix, end - start)
        if inner_end < end:
            self.replace(module, inner_end, end, suffix)
        elif suffix:
            self.insert(module, end, suffix, -(end - start))

    def merge(self, other: Changes) -> None:
        for key, module in other.modules.items():
            self.modules[key] = module
            self.replaced.setdefault(key, {}).update(other.replaced.get(key, {}))
            for at, texts in other.before.get(key, {}).items():
                mine = self.before.setdefault(key, {}).setdefault(at, [])
                mine += [one for one in texts if one not in mine]

    def spans(self) -> set[tuple[int, int, int]]:
        """The places that change, to see which groups share one."""
        return {(key, *span) for key, found in self.replaced.items() for span in found}

    def texts(self) -> set[tuple[int, int, int, str]]:
        """Every change with its text: `(module, start, end, text)`."""
        found = {(key, *span, text) for key, places in self.replaced.items() for span, text in places.items()}
        for key, places in self.before.items():
            found |= {(key, at, at, text) for at, texts in places.items() for _, text in texts}
        return found

    def edits(self, rule: str) -> list[Edit]:
        found = []
        for key, module in self.modules.items():
            spans = self.replaced.get(key, {})
            inside = {at for at in self.before.get(key, {}) for start, end in spans if start < at < end}
            outer = {
                (start, end) for start, end in spans
                for first, last in spans if (first, last) != (start, end) and first <= start and end <= last
            }  # fmt: skip
            for (start, end), text in spans.items():
                if (start, end) not in outer:
                    found.append(module.fragment.edit(start, end, text, rule))
            for at, texts in self.before.get(key, {}).items():
                if at not in inside:
                    ordered = "".join(text for _, text in sorted(texts, key=lambda one: -one[0]))
                    found.append(module.fragment.edit(at, at, ordered, rule))
        return found
