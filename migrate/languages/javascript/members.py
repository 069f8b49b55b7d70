"""Members of TGI's answer, looked up in the rules and written as they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from migrate.languages.javascript.script import FUNCTIONS, QUOTES, arguments, same, span
from migrate.languages.javascript.types import retype

if TYPE_CHECKING:
    from migrate.languages.javascript.trail import Trail

REPLY, ANSWERS, CHOICE = "reply", "script-answers", "script-choice"
BODY = "body"  # the text of a reply: an answer once it is parsed
# Members of a response that stay as they are.
KEPT = frozenset({"ok", "headers", "statusText", "url", "config", "catch", "finally", "bodyUsed", "redirected", "type"})
TESTS = frozenset({"if_statement", "while_statement", "ternary_expression", "do_statement"})


def member(trail: Trail, node: SgNode, parent: SgNode, kind: str) -> None:
    prop = parent.field("property")
    name = prop.text() if prop else ""
    call = parent.parent()
    made = call if call and call.kind() == "call_expression" and same(call.field("function") or call, parent) else None
    if kind == REPLY and name == "json" and made:
        retype(trail.script, trail.changes, made, trail.answer)
        trail.follow(made, trail.answer)
    elif kind == REPLY and name == "text" and made:
        trail.follow(made, BODY)
    elif kind == BODY:
        return
    elif kind == REPLY and name == "body":
        trail.follow(parent, REPLY)
    elif kind == REPLY and name == "data":
        trail.follow(parent, trail.answer)
    elif kind == REPLY and name == "status":
        _status(trail, parent)
    elif name == "then" and made:
        _then(trail, made, kind)
    elif kind == REPLY and name in KEPT:
        return
    elif kind == ANSWERS:
        _listed(trail, node, parent, name, made)
    else:
        _apply(trail, node, parent, name, trail.answer if kind == REPLY else kind)


def _then(trail: Trail, call: SgNode, kind: str) -> None:
    first = next(iter(arguments(call)), None)
    if first is None or first.kind() not in FUNCTIONS:
        trail.lost(call, kind)
        return
    single = first.field("parameter")
    several = first.field("parameters")
    given = [one for one in several.children() if one.kind() not in ("(", ",", ")")] if several else []
    holder = single or next(iter(given), None)
    if holder is not None:
        trail.bind(holder, kind)


def _listed(trail: Trail, node: SgNode, parent: SgNode, name: str, made: SgNode | None) -> None:
    """A method of the list of answers: vLLM's list is one step further."""
    trail.changes.replace(span(node).end, span(node).end, ".choices")
    first = next(iter(arguments(made)), None) if made else None
    if name in ("map", "forEach", "flatMap") and first is not None and first.kind() in FUNCTIONS:
        several = first.field("parameters")
        given = [one for one in several.children() if one.kind() not in ("(", ",", ")")] if several else []
        trail.bind(first.field("parameter") or next(iter(given), None), CHOICE)
    elif name != "length":
        trail.lost(parent, ANSWERS)


def subscript(trail: Trail, node: SgNode, parent: SgNode, kind: str) -> None:
    index = parent.field("index")
    text = index.text() if index else ""
    if kind in (ANSWERS, REPLY) and text.isdigit() and trail.answer == ANSWERS:
        trail.changes.replace(span(node).end, span(node).end, ".choices")
        trail.follow(parent, CHOICE)
    elif text[:1] in QUOTES and text:
        _apply(trail, node, parent, text.strip(QUOTES), trail.answer if kind == REPLY else kind)
    else:
        trail.lost(parent, kind)


def _apply(trail: Trail, node: SgNode, parent: SgNode, name: str, kind: str) -> None:
    """The member becomes what its rule says, in the form for the place."""
    rule = trail.members.get((kind, name))
    if rule is None:
        trail.changes.escape(parent, f"{name} of the answer has no counterpart that is known here")
        return
    trail.read += 1
    tested = rule.truth is not None and _tested(parent)
    template = rule.truth if tested and rule.truth else rule.becomes
    if (rule.safety == "manual" and not tested) or "{whole}" in template:
        trail.changes.escape(parent, f"{name}: {rule.why}")
        return
    if rule.safety == "review":
        trail.changes.notes.append((span(parent), rule.id, f"{name}: {rule.why}"))
    trail.changes.needs |= rule.needs
    chained = parent.text()[len(node.text()) :].startswith("?.")
    trail.changes.wrap(parent, node, template.replace("{base}.", "{base}?.", 1) if chained else template)
    if not tested:
        trail.follow(parent, rule.gives)


def _status(trail: Trail, member: SgNode) -> None:
    """A code that the program compares with: what vLLM answers in the same case."""
    compare = member.parent()
    right = compare.field("right") if compare and compare.kind() == "binary_expression" else None
    rule = trail.statuses.get(right.text()) if right else None
    if rule is None or right is None or compare is None:
        return
    if isinstance(rule.becomes, int):
        trail.changes.replace(span(right).start, span(right).end, str(rule.becomes))
    else:
        trail.changes.notes.append((span(compare), rule.id, rule.why))


def _tested(node: SgNode) -> bool:
    """Whether only the truth of an expression matters, or whether it is null."""
    parent = node.parent()
    while parent is not None:
        shape = parent.kind()
        if shape == "unary_expression" and parent.text().startswith("!"):
            return True
        if shape in TESTS:
            condition = parent.field("condition")
            return condition is not None and same(condition, node)
        if shape == "binary_expression":
            operator, right = parent.field("operator"), parent.field("right")
            sign = operator.text() if operator else ""
            if sign in ("===", "!==", "==", "!=") and right is not None and right.text() in ("null", "undefined"):
                return True
            if sign not in ("&&", "||"):
                return False
        elif shape != "parenthesized_expression":
            return False
        node, parent = parent, parent.parent()
    return False
