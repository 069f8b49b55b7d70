"""What a statement binds, and the parameters of functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
PROPERTIES = frozenset({"property", "cached_property"})
Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


@dataclass(frozen=True)
class Binding:
    """A name gets a value: `value` is the expression (None: a parameter without one, a loop target, an import)."""

    target: ast.AST
    value: ast.expr | None
    kind: str


def bound(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr | None, str]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _targets(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        if node.value is not None:
            yield node.target, node.value, "assign"
    elif isinstance(node, ast.AugAssign):
        yield node.target, None, "other"
    elif isinstance(node, ast.For | ast.AsyncFor):
        yield from ((one, None, "loop") for one, _, _ in _targets(node.target, None))
    elif isinstance(node, ast.comprehension):
        yield from ((one, None, "comprehension") for one, _, _ in _targets(node.target, None))
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr, "with"


def _targets(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[ast.AST, ast.expr | None, str]]:
    if isinstance(target, ast.Tuple | ast.List):
        values = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) else None
        for index, one in enumerate(target.elts):
            yield from _targets(one, values[index] if values else None)
    else:
        yield target, value, "assign"


def parameters(function: Function | ast.Lambda) -> list[tuple[ast.arg, ast.expr | None]]:
    """The parameters with their defaults; `*args` and `**kwargs` have none."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    rest = [arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None]
    return [
        *zip(plain, defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        *((arg, None) for arg in rest),
    ]


def argument(call: ast.Call, function: Function, name: str, method: bool) -> ast.expr | None:
    """What a call passes for a parameter, or None."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    names = [arg.arg for arg, _ in parameters(function)]
    names = names[1:] if method and names[:1] in (["self"], ["cls"]) else names
    if name in names and (index := names.index(name)) < len(call.args):
        value = call.args[index]
        return None if isinstance(value, ast.Starred) else value
    return None


def returns(function: Function) -> list[ast.expr]:
    """What a function returns; nothing for a generator."""
    found: list[ast.expr] = []
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return []
        if isinstance(node, ast.Return) and node.value is not None:
            found.append(node.value)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return found


def copied(node: ast.AST) -> ast.expr | None:
    """What an expression copies: `dict(p)`, `p.copy()`, `copy.deepcopy(p)`, all of `p.items()` that are not None."""
    if isinstance(node, ast.DictComp):
        return _filtered(node)
    return _called(node) if isinstance(node, ast.Call) else None


def _filtered(node: ast.DictComp) -> ast.expr | None:
    """`{k: v for k, v in p.items() if v is not None}`."""
    loop = node.generators[0]
    names = [loop.target.elts] if isinstance(loop.target, ast.Tuple) else []
    called = loop.iter.func if isinstance(loop.iter, ast.Call) and not loop.iter.args else None
    if len(node.generators) > 1 or not isinstance(called, ast.Attribute) or called.attr != "items":
        return None
    if [[ast.unparse(one) for one in pair] for pair in names] != [[ast.unparse(node.key), ast.unparse(node.value)]]:
        return None
    wanted = (f"{ast.unparse(node.value)} is not None", f"{ast.unparse(node.value)} != None")
    return called.value if all(ast.unparse(test) in wanted for test in loop.ifs) else None


def _called(call: ast.Call) -> ast.expr | None:
    name = name_of(call.func)
    if call.keywords:
        return None
    if isinstance(call.func, ast.Attribute) and name == "copy" and not call.args:
        return call.func.value
    plain = isinstance(call.func, ast.Name) or getattr(getattr(call.func, "value", None), "id", "") == "copy"
    if len(call.args) == 1 and plain and name in ("deepcopy", "copy", "dict"):
        return None if isinstance(call.args[0], ast.Starred) else call.args[0]
    return None


def default_of(call: ast.Call) -> ast.expr | None:
    """What a field of a class is where nobody gives it: `field(default_factory=lambda: x)`, `Field(default=x)`."""
    name = name_of(call.func)
    if name.lower() not in ("field", "ib", "attrib", "option", "argument"):
        return None
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    made = given.get("default_factory", given.get("factory"))
    if isinstance(made, ast.Lambda):
        return made.body
    return given.get("default", call.args[0] if call.args else None)


def is_none(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def decorators(function: Function) -> set[str]:
    """The last names of a function's decorators."""
    return {name_of(one.func if isinstance(one, ast.Call) else one) for one in function.decorator_list}


def name_of(node: ast.AST) -> str:
    """The last part of a name: `f` of `f` and of `a.f`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
