"""What is read from a value: `value[key]`, `value.name`, `value.method()`."""

from __future__ import annotations

import ast

from migrate.clients.python.answers.chunks import of_chunk
from migrate.clients.python.answers.containers import taken
from migrate.clients.python.answers.lookups import apply, key
from migrate.clients.python.answers.mocks import mocked
from migrate.clients.python.answers.responses import TEXT_METHODS, of_event, of_reader, of_response
from migrate.clients.python.answers.trail import Trail
from migrate.clients.python.code.project import At

LOOKS = {"response": of_response, "sse": of_event, "reader": of_reader, "chunk": of_chunk, "cut": of_chunk}


def member(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, kind: str) -> None:
    """Something is read from the value: `value[key]`, `value.name`, `value.get(key)`."""
    call = at.module.parents[parent]
    called = call if isinstance(call, ast.Call) and call.func is parent else None
    if not isinstance(parent.ctx, ast.Load):
        if not kind.startswith(("dict:", "keys:")):
            trail.escape(at, kind)
    elif kind == "object":
        _of_object(trail, at, parent, called)
    elif (look := LOOKS.get(kind.partition(":")[0])) is not None:
        look(trail, at, parent, called, kind)
    elif kind == "request":
        if called and isinstance(parent, ast.Attribute) and parent.attr == "prepare":
            trail.follow(At(at.module, called), kind)
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
        apply(trail, at, parent, parent.attr, kind)
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
    trail.handles.append((At(at.module, node), ".".join(path)))
    trail.escapes.append((At(at.module, node), "the method is chosen where it cannot be seen"))


def _of_text(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None, kind: str) -> None:
    if isinstance(parent, ast.Subscript):
        trail.follow(At(at.module, parent), kind)
    elif called and parent.attr in TEXT_METHODS:
        trail.follow(At(at.module, called), kind)
