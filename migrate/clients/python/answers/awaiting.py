"""Calls of asynchronous clients: a stream that must be awaited now, an answer that is awaited somewhere else."""

from __future__ import annotations

import ast

from migrate.clients.python.answers.trail import Trail, unused
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At

DEPTH = 4  # plain functions that hand the stream on
WAITS = "the OpenAI SDK's stream is awaited before it is read: make this function async"


def awaited(trail: Trail, at: At, depth: int = DEPTH) -> None:
    """Writes `await` before a call, in the nearest function that may wait."""
    module = at.module
    function = module.around(at.node, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    if function is None or isinstance(function, ast.AsyncFunctionDef):
        _written(trail, at)
        return
    callers = trail.project.callers(At(module, function)) if isinstance(module.parents[at.node], ast.Return) else []
    if not depth or not callers or not all(isinstance(one.node, ast.Call) for one in callers):
        trail.escapes.append((at, WAITS))
        return
    for caller in callers:
        if not isinstance(caller.module.parents[caller.node], ast.Await):
            awaited(trail, caller, depth - 1)


def _written(trail: Trail, at: At) -> None:
    assert isinstance(at.node, ast.expr)
    parent = at.module.parents[at.node]
    if isinstance(parent, ast.Attribute | ast.Subscript):
        trail.changes.wrap(at.module, at.node, at.node, "(await {base})")
    else:
        trail.changes.insert(at.module, at.module.span(at.node)[0], "await ", 0)


TEXT = """async def {name}(request):
    return (await request){suffix}
"""
PIECES = """async def {name}(request):
    return (chunk.{pieces} async for chunk in await request)
"""


def promised(trail: Trail, at: At, suffix: str | None, pieces: str | None) -> None:
    """Wraps a call that gives an awaitable of a text, or of a text's pieces, in a function of the module that waits."""
    assert isinstance(at.node, ast.expr)
    place = _behind_imports(at.module, at.node)
    if place is None:
        trail.escapes.append((at, "the answer is awaited where it cannot be rewritten: await it here"))
        return
    name = unused(at.module, "completion_pieces" if pieces else "completion_text")
    trail.changes.wrap(at.module, at.node, at.node, f"{name}({{base}})")
    made = (PIECES if pieces else TEXT).format(name=name, suffix=suffix, pieces=pieces)
    text = at.module.fragment.text
    blank = len(text[place:]) - len(text[place:].lstrip("\r\n"))
    trail.changes.insert(at.module, place, "\n\n" + made + "\n" * max(0, 2 - blank), -1)


def _behind_imports(module: Module, node: ast.AST) -> int | None:
    """Where the line behind the imports at the top of a file starts."""
    imports = [one for one in module.tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
    before = [one for one in imports if module.span(one)[1] < module.span(node)[0]]
    if not before or module.path.endswith(".ipynb"):
        return None
    line = module.fragment.text.find("\n", module.span(before[-1])[1])
    return line + 1 if line >= 0 else None
