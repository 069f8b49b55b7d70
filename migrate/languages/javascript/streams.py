"""Programs that read TGI's event stream by hand: each event is what `JSON.parse` gives."""

from __future__ import annotations

from ast_grep_py import SgNode

from migrate.languages.javascript.functions import function, parameters
from migrate.languages.javascript.modules import Place
from migrate.languages.javascript.script import FUNCTIONS, arguments, called, same, span
from migrate.languages.javascript.trail import EVENT, Trail
from migrate.languages.javascript.wholes import LOOPS, joined

UNSEEN = (
    "/generate_stream: where the stream's events are read cannot be seen; vLLM's have choices[0].text in place of "
    "token.text and end with data: [DONE]"
)


def streamed(trail: Trail, call: SgNode) -> None:
    """Follows the events of a stream, and passes over `data: [DONE]`, with which vLLM ends it."""
    parses = _parses(trail, call)
    if not parses:
        trail.changes.escape(call, UNSEEN)
    for place in parses:
        there = trail.at(place.script)
        there.follow(place.node, EVENT)
        if not _end(there, place.node):
            reason = "/generate_stream: there is no place to pass over vLLM's last line, data: [DONE]"
            there.changes.escape(place.node, reason)
    joined(trail, call)


def _parses(trail: Trail, call: SgNode) -> list[Place]:
    """The calls of `JSON.parse` around the request, in functions that are called there, or in its file."""
    around = next((one for one in call.ancestors() if one.kind() in FUNCTIONS), trail.script.root)
    holders = [Place(trail.script, around)]
    for holder in holders[:]:
        calls = holder.node.find_all(kind="call_expression")
        holders += [made for one in calls if (made := function(trail.scripts, trail.script, one))]
    for group in (holders[:1], holders[1:], [Place(trail.script, trail.script.root)]):
        found = [
            Place(holder.script, one) for holder in group for one in holder.node.find_all(kind="call_expression")
            if (callee := one.field("function")) and callee.text() == "JSON.parse"
        ]  # fmt: skip
        if found:
            return found
    return []


def _end(trail: Trail, parse: SgNode) -> bool:
    """Inserts the check for the end in front of what parses; False where there is no place for it."""
    given = arguments(parse)
    statement = next((one for one in parse.ancestors() if one.kind().endswith(("_statement", "_declaration"))), None)
    block = statement.parent() if statement else None
    if statement is None or block is None or len(given) != 1:
        return False
    plain = given[0].kind() in ("identifier", "member_expression", "call_expression", "subscript_expression")
    text = f"{given[0].text() if plain else f'({given[0].text()})'}.trim()"
    mapped = next((one for one in parse.ancestors() if one.kind() == "arrow_function"), None)
    if mapped is not None and span(statement).start <= span(mapped).start:
        return _filtered(trail, mapped, text)
    if block.kind() == "if_statement":
        return _unless(trail, block, statement, text)
    leave = _leave(statement)
    if block.kind() != "statement_block" or leave is None:
        return False
    start = span(statement).start
    source = trail.script.source
    if "[DONE]" in source.text[span(block).start : start]:
        return True
    lead = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    check = f'if ({text} === "[DONE]") {leave};'
    trail.changes.replace(start, start, f"{check}\n{lead}" if not lead.strip() else f"{check} ")
    return True


def _filtered(trail: Trail, mapped: SgNode, text: str) -> bool:
    """`lines.map((line) => JSON.parse(line))`: the last line is filtered out before."""
    around = mapped.parent()
    call = around.parent() if around is not None and around.kind() == "arguments" else None
    callee = call.field("function") if call is not None else None
    lines = callee.field("object") if callee is not None else None
    given = parameters(mapped)
    if call is None or lines is None or called(call) not in ("map", "forEach", "flatMap") or len(given) != 1:
        return False
    at = span(lines).end
    trail.changes.replace(at, at, f'.filter(({given[0].text()}) => {text} !== "[DONE]")')
    return True


def _unless(trail: Trail, branch: SgNode, statement: SgNode, text: str) -> bool:
    """`if (test) parse;` without a block: the test asks for the end, too."""
    taken, condition = branch.field("consequence"), branch.field("condition")
    if taken is None or condition is None or not same(taken, statement):
        return False
    inner, place = condition.text()[1:-1], span(condition)
    wide = "||" in inner or "??" in inner or "?" in inner.replace("?.", "")
    if wide:
        trail.changes.replace(place.start + 1, place.start + 1, "(")
    close = ")" if wide else ""
    trail.changes.replace(place.end - 1, place.end - 1, f'{close} && {text} !== "[DONE]"')
    return True


def _leave(statement: SgNode) -> str | None:
    """How the statement's block is left for the next event."""
    for one in statement.ancestors():
        if one.kind() in LOOPS:
            return "continue"
        if one.kind() in FUNCTIONS:
            return "return" if _handler(one) or not _gives(one) else None
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


def _gives(function: SgNode) -> bool:
    """Whether a function gives a value back."""
    returns = function.find_all(kind="return_statement")
    return any(len(one.children()) > 1 and one.children()[1].kind() != ";" for one in returns)
