"""Values that go out of a function or into one: on at its calls, or at its parameter, in whichever file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from migrate.languages.javascript.functions import function, parameters, uses
from migrate.languages.javascript.lists import LIST
from migrate.languages.javascript.members import ANSWERS, BODY
from migrate.languages.javascript.script import FUNCTIONS, arguments, called, patterns, same, span
from migrate.languages.javascript.types import retype

if TYPE_CHECKING:
    from migrate.languages.javascript.trail import Trail

ANSWER = "script-answer"
# Functions of packages that give back what the function that they are given gives.
RUNNERS = frozenset({"retry", "pRetry", "backOff", "limit"})
# Functions of packages that wait for the value that they are given.
WAITERS = frozenset({"firstValueFrom", "lastValueFrom"})


def returned(trail: Trail, node: SgNode, parent: SgNode, kind: str) -> None:
    """The value is what a function gives: it goes on at the function's calls."""
    if parent.kind() == "arrow_function" and not same(parent.field("body") or parent, node):
        return
    if trail.only is not None:
        return
    made = parent if parent.kind() == "arrow_function" else None
    made = made or next((one for one in parent.ancestors() if one.kind() in FUNCTIONS), None)
    if made is None:
        trail.lost(node, kind)
        return
    retype(trail, made, kind)
    if parent.kind() == "yield_expression" and not any(one.kind() == "*" for one in parent.children()):
        kind = f"{LIST}{kind}"
    around = made.parent()
    if around is not None and around.kind() == "arguments" and (call := around.parent()):
        _callback(trail, made, call, kind)
        return
    found = uses(trail.scripts, trail.script, made)
    if not found:
        trail.lost(node, kind)
    for place in found or ():
        _called(trail.at(place.script), place.node, kind)


def _called(trail: Trail, node: SgNode, kind: str) -> None:
    """A function whose calls give the value, where it is named."""
    parent = node.parent()
    if parent is not None and parent.kind() == "call_expression" and same(parent.field("function") or parent, node):
        trail.follow(parent, kind)
    elif parent is not None and parent.kind() == "arguments" and (call := parent.parent()):
        _callback(trail, node, call, kind)
    else:
        trail.lost(node, kind)


def _callback(trail: Trail, node: SgNode, call: SgNode, kind: str) -> None:
    """A function that is handed to a call: what the call gives, or what the called function does with it."""
    name = called(call)
    if name in ("map", "flatMap"):
        trail.follow(call, f"{LIST}{kind}")
        return
    if name == "then" or name in RUNNERS:
        trail.follow(call, kind)
        return
    found = function(trail.scripts, trail.script, call)
    index = next((i for i, one in enumerate(arguments(call)) if same(one, node)), 0)
    given = parameters(found.node) if found else []
    if found is None or index >= len(given):
        trail.lost(node, kind)
        return
    there = trail.at(found.script)
    for name_node in patterns(given[index]):
        binding = found.script.binding(name_node)
        for use in found.script.uses(binding) if binding else ():
            _called(there, use, kind)


def passed(trail: Trail, node: SgNode, parent: SgNode, kind: str) -> None:
    """The value is an argument: it goes on in a function of the repository."""
    call = parent.parent()
    if call is None:
        return
    callee = call.field("function")
    text = callee.text() if callee else ""
    if text == "await" or text in WAITERS:  # the grammar takes `await (x).y` for a call
        trail.follow(call, kind)
    elif text == "JSON.parse" and kind == BODY:
        trail.follow(call, trail.answer)
    elif text in ("Promise.all", "Promise.race", "Promise.any"):
        whole = kind.startswith(LIST) and text == "Promise.all"
        trail.follow(call, kind if whole else kind.removeprefix(LIST))
    elif text == "Array.isArray":
        _either(trail, call, kind)
    else:
        _argument(trail, node, call, kind)


def _argument(trail: Trail, node: SgNode, call: SgNode, kind: str) -> None:
    index = next((i for i, one in enumerate(arguments(call)) if same(one, node)), 0)
    found = function(trail.scripts, trail.script, call)
    given = parameters(found.node) if found else []
    if found is not None and index < len(given):
        trail.at(found.script).bind(given[index], kind)
    else:
        trail.lost(node, kind)


def _either(trail: Trail, test: SgNode, kind: str) -> None:
    """`Array.isArray(x) ? x[0] : x`: vLLM's answer has one form; the branch of TGI's other form goes."""
    choice = test.parent()
    if choice is None or choice.kind() != "ternary_expression" or kind not in (ANSWER, ANSWERS):
        trail.lost(test, kind)
        return
    first, second = choice.field("consequence"), choice.field("alternative")
    taken, other = (first, second) if kind == ANSWERS else (second, first)
    if taken is None or other is None:
        return
    trail.walk.dead.append((trail.script.source.path, span(other)))
    trail.changes.wrap(choice, taken, "{base}")
