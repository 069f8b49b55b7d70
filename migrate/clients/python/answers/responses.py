"""What is read from a response, from an event of its stream, and from what a library makes of it."""

from __future__ import annotations

import ast

from migrate.clients.python.answers.trail import LOOPS, Trail
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At
from migrate.clients.python.code.scopes import name_of

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
BODIES = ("text", "content", "data", "read", "aread")


def of_response(
    trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None, kind: str
) -> None:
    if not isinstance(parent, ast.Attribute):
        trail.escape(at, kind)
        return
    name = parent.attr
    if _line_by_line(trail, at.module, parent, called) or _streamed(trail, at.module, parent, called):
        return
    if name == "json" and called:
        trail.follow(At(at.module, called), trail.answer)
    elif name in ("text", "content", "data") or (name in BODIES and called):
        whole = "chunk:str" if name == "text" else "chunk:bytes"
        trail.follow(At(at.module, called or parent), whole if trail.streams else "body")
    elif name in ("status_code", "status", "code"):
        trail.follow(At(at.module, parent), "status")
    elif name == "headers":
        trail.follow(At(at.module, parent), "headers")
    elif name == "response":
        trail.follow(At(at.module, parent), name)
    elif name == "raise_for_status":
        trail.raises.append(At(at.module, parent))
        if called:
            trail.follow(At(at.module, called), "response")
    elif name not in NEUTRAL and name not in NEUTRAL_METHODS:
        trail.escapes.append((at, f"{name} of the response cannot be followed"))


def _streamed(trail: Trail, module: Module, parent: ast.Attribute, called: ast.Call | None) -> bool:
    """The stream's lines, or its pieces."""
    forms = trail.lines if parent.attr in trail.lines else trail.chunks
    form = forms.get(parent.attr)
    if form is None:
        return False
    above = module.parents[parent]
    if called is None and isinstance(above, ast.Attribute) and above.attr in trail.chunks:
        trail.follow(At(module, module.parents[above]), f"list:{_piece(above.attr)}chunk:{trail.chunks[above.attr]}")
    elif called is None and not isinstance(above, (*LOOPS, ast.comprehension)):
        trail.follow(At(module, parent), "chunk:bytes" if trail.streams and name_of(above) != "loads" else "body")
    else:
        decoded = called and any(keyword.arg == "decode_unicode" for keyword in called.keywords)
        kind = "line" if forms is trail.lines else "chunk"
        trail.follow(At(module, called or parent), f"list:{kind}:{'str' if decoded else form}")
    return True


def _piece(name: str) -> str:
    """aiohttp's iter_chunks gives pairs of a piece and a flag."""
    return "tuple:0:" if name == "iter_chunks" else ""


def _line_by_line(trail: Trail, module: Module, parent: ast.Attribute, called: ast.Call | None) -> bool:
    """`response.readline()`, `response.content.readline()`."""
    form = trail.lines.get(parent.attr, "") if called is None else "bytes" if parent.attr == "readline" else ""
    method = module.parents[parent] if called is None else parent
    call = module.parents[method]
    if not form or not isinstance(method, ast.Attribute) or method.attr != "readline" or not isinstance(call, ast.Call):
        return False
    statement = module.statement(call)
    loop = statement if isinstance(statement, ast.While) else module.around(statement, ast.While)
    named = isinstance(statement, ast.While) and module.around(call, ast.NamedExpr) is not None
    if named or (isinstance(statement, ast.Assign) and isinstance(loop, ast.While) and statement in loop.body[:-1]):
        trail.stream.loops.append((At(module, statement), form))
        trail.follow(At(module, call), "line")
        return True
    return False


def of_reader(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None, kind: str) -> None:
    """A library's reader around a response: its events."""
    name = parent.attr if isinstance(parent, ast.Attribute) else ""
    form = trail.readers[kind[7:]].get(name)
    if form is not None:
        trail.follow(At(at.module, called or parent), f"list:line:{form}")
    elif name not in NEUTRAL_METHODS:
        trail.escape(at, kind)


def of_event(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None, kind: str) -> None:
    """An event that a library has parsed: its data is TGI's JSON."""
    name = parent.attr if isinstance(parent, ast.Attribute) else ""
    if name == "data":
        trail.follow(At(at.module, parent), "line")
    elif name == "json" and called:
        trail.stream.events += 1
        trail.follow(At(at.module, called), "event")
    elif name not in ("event", "id", "retry"):
        trail.escape(at, kind)
