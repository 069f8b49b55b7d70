"""Uses of a client library that are told and not edited: classes without a counterpart, classes made from others."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from migrate.clients.python.module import Module
from migrate.clients.python.project import At, Project
from migrate.clients.python.report import Group
from migrate.clients.rules import Book, Rule


class Reported:
    """Makes a group with a reason for each such use."""

    def __init__(self, project: Project, book: Book, constructors: Mapping[str, Rule]) -> None:
        self.project, self.constructors = project, constructors
        self.rules = {name: rule for rule in book.of("report") for name in rule.fields["report"]}

    def groups(self, module: Module) -> Iterator[Group]:
        for call in module.calls:
            rule = self.rules.get(self.project.foreign(module, call.func) or "")
            if rule is not None and self._when(At(module, call), rule):
                yield _left(At(module, call), rule.id, rule.why)
        for node in module.nodes:
            if isinstance(node, ast.ClassDef):
                yield from self._bases(module, node)

    def _when(self, at: At, rule: Rule) -> bool:
        """Whether the call, or what its arguments name, holds one of the rule's words."""
        words = rule.fields.get("when", "")
        words = [words] if isinstance(words, str) else words
        return any(word in text for text in self._texts(at) for word in words)

    def _texts(self, at: At) -> Iterator[str]:
        assert isinstance(at.node, ast.Call)
        yield at.module.text(at.node)
        for argument in (*at.node.args, *(keyword.value for keyword in at.node.keywords)):
            for value in self.project.values(At(at.module, argument)):
                if isinstance(value.node, ast.expr):
                    yield value.module.text(value.node)

    def _bases(self, module: Module, node: ast.ClassDef) -> Iterator[Group]:
        for base in node.bases:
            rule = self.constructors.get(self.project.foreign(module, base) or "")
            if (
                rule is not None
                and not rule.fields.get("package", {}).get("stays")
                and rule.fields["becomes"] != "same"
            ):
                name = rule.fields["becomes"]
                reason = f"{node.name} is made from a class for TGI: make it from {name}, and rename what it overrides"
                yield _left(At(module, base), rule.id, reason)


def _left(at: At, rule: str, reason: str) -> Group:
    group = Group(at, rule, "")
    group.manual.append((at, rule, reason))
    return group
