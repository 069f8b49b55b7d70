"""Texts that a program puts together: addresses and paths, through names, attributes, functions and their callers."""

from __future__ import annotations

import ast

from migrate.clients.python.addresses.phrases import phrase
from migrate.clients.python.addresses.pieces import (
    MOST,
    NOTHING,
    UNKNOWN,
    Address,
    Piece,
    Text,
    address,
    closed,
    default,
    words,
)
from migrate.clients.python.code.callers import made
from migrate.clients.python.code.configured import Configured, is_settings
from migrate.clients.python.code.iterated import iterated
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Binding, default_of, is_none, name_of
from migrate.clients.python.edits.records import fields

__all__ = ["UNKNOWN", "Address", "Piece", "address", "text_of", "texts_of"]


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
        plain = not _asked(at.node)
        found = phrase(at, lambda node: texts_of(project, At(at.module, node), depth - 1)) if plain else None
        found = list(dict.fromkeys(_followed(project, at, depth) if found is None else found))
        if not any(piece.text != UNKNOWN or piece.hint for text in found for piece in text):
            found = _configured(project, at) or found
        project.texts[at] = found if 0 < len(found) <= MOST else [NOTHING]
    known: list[Text] = project.texts[at]
    return known


def _asked(node: ast.AST) -> bool:
    """`env("X")`, `env.str("X")`: a variable without a default."""
    func = node.func if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords else None
    return func is not None and "env" in (name_of(func), name_of(getattr(func, "value", func)))


def _configured(project: Project, at: At) -> list[Text]:
    """What the repository's files give to a setting; where they differ in more than the host, nothing is known."""
    texts = [default((Piece(value),)) for value in Configured(project).exactly(at)]
    if len({address(text).route for text in texts}) > 1 or len({len(text[0].text) for text in texts}) > 1:
        return []
    return texts[:1]


def _followed(project: Project, at: At, depth: int) -> list[Text]:
    node = at.node
    if isinstance(node, ast.Name) and (bound := at.module.reaching(node)):
        return _bound(project, at.module, bound, depth)
    if isinstance(node, ast.Attribute) and (found := _attribute(project, at, node, depth)) is not None:
        return found
    if isinstance(node, ast.Call) and (given := default_of(node)) is not None:
        return [default(text) for text in texts_of(project, At(at.module, given), depth - 1)]
    if isinstance(node, ast.Call):
        return _returned(project, At(at.module, node.func), depth, at)
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice | ast.Constant):
        return _looked_up(project, At(at.module, node.value), At(at.module, node.slice), depth)
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
    function = parameter.module.around(parameter.node, ast.FunctionDef, ast.AsyncFunctionDef)
    alone = function is not None and At(parameter.module, function) in project.only
    if value is None or is_none(value) or (alone and texts):
        return texts or _decorated(project, parameter, depth) or [NOTHING]
    return [*texts_of(project, At(parameter.module, value), depth - 1), *texts]


def _decorated(project: Project, parameter: At, depth: int) -> list[Text]:
    """The default of `@click.option("--name", default=...)` for a parameter of the function."""
    assert isinstance(parameter.node, ast.arg)
    function = parameter.module.around(parameter.node, ast.FunctionDef, ast.AsyncFunctionDef)
    calls = [one for one in getattr(function, "decorator_list", ()) if isinstance(one, ast.Call)]
    values = [value for call in calls for value in _defaults(call, parameter.node.arg)]
    return [default(text) for value in values for text in texts_of(project, At(parameter.module, value), depth - 1)]


def _defaults(call: ast.Call, name: str) -> list[ast.expr]:
    """The default that a call gives the option of this name: `--some-name`."""
    names = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    mine = any(one.lstrip("-").replace("-", "_") == name for one in names)
    return [keyword.value for keyword in call.keywords if keyword.arg == "default"] if mine else []


def _attribute(project: Project, at: At, node: ast.Attribute, depth: int) -> list[Text] | None:
    """A property, a setting that the environment may replace, or an option of the command line."""
    found = project.definition(at)
    if found is not None and isinstance(found.node, ast.FunctionDef) and found.node.decorator_list:
        return _returned(project, at, depth)
    values = [value for value in project.values(at, 1) if value != at]
    texts = [text for value in values for text in texts_of(project, value, depth - 1)]
    owner = project.owner(At(at.module, node.value))
    if owner is not None and isinstance(owner.node, ast.ClassDef):
        if is_settings(owner.node) and texts:
            return [default(text) for text in texts]
        return texts or _field(project, owner, node.attr, depth) or None
    return texts or _option(project, at, node, depth)


def _field(project: Project, owner: At, name: str, depth: int) -> list[Text]:
    """What the calls in the repository give a field that the class only declares, as a dataclass does."""
    names = [] if "__init__" in project.index.methods(owner.node) else [field for field, _ in fields(project, owner)]
    if name not in names:
        return []
    given = []
    for at in made(project, [owner]):
        assert isinstance(at.node, ast.Call)
        values = dict(zip(names, at.node.args, strict=False))
        values |= {keyword.arg: keyword.value for keyword in at.node.keywords if keyword.arg}
        given += [At(at.module, values[name])] if name in values else []
    return [text for one in given for text in texts_of(project, one, depth - 1)]


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
        if values := _defaults(call, node.attr):
            texts = [text for value in values for text in texts_of(project, At(at.module, value), depth - 1)]
            return [default(text) for text in texts] or None
    return None


def _looked_up(project: Project, table: At, key: At, depth: int) -> list[Text]:
    """What a dict of texts holds under a key that is put together."""
    keys = {words(text) for text in texts_of(project, key, depth - 1)}
    return [
        text
        for held in project.values(table)
        if isinstance(held.node, ast.Dict)
        for name, value in zip(held.node.keys, held.node.values, strict=True)
        if isinstance(name, ast.Constant) and name.value in keys
        for text in texts_of(project, At(held.module, value), depth - 1)
    ]


def _returned(project: Project, function: At, depth: int, call: At | None = None) -> list[Text]:
    """What a function of the repository gives back, to this call where one is given."""
    found = project.definition(function)
    if found is not None and call is not None and found not in project.only and vars(call.node)["args"]:
        project = project.seen_from(found, call)
    values = project.index.returns(found.node) if found and isinstance(found.node, ast.FunctionDef) else []
    return [text for value in values for text in texts_of(project, At(found.module, value), depth - 1)] if found else []
