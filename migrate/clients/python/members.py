"""What is read from a value: `value[key]`, `value.name`, `value.method()`."""

from __future__ import annotations

import ast

from migrate.clients.python.containers import taken
from migrate.clients.python.lookups import apply, key
from migrate.clients.python.mocks import mocked
from migrate.clients.python.project import At
from migrate.clients.python.trail import LOOPS, Trail, name_of

TEXT_METHODS = frozenset(
    [
        "decode",
        "strip",
        "lstrip",
        "rstrip",
        "removeprefix",
        "removesuffix",
        "replace",
        "split",
        "partition",
        "rpartition",
        "splitlines",
    ]
)
NEUTRAL_METHODS = frozenset(
    [
        "raise_for_status",
        "close",
        "aclose",
        "release",
        "read",
        "aread",
        "startswith",
        "endswith",
        "find",
        "items",
        "__enter__",
        "__exit__",
        "set_result",
    ]
)
NEUTRAL = frozenset(
    [
        "status_code",
        "status",
        "ok",
        "is_success",
        "is_error",
        "reason",
        "reason_phrase",
        "headers",
        "text",
        "url",
        "elapsed",
        "code",
        "request",
        "closed",
        "encoding",
    ]
)


def member(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, kind: str) -> None:
    """Something is read from the value: `value[key]`, `value.name`, `value.get(key)`."""
    call = at.module.parents[parent]
    called = call if isinstance(call, ast.Call) and call.func is parent else None
    if not isinstance(parent.ctx, ast.Load):
        if not kind.startswith(("dict:", "keys:")):
            trail.escape(at, kind)
    elif kind == "object":
        _of_object(trail, at, parent, called)
    elif kind == "response":
        _of_response(trail, at, parent, called)
    elif kind in ("line", "body"):
        _of_text(trail, at, parent, called, kind)
    elif kind.startswith("future:"):
        if called and isinstance(parent, ast.Attribute) and parent.attr == "result":
            trail.follow(At(at.module, called), kind[7:])
    elif kind not in ("status", "error-type") and not taken(trail, at, parent, called, kind):
        _of_answer(trail, at, parent, called, kind)


def _of_answer(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None, kind: str) -> None:
    module = at.module
    if kind == "answers" and isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant):
        trail.changes.wrap(module, parent, parent.value, "{base}")
        trail.follow(At(module, parent), "answer")
    elif isinstance(parent, ast.Attribute) and called and parent.attr == "get" and called.args:
        key(trail, at, called, called.args[0], kind, called.args[1:])
    elif isinstance(parent, ast.Subscript):
        key(trail, at, parent, parent.slice, kind)
    elif called and parent.attr == "result" and not called.args:
        trail.follow(At(module, called), kind)  # of a task
    elif (kind, parent.attr) in trail.members:
        apply(trail, at, parent, parent.attr, kind, '"')
    elif kind != "headers":
        trail.escapes.append((at, f"{parent.attr} of the reply has no counterpart that is known here"))


def _of_object(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None) -> None:
    """A method of a client, by its path: `client.chat.completions.create(...)`."""
    path: list[str] = []
    node: ast.expr = parent
    while isinstance(node, ast.Attribute):
        path.append(node.attr)
        above = at.module.parents[node]
        if mocked(path):
            trail.stands.append(At(at.module, node))
            return
        if isinstance(above, ast.Call) and above.func is node:
            trail.calls.append((At(at.module, above), ".".join(path)))
            return
        if not isinstance(above, ast.Attribute):
            break
        node = above
    trail.escapes.append((At(at.module, node), "the method is chosen where it cannot be seen"))


def _of_response(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None) -> None:
    if not isinstance(parent, ast.Attribute):
        trail.escape(at, "response")
        return
    name = parent.attr
    if name == "json" and called:
        trail.follow(At(at.module, called), trail.answer)
    elif name in trail.lines and _one_line(trail, at, parent):
        return
    elif name in trail.lines:
        line = trail.lines[name]
        if called and any(keyword.arg == "decode_unicode" for keyword in called.keywords):
            line = "str"
        node: ast.expr = called or parent
        if (called is None and name_of(at.module.parents[parent]) in ("decode", "loads")) or (
            called is None and not isinstance(at.module.parents[parent], (*LOOPS, ast.comprehension))
        ):
            trail.follow(At(at.module, parent), "body")
        else:
            trail.follow(At(at.module, node), f"list:line:{line}")
    elif (name in ("text", "content", "data", "read", "aread") and called is not None) or name in (
        "text",
        "content",
        "data",
    ):
        trail.follow(At(at.module, called or parent), "body")
    elif name in ("status_code", "status", "code"):
        trail.follow(At(at.module, parent), "status")
    elif name == "headers":
        trail.follow(At(at.module, parent), "headers")
    elif name == "raise_for_status":
        trail.raises.append(At(at.module, parent))
    elif name not in NEUTRAL and name not in NEUTRAL_METHODS:
        trail.escapes.append((at, f"{name} of the response cannot be followed"))


def _one_line(trail: Trail, at: At, parent: ast.Attribute) -> bool:
    """`line = await response.content.readline()`, in a loop: the line, and the statement that reads it."""
    module = at.module
    method = module.parents[parent]
    call = module.parents[method]
    if not isinstance(method, ast.Attribute) or method.attr != "readline" or not isinstance(call, ast.Call):
        return False
    statement = module.statement(call)
    loop = module.around(statement, ast.While)
    if isinstance(statement, ast.Assign) and isinstance(loop, ast.While) and statement in loop.body[:-1]:
        trail.stream.loops.append((At(module, statement), trail.lines[parent.attr]))
        trail.follow(At(module, call), "line")
        return True
    return False


def _of_text(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None, kind: str) -> None:
    if isinstance(parent, ast.Subscript):
        trail.follow(At(at.module, parent), kind)
    elif called and parent.attr in TEXT_METHODS:
        trail.follow(At(at.module, called), kind)
