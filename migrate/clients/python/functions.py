"""Values that leave a function or enter one: what is returned, and what is passed."""

from __future__ import annotations

import ast

from migrate.clients.python.containers import filled
from migrate.clients.python.instances import constructed
from migrate.clients.python.names import members, reads
from migrate.clients.python.project import At
from migrate.clients.python.provided import fixture, provided
from migrate.clients.python.scopes import PROPERTIES, Function, decorators
from migrate.clients.python.trail import Trail, name_of

# Kinds that nothing depends on where they end.
OPTIONAL = ("body", "reason", "status", "headers", "error-type")
STATUSES = ("status_code", "status", "ok", "is_success", "is_error", "code")
SAME = frozenset(
    ["gather", "run", "wait_for", "create_task", "run_until_complete", "str", "bytes", "nullcontext", "closing"]
)
HANDERS = frozenset(
    {"partial", "submit", "to_thread", "run_in_executor", "start_soon"}
)  # take a function and its arguments
MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
PASS_THROUGH = frozenset(
    ["list", "tuple", "iter", "sorted", "reversed", "gather", "as_completed", "tqdm", "cycle", "islice", "deque"]
)
ONE_OF = frozenset(["next", "choice", "max", "min"])


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
    if _into(trail, at, call, given, kind) or constructed(trail, at, call, given, kind):
        return
    if _decoded(trail, at, call, name, kind):
        return
    if _combined(trail, at, call, given, kind) or filled(trail, at, call, kind) or _asked(trail, at, call, name, kind):
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


def _combined(trail: Trail, at: At, call: ast.Call, given: ast.AST, kind: str) -> bool:
    """The value comes out again: alone, in a list, in tuples."""
    here, name = At(at.module, call), name_of(call.func)
    several = kind.startswith("list:")
    if several and given in call.args:
        _keyed(trail, at, call, kind[5:])
    if (argument := _of_lambda(call, given)) is not None and several:
        reads(trail, at.module, argument, kind[5:])
        if name == "filter":
            trail.follow(here, kind)
    elif name == "filter" and several and isinstance(call.args[0], ast.Constant):
        trail.follow(here, kind)
    elif name == "as_completed" and kind.startswith("keys:"):
        trail.follow(here, f"list:{kind[5:]}")
    elif name == "enumerate" and several:
        trail.follow(here, f"list:tuple:1:{kind[5:]}")
    elif name == "zip" and several and given in call.args:
        trail.follow(here, f"list:tuple:{_index(call, given)}:{kind[5:]}")
    elif kind.startswith("dict:") and name in (*PASS_THROUGH, "enumerate", "len", "set", "choice"):
        return True  # over its keys
    elif name == "gather" and not isinstance(given, ast.Starred) and given in call.args:
        trail.follow(here, f"tuple:{_index(call, given)}:{kind}")
    elif name in ONE_OF and several and given is call.args[0]:
        trail.follow(here, kind[5:])
    elif name in SAME or (name in PASS_THROUGH and several):
        trail.follow(here, kind)
    else:
        return False
    return True


def _keyed(trail: Trail, at: At, call: ast.Call, kind: str) -> None:
    """What elements are compared by: `max(tokens, key=lambda token: token.logprob)`."""
    for keyword in call.keywords:
        if keyword.arg == "key" and isinstance(keyword.value, ast.Lambda) and len(keyword.value.args.args) == 1:
            reads(trail, at.module, keyword.value.args.args[0], kind)
        elif keyword.arg == "key":
            trail.escape(at, kind)


def _of_lambda(call: ast.Call, given: ast.AST) -> ast.arg | None:
    """The parameter that gets the elements: `map(lambda answer: ..., answers)`."""
    function = call.args[0] if call.args else None
    if name_of(call.func) not in ("map", "filter") or not isinstance(function, ast.Lambda) or given not in call.args:
        return None
    names = function.args.args
    return names[_index(call, given) - 1] if len(names) == len(call.args) - 1 else None


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


def _index(call: ast.Call, given: ast.AST) -> int:
    return next(index for index, arg in enumerate(call.args) if arg is given)


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


def _runs(call: ast.Call, given: ast.AST) -> int:
    """How many arguments come before those that the function gets which a call runs: `pool.submit(f, x)`."""
    if name_of(call.func) not in HANDERS:
        return 0
    named = (one for one, arg in enumerate(call.args[:2], 1) if isinstance(arg, ast.Name | ast.Attribute))
    first = next(named, 0)
    return first if first and given is not call.args[first - 1] else 0


def _into(trail: Trail, at: At, call: ast.Call, given: ast.AST, kind: str) -> bool:
    """Whether the value enters a function of the repository, or a class, where it is followed then."""
    handed = _runs(call, given)
    found = trail.project.definition(At(at.module, call.args[handed - 1] if handed else call.func))
    if found is not None and isinstance(found.node, ast.ClassDef) and kind == "object":
        made = next((init for one in trail.project.lineage(found) if (init := _init(trail, one))), None)
        if made is None:
            return _field(trail, found, call, given, kind)
        found = made
    if found is None or not isinstance(found.node, Function):
        return False
    names = [*found.node.args.posonlyargs, *found.node.args.args]
    if isinstance(found.module.parents.get(found.node), ast.ClassDef):
        names = names[1:]
    if isinstance(given, ast.keyword):
        target = next((arg for arg in [*names, *found.node.args.kwonlyargs] if arg.arg == given.arg), None)
    else:
        index = call.args.index(given) - handed if isinstance(given, ast.expr) and given in call.args else -1
        target = names[index] if 0 <= index < len(names) else None
    if target is None:
        return False
    reads(trail, found.module, target, kind)
    return True


def _init(trail: Trail, owner: At) -> At | None:
    method = trail.project.index.methods(owner.node).get("__init__")
    return At(owner.module, method) if method else None


def _field(trail: Trail, owner: At, call: ast.Call, given: ast.AST, kind: str) -> bool:
    """Whether the value becomes a field of a class without an `__init__` (a data class), whose reads are followed."""
    fields = [
        one.target.id
        for one in getattr(owner.node, "body", ())
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    ]
    index = call.args.index(given) if isinstance(given, ast.expr) and given in call.args else -1
    name = given.arg if isinstance(given, ast.keyword) else fields[index] if 0 <= index < len(fields) else None
    if name not in fields or name is None:
        return False
    members(trail, owner.node, name, kind)
    return True
