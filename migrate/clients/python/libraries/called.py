"""The calls on a client's object, each by the rule for its method: other parameters, or OpenAI's fields already."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from migrate.clients.outcome import Collected
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.report import Group
from migrate.clients.python.given.arguments import model_sent, named
from migrate.clients.python.libraries.chat_classes import ChatClasses
from migrate.clients.python.libraries.methods import Methods
from migrate.clients.python.openai.fields import Fields
from migrate.clients.rules import Book
from migrate.rulebook.constructors import Call, ConstructorRule


class Called:
    """Adds what becomes of the calls on one object to its group."""

    def __init__(self, project: Project, book: Book, collected: Collected, fields: Fields, chats: ChatClasses) -> None:
        self.project, self.fields, self.chats = project, fields, chats
        self.methods = Methods(project, book.parameters, book.members, collected.budget)

    def settle(self, known: Iterable[tuple[At, str]], rule: ConstructorRule, group: Group) -> None:
        calls: Mapping[str, Call] = rule.calls
        for place, path in known:
            if path in calls:
                self._call(place, path, calls[path], rule, group)

    def _call(self, at: At, path: str, spec: Call, rule: ConstructorRule, group: Group) -> None:
        if spec.manual:
            group.manual.append((at, rule.id, f"{path}: {spec.manual}"))
        elif spec.fields:
            self._chat(at, path, spec, rule, group)
        else:
            waits = rule.becomes.split(".")[-1].startswith("Async")
            self.methods.convert(at, spec, rule.id, waits).into(group)

    def _chat(self, at: At, path: str, spec: Call, rule: ConstructorRule, group: Group) -> None:
        """A call that has OpenAI's fields already becomes the same call of the OpenAI SDK."""
        entries = named(at, spec.positional)
        if entries is None or not isinstance(at.node, ast.Call) or not isinstance(at.node.func, ast.Attribute):
            group.manual.append((at, rule.id, f"{path}: the arguments of this call cannot be told apart"))
            return
        for place in _by_key(at.module):
            group.manual.append(
                (place, rule.id, f"{path}: the answer is read by key, that of the OpenAI SDK by attribute")
            )
        if entries.get("model"):
            self.chats.serve(at, model_sent(self.project, entries, ""), group)
        names = {"model": '""', **dict.fromkeys(spec.positional)}
        self.fields.settle(self.fields.read(entries, spec.fields or "chat"), group, names=names)
        if path != spec.becomes:
            end = at.module.span(at.node.func)[1]
            group.changes.replace(at.module, end - len(at.node.func.attr), end, spec.becomes or path)

    def keep(self, known: Iterable[tuple[At, str]], calls: Mapping[str, Call], group: Group) -> Group:
        """Calls that work as they are when the server knows the name they send."""
        for place, path in known:
            arguments = named(place, ["messages"])
            if arguments is not None:
                self.chats.serve(place, model_sent(self.project, arguments, calls[path].keep or ""), group)
                sent = self.fields.read(arguments, calls[path].fields or "chat")
                sent.wraps = True
                self.fields.settle(sent, group)
        return group


def _by_key(module: Module) -> Iterator[At]:
    """Where a chat answer is read as a dict: `answer["choices"]`, `answer.usage["total_tokens"]`."""
    for node in module.nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            usage = isinstance(node.value, ast.Attribute) and node.value.attr == "usage"
            if node.slice.value in ("choices", "usage") or usage:
                yield At(module, node)
