"""Values that go through a call of Python's own and come out again: alone, in a list, in tuples."""

from __future__ import annotations

import ast

from migrate.clients.python.answers.names import reads
from migrate.clients.python.answers.trail import Trail
from migrate.clients.python.code.project import At
from migrate.clients.python.code.scopes import name_of

SAME = frozenset(
    ["gather", "run", "wait_for", "create_task", "run_until_complete", "str", "bytes", "nullcontext", "closing"]
)
PASS_THROUGH = frozenset(
    ["list", "tuple", "iter", "sorted", "reversed", "gather", "as_completed", "tqdm", "cycle", "islice", "deque"]
)
ONE_OF = frozenset(["next", "choice", "max", "min"])


def combined(trail: Trail, at: At, call: ast.Call, given: ast.AST, kind: str) -> bool:
    """Whether the call gives the value back in a form that is followed."""
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


def _index(call: ast.Call, given: ast.AST) -> int:
    return next(index for index, arg in enumerate(call.args) if arg is given)
