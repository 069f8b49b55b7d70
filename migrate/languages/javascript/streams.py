"""Programs that read TGI's event stream by hand: each event is what `JSON.parse` gives."""

from __future__ import annotations

from ast_grep_py import SgNode

from migrate.languages.javascript.script import FUNCTIONS, arguments, called, same, span
from migrate.languages.javascript.trail import EVENT, Trail

_LOOPS = frozenset({"for_in_statement", "for_statement", "while_statement", "do_statement"})


def streamed(trail: Trail, call: SgNode) -> None:
    """Follows the events of a stream, and passes over `data: [DONE]`, with which vLLM ends it."""
    parses = _parses(trail, call)
    if not parses:
        trail.changes.escape(call, "/generate_stream: where the stream's events are read cannot be seen")
    for parse in parses:
        trail.follow(parse, EVENT)
        if not _end(trail, parse):
            trail.changes.escape(parse, "/generate_stream: there is no place to pass over vLLM's last line, [DONE]")


def _parses(trail: Trail, call: SgNode) -> list[SgNode]:
    """The calls of `JSON.parse` around the request, or in the file where it reads no other answers."""
    found = [
        one for one in trail.script.root.find_all(kind="call_expression")
        if (function := one.field("function")) and function.text() == "JSON.parse"
    ]  # fmt: skip
    around = next((one for one in call.ancestors() if one.kind() in FUNCTIONS), None)
    if around is not None:
        place = span(around)
        inside = [one for one in found if place.start <= span(one).start < place.end]
        return inside or found
    return found


def _end(trail: Trail, parse: SgNode) -> bool:
    """Inserts the check for the end before the statement that parses; False where there is no place for it."""
    given = arguments(parse)
    statement = next((one for one in parse.ancestors() if one.kind().endswith(("_statement", "_declaration"))), None)
    block = statement.parent() if statement else None
    if statement is None or block is None or block.kind() != "statement_block" or len(given) != 1:
        return False
    leave = _leave(statement)
    if leave is None:
        return False
    source = trail.script.source
    start = span(statement).start
    lead = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    text = given[0].text()
    plain = given[0].kind() in ("identifier", "member_expression", "call_expression", "subscript_expression")
    check = f'if ({text if plain else f"({text})"}.trim() === "[DONE]") {leave};'
    trail.changes.replace(start, start, f"{check}\n{lead}" if not lead.strip() else f"{check} ")
    return True


def _leave(statement: SgNode) -> str | None:
    """How the statement's block is left for the next event."""
    for one in statement.ancestors():
        if one.kind() in _LOOPS:
            return "continue"
        if one.kind() in FUNCTIONS:
            return "return" if _handler(one) else None
    return None


def _handler(function: SgNode) -> bool:
    """Whether a function is called once for each event: a callback or a method named for it."""
    parent = function.parent()
    if parent is None:
        return False
    if parent.kind() == "arguments" and (call := parent.parent()):
        return called(call) in ("forEach", "on", "addEventListener")
    key = function.field("name") or parent.field("key") or parent.field("left")
    name = key.text().rsplit(".", 1)[-1] if key is not None and not same(key, function) else ""
    return name.lower() in ("onmessage", "onevent")
