"""A member of TGI's answer, looked up in the rules and written as they say."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from migrate.clients.python.answers.trail import Trail
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At
from migrate.clients.python.code.scopes import is_none
from migrate.rulebook.clients import MemberRule

TEXTS = ("line", "body", "chunk")  # asked whether a word is in them
BINDING = (ast.Compare, ast.BinOp, ast.Attribute)  # what binds stronger than `not`


def compared(trail: Trail, at: At, compare: ast.Compare, kind: str) -> None:
    """The value stands in a comparison."""
    left = compare.left
    inside = at.node in compare.comparators and isinstance(compare.ops[0], ast.In | ast.NotIn)
    if kind == "status":
        trail.statuses.append((at, compare))
    elif kind == "error-type":
        _words(trail, at, compare)
    elif inside and isinstance(left, ast.Constant) and kind.partition(":")[0] not in TEXTS:
        _has(trail, at, compare, left, kind)
    elif kind == "reason" and not all(_text(trail, At(at.module, one)) for one in compare.comparators):
        trail.escapes.append((at, "finish_reason is compared with something that is no text here"))


def _text(trail: Trail, at: At) -> bool:
    """Whether a finish reason is compared with a text, with several, or with the library's word for one."""
    if isinstance(at.node, ast.Tuple | ast.List | ast.Set):
        return all(_text(trail, At(at.module, one)) for one in at.node.elts)
    words = trail.members["reason", "value"].words
    if isinstance(at.node, ast.Name | ast.Attribute) and trail.project.foreign(at.module, at.node) in words:
        return True
    return all(isinstance(value.node, ast.Constant) for value in trail.project.values(at))


def _has(trail: Trail, at: At, compare: ast.Compare, left: ast.Constant, kind: str) -> None:
    """`"name" in value`."""
    rule = trail.members.get((kind, f"in:{left.value!s}"))
    if rule is not None:
        start, end = at.module.span(left)
        quote = at.module.fragment.text[start]
        trail.changes.replace(at.module, start, end, f"{quote}{rule.becomes}{quote}")
    elif left.value == "error":
        if kind == "event":
            trail.errors.append((at, At(at.module, compare)))
    else:
        trail.escape(at, kind)


def _words(trail: Trail, at: At, compare: ast.Compare) -> None:
    """TGI's words for kinds of errors, compared: vLLM's names of classes."""
    names = trail.members["answer", "error_type"].words
    texts = [node for one in (compare.left, *compare.comparators) for node in ast.walk(one)]
    for node in texts:
        if isinstance(node, ast.Constant) and node.value in names:
            start, end = at.module.span(node)
            quote = at.module.fragment.text[start]
            trail.changes.replace(at.module, start, end, f"{quote}{names[node.value]}{quote}")


def key(
    trail: Trail, at: At, node: ast.expr, key: ast.expr, kind: str, default: Sequence[ast.expr] | None = None
) -> None:
    """`value[key]`, or `value.get(key, default)` where a default is given or may be."""
    if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
        trail.escape(at, kind)
        return
    if kind == "headers" and (kind, key.value.lower()) not in trail.members:
        return
    name = key.value.lower() if kind == "headers" else key.value
    if (kind, name) not in trail.members:
        trail.escapes.append((at, f"{key.value} of the reply has no counterpart that is known here"))
        return
    if kind == "event" and name == "error" and default is not None:
        trail.errors.append((at, At(at.module, node)))
    quote = at.module.text(key)[-1:]
    missing = None if default is None else at.module.text(default[0]) if default else "None"
    apply(trail, at, node, name, kind, quote if quote in ("'", '"') else None, missing)


