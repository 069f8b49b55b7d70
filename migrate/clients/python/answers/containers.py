"""Values inside lists, tuples and dicts.

Kinds: `list:K` holds K, `dict:K` has K as values, `entry:a:K` has K under the key `a`, `tuple:1:K` has K at 1.
"""

from __future__ import annotations

import ast

from migrate.clients.python.answers.names import bind
from migrate.clients.python.answers.trail import Trail
from migrate.clients.python.code.project import At
from migrate.clients.python.code.scopes import name_of

COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp)
FILLS = ("append", "appendleft", "add", "insert", "extend")


def held(trail: Trail, at: At, parent: ast.AST, kind: str) -> bool:
    """Whether the value is written into a container's display or comprehension, which is followed then."""
    around = At(at.module, parent)
    if isinstance(parent, ast.Tuple) and isinstance(parent.ctx, ast.Load) and at.node in parent.elts:
        trail.follow(around, f"tuple:{parent.elts.index(at.node)}:{kind}")
    elif isinstance(parent, ast.Dict) and kind == "object" and at.node in parent.values:
        key = parent.keys[parent.values.index(at.node)]
        name = str(key.value) if isinstance(key, ast.Constant) else ""
        trail.follow(around, f"entry:{name if ':' not in name else ''}:{kind}")
    elif isinstance(parent, ast.Dict) and kind == "generation" and (form := _displayed(parent, at.node)) is not None:
        trail.follow(around, f"{form}:{kind}")
    elif isinstance(parent, ast.DictComp):
        trail.follow(around, f"dict:{kind}" if parent.value is at.node else f"keys:{kind}")
    elif isinstance(parent, ast.List) or (isinstance(parent, COMPREHENSIONS) and parent.elt is at.node):
        trail.follow(around, f"list:{kind}")
    else:
        return False
    return True


def _displayed(display: ast.Dict, value: ast.AST) -> str | None:
    """How a value stands in a dict display: among others of its kind (`dict`), or under a key of its own."""
    places = [index for index, one in enumerate(display.values) if one is value]
    called = {ast.dump(one.func) if isinstance(one, ast.Call) else "" for one in display.values}
    if not places:
        return None
    if len(called) == 1 and "" not in called:
        return "dict"
    key = display.keys[places[0]]
    name = key.value if isinstance(key, ast.Constant) else None
    return f"tuple:{name}" if isinstance(name, str) and name.isidentifier() else None


def filled(trail: Trail, at: At, call: ast.Call, kind: str) -> bool:
    """Whether the value is put into a container by a method: `found.append(value)`."""
    name = name_of(call.func)
    if not isinstance(call.func, ast.Attribute) or name not in FILLS:
        return False
    inner = kind if name == "extend" else f"list:{kind}"
    return _holder(trail, At(at.module, call.func.value), inner)


def stored(trail: Trail, at: At, target: ast.Subscript, kind: str) -> bool:
    """Whether the value is put into a dict that the program made: `found[key] = value`."""
    return _holder(trail, At(at.module, target.value), f"dict:{kind}")


def keyed(trail: Trail, at: At, target: ast.Subscript, kind: str) -> bool:
    """Whether the value is a key of a dict that the program made: `asked[pool.submit(...)] = prompt`."""
    return _holder(trail, At(at.module, target.value), f"keys:{kind}")


def _holder(trail: Trail, holder: At, kind: str) -> bool:
    """Follows what a container's name holds, where the program made it empty."""
    node = holder.node
    if isinstance(node, ast.Name):
        made = [one for one in holder.module.bound(node) if isinstance(one.target, ast.Name) and _empty(one.value)]
        for binding in made:
            bind(trail, holder.module, binding.target, kind)
        return bool(made)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        values = trail.project.values(holder)
        if values and all(_empty(one.node) for one in values):
            bind(trail, holder.module, node, kind)
            return True
    return False


def _empty(node: ast.AST | None) -> bool:
    if isinstance(node, ast.List):
        return not node.elts
    if isinstance(node, ast.Dict):
        return not node.keys
    return isinstance(node, ast.Call) and name_of(node.func) in ("list", "dict", "deque", "set", "defaultdict")


def taken(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None, kind: str) -> bool:
    """Whether something is taken out of a container: by index, by key, by a method."""
    form, _, inner = kind.partition(":")
    if form == "keys":
        return isinstance(parent, ast.Subscript) or parent.attr in ("values", "get", "pop")
    if form == "entry":
        return _entry(trail, at, parent, called, *inner.split(":", 1))
    if form not in ("list", "dict", "tuple"):
        return False
    if isinstance(parent, ast.Subscript):
        return _by_index(trail, at, parent, form, inner)
    if called is None:
        return False
    if form == "dict" and parent.attr in ("get", "pop", "setdefault"):
        trail.follow(At(at.module, called), inner)
    elif form == "dict" and parent.attr == "values":
        trail.follow(At(at.module, called), f"list:{inner}")
    elif form == "dict" and parent.attr == "items":
        trail.follow(At(at.module, called), f"list:tuple:1:{inner}")
    elif form == "list" and parent.attr in ("pop", "popleft"):
        trail.follow(At(at.module, called), inner)
    else:
        return parent.attr in (*FILLS, "keys", "clear", "reverse", "sort")
    return True


def _entry(
    trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None, key: str, inner: str
) -> bool:
    """Whether the value under a key of a dict display is taken out: by that key, or by one that cannot be told."""
    if isinstance(parent, ast.Subscript):
        if _may_be(parent.slice, key):
            trail.follow(At(at.module, parent), inner)
    elif called and parent.attr in ("get", "pop") and called.args:
        if _may_be(called.args[0], key):
            trail.follow(At(at.module, called), inner)
    elif called and parent.attr in ("values", "items"):
        trail.follow(At(at.module, called), f"list:{inner}" if parent.attr == "values" else f"list:tuple:1:{inner}")
    else:
        return parent.attr in ("keys", "clear")
    return True


def _may_be(index: ast.expr, key: str) -> bool:
    """Whether an index may be the key; an empty key is one that is not known."""
    return not key or not isinstance(index, ast.Constant) or str(index.value) == key


def _by_index(trail: Trail, at: At, parent: ast.Subscript, form: str, inner: str) -> bool:
    here = At(at.module, parent)
    if isinstance(parent.slice, ast.Slice):
        if form == "list":
            trail.follow(here, f"list:{inner}")
        return form == "list"
    if form != "tuple":
        trail.follow(here, inner)
        return True
    index, _, inside = inner.partition(":")
    if not isinstance(parent.slice, ast.Constant):
        return False
    if str(parent.slice.value) == index:
        trail.follow(here, inside)
    return True
