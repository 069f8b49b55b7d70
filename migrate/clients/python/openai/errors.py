"""Exceptions of the OpenAI SDK, which stand for status codes, of which TGI has others than vLLM."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from migrate.clients.python.answers.statuses import coded
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.report import Group
from migrate.rulebook.clients import ExceptionRule, StatusRule
from migrate.rulebook.model import as_list

BODY = "error_type: TGI's refusal is {error: text, error_type}, vLLM's {error: {message, type, code}}"


class Errors:
    """The classes that a module names, in handlers and everywhere else (`retry_if_exception_type`, `isinstance`)."""

    def __init__(
        self, project: Project, exceptions: Mapping[str, ExceptionRule], statuses: Mapping[str, StatusRule]
    ) -> None:
        self.project, self.statuses = project, statuses
        self.exceptions = {name: rule for name, rule in exceptions.items() if name.startswith("openai.")}

    def settle(self, module: Module, group: Group) -> None:
        for handler in module.nodes:
            if isinstance(handler, ast.ExceptHandler) and handler.type is not None:
                types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                if any((self.project.foreign(module, one) or "").startswith("openai.") for one in types):
                    coded(self.project, module, handler, self.statuses, group)
        group.notes += [(At(module, one), "client/openai-unprocessable", BODY) for one in _bodies(module)]
        renamed: dict[str, list[ast.Name]] = {}
        for node, rule in self._named(module):
            new = as_list(rule.becomes)[0].split(".")[-1]
            if rule.safety == "review" or _known(module, new):
                group.notes.append((At(module, node), rule.id, rule.why))
            elif isinstance(node, ast.Attribute):
                end = module.span(node)[1]
                group.changes.replace(module, end - len(node.attr), end, new)
            elif isinstance(node, ast.Name):
                renamed.setdefault(node.id, []).append(node)
        for old, nodes in renamed.items():
            self._imported(module, old, nodes, group)

    def _named(self, module: Module) -> Iterator[tuple[ast.Name | ast.Attribute, ExceptionRule]]:
        for node in module.nodes:
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                rule = self.exceptions.get(self.project.foreign(module, node) or "")
                if rule is not None:
                    yield node, rule

    def _imported(self, module: Module, old: str, nodes: list[ast.Name], group: Group) -> None:
        """A class by its bare name: every read of it and the import change together."""
        rule = self.exceptions[self.project.foreign(module, nodes[0]) or ""]
        aliases = [alias for other in module.nodes if isinstance(other, ast.ImportFrom) for alias in other.names]
        mine = [alias for alias in aliases if (alias.asname or alias.name) == old]
        if len(mine) != 1 or mine[0].asname is not None:
            group.notes.append((At(module, nodes[0]), rule.id, rule.why))
            return
        new = as_list(rule.becomes)[0].split(".")[-1]
        for node in [*nodes, mine[0]]:
            group.changes.replace(module, *module.span(node), new)


def _known(module: Module, name: str) -> bool:
    """Whether the module speaks of the new class already, whose handlers would be reached in another order."""
    return name in module.imports or bool(module.attributes.get(name))


def _bodies(module: Module) -> Iterator[ast.Constant]:
    """Where a refusal's body is read in TGI's form."""
    for node in module.nodes:
        above = module.parents.get(node)
        if (
            isinstance(node, ast.Constant)
            and node.value == "error_type"
            and isinstance(above, ast.Subscript | ast.Call)
        ):
            yield node
