"""Texts that a program puts together: addresses and paths, through names, attributes, functions and their callers."""

from __future__ import annotations

import ast

from migrate.clients.python.iterated import iterated
from migrate.clients.python.module import Module
from migrate.clients.python.phrases import phrase
from migrate.clients.python.pieces import MOST, NOTHING, UNKNOWN, Address, Piece, Text, address, closed, default
from migrate.clients.python.project import At, Project
from migrate.clients.python.scopes import Binding, is_none

__all__ = ["UNKNOWN", "Address", "Piece", "address", "text_of", "texts_of"]
SETTINGS = ("BaseSettings", "Settings")


def text_of(project: Project, at: At) -> Text:
    """The parts of a text expression, in order; a single unknown part where it has none or several values."""
    found = [closed(text) for text in texts_of(project, at)]
    return found[0] if len(found) == 1 else NOTHING


def texts_of(project: Project, at: At, depth: int = 10) -> list[Text]:
    """Every text that an expression can be, with the parts that only a default tells marked as open."""
    if depth == 0:
        return [NOTHING]
    if at not in project.texts:
        project.texts[at] = [NOTHING]  # while that is being asked
        found = phrase(at, lambda node: texts_of(project, At(at.module, node), depth - 1))
        found = list(dict.fromkeys(_followed(project, at, depth) if found is None else found))
        project.texts[at] = found if 0 < len(found) <= MOST else [NOTHING]
    known: list[Text] = project.texts[at]
    return known


def _followed(project: Project, at: At, depth: int) -> list[Text]:
    node = at.node
    if isinstance(node, ast.Name) and (bound := at.module.reaching(node)):
        return _bound(project, at.module, bound, depth)
    if isinstance(node, ast.Attribute) and (found := _attribute(project, at, node, depth)) is not None:
        return found
    if isinstance(node, ast.Call):
        return _returned(project, At(at.module, node.func), depth)
    values = [value for value in project.values(at, 1) if value != at]
    return [text for value in values for text in texts_of(project, value, depth - 1)]


def _bound(project: Project, module: Module, bound: list[Binding], depth: int) -> list[Text]:
    """What the bindings that a read can see give the name."""
    found: list[Text] = []
    for binding in bound:
        around = module.parents.get(binding.target)
        if isinstance(binding.target, ast.arg):
            found += _parameter(project, At(module, binding.target), binding.value, depth)
        elif (
            isinstance(around, ast.AugAssign) and isinstance(around.op, ast.Add) and isinstance(around.target, ast.Name)
        ):
            before = module.reaching(around.target)
            more = texts_of(project, At(module, around.value), depth - 1)
            found += [(*text, *end) for text in _bound(project, module, before, depth - 1) for end in more]
        elif binding.kind in ("loop", "comprehension"):
            elements = iterated(project, At(module, binding.target), binding)
            found += [text for one in elements for text in texts_of(project, one, depth - 1)] or [NOTHING]
        elif binding.value is None:
            found.append(NOTHING)
        else:
            found += texts_of(project, At(module, binding.value), depth - 1)
    return found


def _parameter(project: Project, parameter: At, value: ast.expr | None, depth: int) -> list[Text]:
    """A parameter's default and what the callers in the repository pass."""
    assert isinstance(parameter.node, ast.arg)
    passed = project.passed(parameter.module, parameter.node)
    texts = [text for one in passed for text in texts_of(project, one, depth - 1)]
    if value is None or is_none(value):
        return texts or [NOTHING]
    return [*texts_of(project, At(parameter.module, value), depth - 1), *texts]


def _attribute(project: Project, at: At, node: ast.Attribute, depth: int) -> list[Text] | None:
    """A property, a setting that the environment may replace, or an option of the command line."""
    found = project.definition(at)
    if found is not None and isinstance(found.node, ast.FunctionDef) and found.node.decorator_list:
        return _returned(project, at, depth)
    values = [value for value in project.values(at, 1) if value != at]
    texts = [text for value in values for text in texts_of(project, value, depth - 1)]
    owner = project.owner(At(at.module, node.value))
    if owner is not None and isinstance(owner.node, ast.ClassDef):
        bases = {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in owner.node.bases}
        return [default(text) for text in texts] if bases & set(SETTINGS) and texts else texts or None
    return texts or _option(project, at, node, depth)


def _option(project: Project, at: At, node: ast.Attribute, depth: int) -> list[Text] | None:
    """The default of `add_argument("--name", default=...)` for a member of what `parse_args()` gives."""
    made = project.values(At(at.module, node.value))
    if not any(
        isinstance(one.node, ast.Call) and "parse" in at.module.text(one.node.func)
        for one in made
        if one.module is at.module
    ):
        return None
    for call in at.module.calls:
        names = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if any(name.lstrip("-").replace("-", "_") == node.attr for name in names):
            values = [keyword.value for keyword in call.keywords if keyword.arg == "default"]
            texts = [text for value in values for text in texts_of(project, At(at.module, value), depth - 1)]
            return [default(text) for text in texts] or None
    return None


def _returned(project: Project, function: At, depth: int) -> list[Text]:
    """What a function of the repository gives back."""
    found = project.definition(function)
    values = project.index.returns(found.node) if found and isinstance(found.node, ast.FunctionDef) else []
    return [text for value in values for text in texts_of(project, At(found.module, value), depth - 1)] if found else []
