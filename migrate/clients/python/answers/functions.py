"""Values that leave a function or enter one: what is returned, and what is passed."""

from __future__ import annotations

import ast

from migrate.clients.python.answers.combined import combined
from migrate.clients.python.answers.containers import filled
from migrate.clients.python.answers.entering import entered
from migrate.clients.python.answers.provided import fixture, provided
from migrate.clients.python.answers.trail import Trail
from migrate.clients.python.code.project import At
from migrate.clients.python.code.scopes import PROPERTIES, Function, decorators, name_of

# Kinds that nothing depends on where they end.
OPTIONAL = ("body", "reason", "status", "headers", "error-type")
STATUSES = ("status_code", "status", "ok", "is_success", "is_error", "code")
MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})


def returned(trail: Trail, at: At, kind: str, yields: bool = False) -> None:
    """The value leaves a function, to where that is called, read, or provides an argument."""
    function = at.module.around(at.node, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    if not isinstance(function, Function):
        trail.escape(at, kind)
        return
    here, marks = At(at.module, function), decorators(function)
    callers = trail.project.callers(here)
    if marks & PROPERTIES:
        callers = [one for one in callers if trail.project.definition(one) == here]
    if "fixture" in marks:
        fixture(trail, here, kind)
    elif not callers:
        trail.escape(at, kind)
    for caller in callers if "fixture" not in marks else ():
        if isinstance(caller.node, ast.Call) or marks & PROPERTIES:
            trail.follow(caller, f"list:{kind}" if yields and not marks & MANAGERS else kind)
        elif not provided(trail, caller, kind):
            _handed(trail, caller, f"list:{kind}" if yields else kind)


def _handed(trail: Trail, at: At, kind: str) -> None:
    """A function that is given to another: `pool.map(f, ...)`, `pool.submit(f, ...)`."""
    call = at.module.parents[at.node]
    name = name_of(call.func) if isinstance(call, ast.Call) and call.func is not at.node else ""
    if isinstance(call, ast.Call) and name in ("map", "imap", "imap_unordered"):
        trail.follow(At(at.module, call), f"list:{kind}")
    elif isinstance(call, ast.Call) and name == "partial" and call.args[0] is at.node:
        _partial(trail, At(at.module, call), kind)
    elif isinstance(call, ast.Call) and name in ("submit", "run_in_executor", "to_thread"):
        trail.follow(At(at.module, call), f"future:{kind}" if name == "submit" else kind)
    elif not isinstance(call, ast.alias | ast.ImportFrom):
        trail.escape(at, kind)


def _partial(trail: Trail, at: At, kind: str) -> None:
    """`partial(f, ...)`: handed on like `f` itself, or called under a name."""
    parent = at.module.parents[at.node]
    target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
    if not isinstance(target, ast.Name):
        _handed(trail, at, kind)
        return
    for read in at.module.reads(target, target.id):
        call = at.module.parents[read]
        if isinstance(call, ast.Call) and call.func is read:
            trail.follow(At(at.module, call), kind)
        else:
            _handed(trail, At(at.module, read), kind)


def passed(trail: Trail, at: At, call: ast.Call, given: ast.AST, kind: str) -> None:
    """The value is an argument."""
    name = name_of(call.func)
    if entered(trail, at, call, given, kind):
        return
    if _decoded(trail, at, call, name, kind):
        return
    if combined(trail, at, call, given, kind) or filled(trail, at, call, kind) or _asked(trail, at, call, name, kind):
        return
    if kind not in OPTIONAL or (name == "print" and kind == "body" and not _refused(at)):
        trail.escape(at, kind)


def _decoded(trail: Trail, at: At, call: ast.Call, name: str, kind: str) -> bool:
    """`json.loads(line)`, `urlopen(request)`: one value becomes another."""
    here = At(at.module, call)
    if name in ("loads", "load") and kind in ("line", "body", "response"):
        trail.stream.events += kind == "line"
        trail.follow(here, "event" if kind == "line" else trail.answer)
    elif name in ("urlopen", "send") and kind in ("request", "response"):
        trail.sources += [here] if kind == "request" else []
        trail.follow(here, "response")
    elif name == "prepare_request" and kind == "request":
        trail.follow(here, kind)
    elif name in trail.readers and kind.startswith(("response", "list:chunk:")):
        trail.follow(here, f"reader:{name}")
    elif name == "str" and kind.startswith("chunk:"):
        trail.follow(here, "chunk:str")
    else:
        return False
    return True


def _asked(trail: Trail, at: At, call: ast.Call, name: str, kind: str) -> bool:
    """Something is asked about the value that needs no change, or one of its own."""
    if name == "len" and kind == "tokenize":
        trail.changes.insert(at.module, at.module.span(at.node)[1], '["tokens"]')
    elif name == "isinstance" and kind in ("answer", "answers"):
        _tested_type(trail, at, call, kind)
    elif name == "isinstance" and len(call.args) == 2 and _exceptions(call.args[1]):
        return True
    elif kind == "object" and name == "getattr":
        reason = "getattr: the method is chosen by a name that is not written here"
        trail.escapes.append((At(at.module, call), reason))
    else:
        return name == "len" or (name in ("bool", "append", "type", "isinstance") and kind in ("response", "line"))
    return True


def _exceptions(node: ast.expr) -> bool:
    """Whether only classes of exceptions are named, as what `gather(return_exceptions=True)` gives is tested for."""
    names = [name_of(one) for one in (node.elts if isinstance(node, ast.Tuple) else [node])]
    return all(name.endswith(("Exception", "Error")) for name in names)


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
