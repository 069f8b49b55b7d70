"""What a client throws: where the program catches it, the reply that it holds is followed like any other."""

from __future__ import annotations

from ast_grep_py import SgNode

from migrate.languages.javascript.functions import function, uses
from migrate.languages.javascript.members import REPLY
from migrate.languages.javascript.script import FUNCTIONS, called, span
from migrate.languages.javascript.trail import FAILURE, Trail

DEPTH = 2
SENDERS = frozenset({"fetch", "post", "request", "axios", "ofetch", "$fetch", "ky", "got", "fetchEventSource"})


def failures(trail: Trail, call: SgNode, depth: int = DEPTH) -> None:
    """Follows the exception of a call to the handler around it, or around the calls of its function."""
    for around in call.ancestors():
        body = around.field("body") if around.kind() == "try_statement" else None
        if body is not None and span(body).start <= span(call).start < span(body).end:
            handler = around.field("handler")
            trail.bind(handler.field("parameter") if handler is not None else None, FAILURE)
            return
        if around.kind() in FUNCTIONS:
            for place in (uses(trail.scripts, trail.script, around) or ()) if depth else ():
                failures(trail.at(place.script), place.node, depth - 1)
            return


def refusals(trail: Trail, call: SgNode) -> None:
    """What a helper of the repository, which sends to any path, says of a refusal: only that is followed in it.

    Its other callers may ask for something else.
    """
    helper = function(trail.scripts, trail.script, call)
    if helper is None:
        return
    there = trail.at(helper.script).refusing()
    for one in helper.node.find_all(kind="call_expression"):
        if called(one) in SENDERS:
            there.follow(one, REPLY)
            failures(there, one)