def apply(
    trail: Trail, at: At, node: ast.expr, name: str, kind: str, quote: str | None = None, missing: str | None = None
) -> None:
    """The member becomes what its rule says, in the form for the place: value, truth, comparison with None.

    `quote` is the one of the old text's own words.
    """
    quote = quote or _quote(at.module, node)
    rule = trail.members[kind, name]
    if rule.counted is not None and (call := _counted(at.module, node)) is not None:
        _count(trail, at, call, rule.counted)
        return
    trail.read.add((kind, name))
    trail.needs |= rule.needs
    if reason := _unwritable(at, node, name, rule):
        trail.escapes.append((At(at.module, node), reason))
        return
    if rule.safety == "review":
        trail.notes.append((At(at.module, node), rule.id, f"{name}: {rule.why}"))
    template, target = _form(at.module, node, rule)
    if "{whole}" in template:
        trail.wholes.append((at, At(at.module, target)))
        return
    assert isinstance(at.node, ast.expr)
    if rule.ends is not None and isinstance(at.node, ast.Name) and _leaves(at.module.parents[node], node):
        text = rule.ends.replace('"', quote).replace("{base}", at.node.id)
        trail.changes.replace(at.module, *at.module.span(node), text)
        return
    written = template.replace('"', quote)
    if missing is not None and rule.get is not None and template == rule.becomes:
        written = rule.get.replace('"', quote).replace("{default}", missing)
    if written.startswith("not ") and isinstance(at.module.parents[target], BINDING):
        written = f"({written})"
    if rule.wider:
        trail.wider.append((at, target, rule, quote))
    else:
        trail.changes.wrap(at.module, target, at.node, written)
    if target is node and template == rule.becomes:
        trail.follow(At(at.module, node), rule.gives)


def _count(trail: Trail, at: At, call: ast.AST, counted: str) -> None:
    """`len(...)` of a list that vLLM gives the length of."""
    (start, end), (first, last) = at.module.span(call), at.module.span(at.node)
    prefix, suffix = counted.split("{base}")
    trail.changes.replace(at.module, start, first, prefix)
    trail.changes.replace(at.module, last, end, suffix)


def _unwritable(at: At, node: ast.expr, name: str, rule: MemberRule) -> str:
    """Why what is read stays as it is; empty where it can be written."""
    if rule.safety == "manual":
        return f"{name}: {rule.why}"
    return "" if at.module.placed(node) else f"{name} is read inside an f-string whose parts have no exact place"


def _quote(module: Module, node: ast.expr) -> str:
    """The quote for words at a place: inside of an f-string not the one that ends it."""
    around = [one for one in module.up(node) if isinstance(one, ast.JoinedStr)]
    outer = re.match(r"[A-Za-z]*(\"\"\"|\'\'\'|\"|\')", module.text(around[-1])) if around else None
    return "'" if outer and outer[1] == '"' else '"'


def _counted(module: Module, node: ast.expr) -> ast.Call | None:
    """The `len(...)` around a value."""
    call = module.parents[node]
    return call if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "len" else None


def _leaves(around: ast.AST, test: ast.expr) -> bool:
    """Whether an `if` on the value ends in leaving the loop or the function."""
    return isinstance(around, ast.If) and around.test is test and isinstance(around.body[-1], ast.Break | ast.Return)


def _form(module: Module, node: ast.expr, rule: MemberRule) -> tuple[str, ast.expr]:
    parent = module.parents[node]
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        if rule.negated is not None:
            return rule.negated, parent
        if rule.truth is not None:
            return rule.truth, node
    if isinstance(parent, ast.If | ast.While | ast.IfExp | ast.BoolOp) and rule.truth is not None:
        tested = not isinstance(parent, ast.IfExp) or parent.test is node
        if tested and not (isinstance(parent, ast.BoolOp) and not _tested(module, parent)):
            return rule.truth, node
    none = isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq)
    if none and rule.truth is not None:
        other = vars(parent)["comparators"][0]
        if is_none(other):
            return rule.truth, node
    return rule.becomes, node


def _tested(module: Module, node: ast.AST) -> bool:
    parent = module.parents[node]
    if isinstance(parent, ast.BoolOp | ast.UnaryOp):
        return _tested(module, parent)
    return isinstance(parent, ast.If | ast.While | ast.comprehension) or (
        isinstance(parent, ast.IfExp) and parent.test is node
    )


def widen(trail: Trail) -> None:
    """Writes the members whose form depends on what is read from their elements."""
    for at, target, rule, quote in trail.wider:
        inner = rule.gives.rpartition(":")[2]
        template = next((text for name, text in rule.wider.items() if (inner, name) in trail.read), rule.becomes)
        assert isinstance(at.node, ast.expr)
        trail.changes.wrap(at.module, target, at.node, template.replace('"', quote))
    trail.wider.clear()
