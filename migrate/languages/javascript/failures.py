"""What a client throws: where the program catches it, the reply that it holds is followed like any other."""

from __future__ import annotations

from ast_grep_py import SgNode

from migrate.languages.javascript.functions import uses
from migrate.languages.javascript.script import FUNCTIONS, called, span
from migrate.languages.javascript.trail import FAILURE, Trail

DEPTH = 2


def failures(trail: Trail, call: SgNode, depth: int = DEPTH) -> None:
    """Follows the exception of a call to the handler around it, or around the calls of its function.

    `fetch` throws none of its own for a refusal.
    """
    if depth == DEPTH and called(call) == "fetch":
        return
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
