"""Uses of a client library that are told and not edited: what has no counterpart, classes made from others."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.clients.python.edits.report import Group
from migrate.clients.rules import Book
from migrate.rulebook.clients import ReportRule
from migrate.rulebook.constructors import ConstructorRule
from migrate.rulebook.model import as_list


class Reported:
    """Makes a group with a reason for each such use."""

    def __init__(self, project: Project, book: Book, constructors: Mapping[str, ConstructorRule]) -> None:
        self.project, self.constructors = project, constructors
        known = book.reports
        self.functions = {name: rule for name, rule in known.items() if not rule.methods and not rule.calls}
        self.objects = book.watched
        self.methods = {name: rule for rule in known.values() for name in rule.methods}

    def groups(self, module: Module) -> Iterator[Group]:
        libraries = {dotted.split(".")[0] for dotted in module.imports.values()}
        for call in module.calls:
            at = At(module, call)
            dotted = self.project.foreign(module, call.func) or ""
            rule = self.functions.get(dotted)
            if rule is None and isinstance(call.func, ast.Attribute):
                rule = self.methods.get(call.func.attr)
                rule = rule if rule and libraries & set(rule.report) else None
            if rule is not None and self._when(at, rule):
                yield _left(at, rule.id, rule.why)
            if dotted in self.objects:
                yield from self._calls(at, self.objects[dotted])
        for node in module.nodes:
            if isinstance(node, ast.ClassDef):
                yield from self._bases(module, node)
        yield from self._handed(module)

    def _handed(self, module: Module) -> Iterator[Group]:
        """A class that is made elsewhere: in a table of classes, by `partial`."""
        for name, dotted in module.imports.items():
            rule = self.constructors.get(dotted)
            if rule is None or rule.becomes == "same":
                continue
            for read in module.loads.get(name, []):
                around = module.parents[read]
                told = isinstance(around, ast.Call) and any(one.arg in rule.address for one in around.keywords)
                if _value(module, read) and (told or not rule.shared):
                    reason = f"{name} is handed on and made where it cannot be seen; in its place stands {rule.becomes}"
                    yield _left(At(module, around if told else read), rule.id, reason)

    def _when(self, at: At, rule: ReportRule) -> bool:
        """Whether the call, or what its arguments name, holds one of the rule's words."""
        words, texts = as_list(rule.when) or [""], list(self._texts(at))
        other = any(word in text for text in texts for word in as_list(rule.unless))
        return not other and any(word in text for text in texts for word in words)

    def _texts(self, at: At, depth: int = 2) -> Iterator[str]:
        """The text of a call and of what its arguments name, through a call in between (`json.dumps(payload)`)."""
        assert isinstance(at.node, ast.Call)
        yield at.module.text(at.node)
        if isinstance(at.node.func, ast.Attribute) and isinstance(at.node.func.value, ast.Call):
            yield from self._texts(At(at.module, at.node.func.value), depth - 1) if depth else ()
        for argument in (*at.node.args, *(keyword.value for keyword in at.node.keywords)):
            for value in self.project.values(At(at.module, argument)):
                if isinstance(value.node, ast.Call) and depth:
                    yield from self._texts(value, depth - 1)
                elif isinstance(value.node, ast.expr):
                    yield value.module.text(value.node)
                    yield from self._inside(value)

    def _inside(self, at: At) -> Iterator[str]:
        """The text of what the entries of a dict name."""
        for one in at.node.values if isinstance(at.node, ast.Dict) else ():
            if isinstance(one, ast.Name | ast.Attribute):
                found = self.project.values(At(at.module, one))
                yield from (value.module.text(value.node) for value in found if isinstance(value.node, ast.expr))

    def _calls(self, at: At, rule: ReportRule) -> Iterator[Group]:
        """Calls on the object, and on clients that are attributes of it (`endpoint.client.text_generation`)."""
        flow = Flow(self.project, {}, {})
        flow.follow(at, "object")
        found = list(flow.calls)
        for place, _ in flow.escapes:
            if isinstance(place.node, ast.Attribute):
                inner = Flow(self.project, {}, {})
                inner.follow(place, "object")
                found += [(call, f"{place.node.attr}.{path}") for call, path in inner.calls]
        for call, path in found:
            if path in rule.calls:
                yield _left(call, rule.id, f"{path}: {rule.why}")

    def _bases(self, module: Module, node: ast.ClassDef) -> Iterator[Group]:
        for base in node.bases:
            rule = self.constructors.get(self.project.foreign(module, base) or "")
            stays = rule is None or rule.shared or rule.becomes == "same"
            if rule is not None and not stays:
                name = rule.becomes
                reason = f"{node.name} is made from a class for TGI: make it from {name}, and rename what it overrides"
                yield _left(At(module, base), rule.id, reason)


def _value(module: Module, read: ast.expr) -> bool:
    """Whether a class is a value here: an argument, or something in a table; no call, annotation or test of a type."""
    inner: ast.AST = read
    for parent in module.up(read):
        if isinstance(parent, ast.Call):
            names = ("isinstance", "issubclass", "cast", "TypeVar")
            return parent.func is not inner and name_of(parent.func) not in names
        if isinstance(parent, ast.Dict | ast.List | ast.Tuple | ast.keyword):
            inner = parent
            continue
        return inner is not read and isinstance(parent, ast.Assign | ast.AnnAssign) and parent.value is inner
    return False


def _left(at: At, rule: str, reason: str) -> Group:
    group = Group(at, rule, "")
    group.manual.append((at, rule, reason))
    return group
