"""Values that leave a function or enter one: what is returned, and what is passed."""

from __future__ import annotations

import ast

from migrate.clients.python.names import reads
from migrate.clients.python.project import At
from migrate.clients.python.scopes import Function
from migrate.clients.python.trail import Trail, name_of

# Kinds that nothing depends on where they end.
OPTIONAL = ("body", "reason", "status", "headers", "error-type")
STATUSES = ("status_code", "status", "ok", "is_success", "is_error", "code")
PASS_THROUGH = frozenset(["list", "tuple", "iter", "sorted", "reversed", "gather", "as_completed", "tqdm"])


def returned(trail: Trail, at: At, kind: str) -> None:
    function = at.module.around(at.node, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    if not isinstance(function, Function):
        trail.escape(at, kind)
        return
    callers = trail.project.callers(At(at.module, function))
    fixture = any("fixture" in ast.dump(one) or "contextmanager" in ast.dump(one) for one in function.decorator_list)
    if not callers or fixture:
        trail.escape(at, kind)
    for caller in callers:
        if isinstance(caller.node, ast.Call):
            trail.follow(caller, kind)
        else:
            _handed(trail, caller, kind)


def _handed(trail: Trail, at: At, kind: str) -> None:
    """A function that is given to another: `pool.map(f, ...)`, `pool.submit(f, ...)`."""
    call = at.module.parents[at.node]
    name = name_of(call.func) if isinstance(call, ast.Call) and call.func is not at.node else ""
    if isinstance(call, ast.Call) and name in ("map", "imap", "imap_unordered"):
        trail.follow(At(at.module, call), f"list:{kind}")
    elif isinstance(call, ast.Call) and name in ("submit", "run_in_executor", "to_thread"):
        trail.follow(At(at.module, call), f"future:{kind}" if name == "submit" else kind)
    elif not isinstance(call, ast.alias | ast.ImportFrom):
        trail.escape(at, kind)


def passed(trail: Trail, at: At, call: ast.Call, given: ast.AST, kind: str) -> None:
    """The value is an argument."""
    name = name_of(call.func)
    if _into(trail, at, call, given, kind):
        return
    if name in ("loads", "load") and kind in ("line", "body", "response"):
        trail.stream.events += kind == "line"
        trail.follow(At(at.module, call), "event" if kind == "line" else trail.answer)
    elif name == "len" and kind == "tokenize":
        trail.changes.insert(at.module, at.module.span(at.node)[1], '["tokens"]')
    elif name == "enumerate" and kind.startswith("list:"):
        trail.follow(At(at.module, call), "enumerate:" + kind[5:])
    elif (name in PASS_THROUGH and kind.startswith("list:")) or name in (
        "gather",
        "run",
        "wait_for",
        "create_task",
        "run_until_complete",
        "str",
        "bytes",
        "nullcontext",
        "closing",
    ):
        trail.follow(At(at.module, call), kind)
    elif name == "isinstance" and kind in ("answer", "answers"):
        _tested_type(trail, at, call, kind)
    elif kind == "object" and name == "getattr":
        trail.escapes.append((At(at.module, call), "getattr: the method is chosen by a name that is not written here"))
    elif name in ("len", "bool", "append", "urlopen", "type", "isinstance") and (
        kind in ("response", "line") or name == "len"
    ):
        if name == "urlopen":
            trail.follow(At(at.module, call), "response")
    elif name == "urlopen" and kind == "request":
        trail.sources.append(At(at.module, call))
        trail.follow(At(at.module, call), "response")
    elif kind not in OPTIONAL or (name == "print" and kind == "body" and not _refused(at)):
        trail.escape(at, kind)


def _refused(at: At) -> bool:
    """Whether the place is reached only where the server refused: its text is shown then, not read."""
    for parent in at.module.up(at.node):
        if isinstance(parent, ast.ExceptHandler | ast.Raise):
            return True
        if isinstance(parent, ast.If) and any(
            isinstance(node, ast.Attribute) and node.attr in STATUSES for node in ast.walk(parent.test)
        ):
            return True
    return False


def _tested_type(trail: Trail, at: At, call: ast.Call, kind: str) -> None:
    """`isinstance(answer, list)`: what was a list at POST / is an object now."""
    tested = call.args[1] if len(call.args) == 2 else None
    if kind == "answers" and isinstance(tested, ast.Name) and tested.id == "list":
        start, end = at.module.span(tested)
        trail.changes.replace(at.module, start, end, "dict")
    elif kind == "answers":
        trail.escape(at, kind)


def _into(trail: Trail, at: At, call: ast.Call, given: ast.AST, kind: str) -> bool:
    found = trail.project.definition(At(at.module, call.func))
    if found is None or not isinstance(found.node, Function):
        return False
    names = [*found.node.args.posonlyargs, *found.node.args.args]
    if isinstance(found.module.parents.get(found.node), ast.ClassDef):
        names = names[1:]
    if isinstance(given, ast.keyword):
        target = next((arg for arg in [*names, *found.node.args.kwonlyargs] if arg.arg == given.arg), None)
    else:
        index = call.args.index(given) if isinstance(given, ast.expr) and given in call.args else -1
        target = names[index] if 0 <= index < len(names) else None
    if target is None:
        return False
    reads(trail, found.module, target, kind)
    return True
