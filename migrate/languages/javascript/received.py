"""Node's own HTTP: the answer comes in pieces to a callback, which parses them when all are there."""

from __future__ import annotations

from ast_grep_py import SgNode

from migrate.languages.javascript.script import FUNCTIONS, arguments, called
from migrate.languages.javascript.trail import Trail

MODULES = ("http.request", "https.request")


def opens(call: SgNode) -> bool:
    """Whether a call opens a request of node's http."""
    callee = call.field("function")
    return callee is not None and callee.text() in MODULES


def received(trail: Trail, call: SgNode) -> None:
    """Follows what the callback of a request parses, or that of its `response` event."""
    handlers = [one for one in arguments(call) if one.kind() in FUNCTIONS]
    declarator = call.parent()
    name = declarator.field("name") if declarator is not None else None
    binding = trail.script.binding(name) if name is not None else None
    for use in trail.script.uses(binding) if binding else ():
        member = use.parent()
        on = member.parent() if member is not None else None
        if on is not None and on.kind() == "call_expression" and called(on) in ("on", "once"):
            given = arguments(on)
            handlers += given[1:] if given and given[0].text()[1:-1] == "response" else []
    for one in (call for handler in handlers for call in handler.find_all(kind="call_expression")):
        if (callee := one.field("function")) and callee.text() == "JSON.parse":
            trail.follow(one, trail.answer)
