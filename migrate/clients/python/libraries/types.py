"""Types and words of the old library: annotations name the new class, members of an enumeration are texts."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import Project
from migrate.clients.python.code.scopes import is_none
from migrate.clients.python.edits.changes import Changes


@dataclass
class Typed:
    """`gone` are the nodes that go, `new` the dotted names that come."""

    changes: Changes = field(default_factory=Changes)
    gone: list[ast.expr] = field(default_factory=list)
    new: set[str] = field(default_factory=set)


def typed(project: Project, module: Module, types: Mapping[str, str], words: Mapping[str, str]) -> Typed:
    """What changes in a module. `types`: new dotted names, or builtin ones, by the old; `words`: texts by member."""
    done = Typed()
    tops = {name.split(".")[0] for name in (*types, *words)}
    if not any(dotted.split(".")[0] in tops for dotted in module.imports.values()):
        return done
    for name in annotated(project, module, types):
        new = types[project.foreign(module, name) or ""]
        done.changes.replace(module, *module.span(name), new.split(".")[-1])
        done.gone.append(name)
        done.new |= {new} if "." in new else set()
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and (word := words.get(project.foreign(module, node) or "")):
            _word(module, node, word, done)
    return done


def annotated(project: Project, module: Module, names: Collection[str]) -> Iterator[ast.expr]:
    """The names of these classes in annotations and in names for types (`Llm = Annotated[Client, ...]`)."""
    for node in module.nodes:
        found = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            found = [node.value]
        if isinstance(node, ast.Name) and _tested(module, node):
            found = [node]  # `Client = None` where the import fails, `if Client is None`
        inner = [one for annotation in found if isinstance(annotation, ast.AST) for one in ast.walk(annotation)]
        yield from (one for one in inner if isinstance(one, ast.expr) and project.foreign(module, one) in names)


def _tested(module: Module, name: ast.Name) -> bool:
    """Whether a name is only set to None, or asked whether it is something."""
    parent = module.parents[name]
    if isinstance(parent, ast.Assign):
        return is_none(parent.value)
    if isinstance(parent, ast.Compare):
        return all(is_none(one) for one in parent.comparators)
    return (isinstance(parent, ast.If | ast.IfExp | ast.Assert) and parent.test is name) or isinstance(
        parent, ast.UnaryOp
    )


def _word(module: Module, node: ast.Attribute, word: str, done: Typed) -> None:
    """`FinishReason.Length`, with `.value` or without, also where identity is asked for."""
    parent = module.parents[node]
    whole = parent if isinstance(parent, ast.Attribute) and parent.attr in ("value", "name") else node
    if isinstance(whole, ast.Attribute) and whole is not node and whole.attr == "name":
        return
    done.changes.replace(module, *module.span(whole), f'"{word}"')
    done.gone.append(node)
    around = module.parents[whole]
    if isinstance(around, ast.Compare) and isinstance(around.ops[0], ast.Is | ast.IsNot) and len(around.ops) == 1:
        start, end = module.span(around.left)[1], module.span(around.comparators[0])[0]
        sign = "==" if isinstance(around.ops[0], ast.Is) else "!="
        done.changes.replace(module, start, end, f" {sign} ")
