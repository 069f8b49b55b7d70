"""Members of TGI's answer, looked up in the rules and written as they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from migrate.languages.javascript.functions import named, parameters
from migrate.languages.javascript.modules import Place
from migrate.languages.javascript.script import FUNCTIONS, QUOTES, arguments, called, same, span
from migrate.languages.javascript.statuses import STATUS
from migrate.languages.javascript.types import retype
from migrate.languages.javascript.whole import Whole

if TYPE_CHECKING:
    from migrate.languages.javascript.trail import Trail

REPLY, ANSWERS, CHOICE = "reply", "script-answers", "script-choice"
BODY = "body"  # the text of a reply: an answer once it is parsed
# Members of a response that stay as they are.
KEPT = frozenset({"ok", "headers", "statusText", "url", "config", "bodyUsed", "redirected", "type"})
TESTS = frozenset({"if_statement", "while_statement", "ternary_expression", "do_statement"})


def member(trail: Trail, node: SgNode, parent: SgNode, kind: str) -> None:
    prop = parent.field("property")
    name = prop.text() if prop else ""
    call = parent.parent()
    made = call if call and call.kind() == "call_expression" and same(call.field("function") or call, parent) else None
    if kind == REPLY and name == "json" and made:
        retype(trail, made, trail.answer)
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
        trail.follow(parent, STATUS)
    elif name == "then" and made:
        _then(trail, made, kind)
    elif name in ("catch", "finally") and made:
        _caught(trail, arguments(made) if name == "catch" else [])
        trail.follow(made, kind)
    elif kind == REPLY and name in KEPT:
        return
    elif kind == ANSWERS:
        _listed(trail, node, parent, name, made)
    else:
        _apply(trail, node, parent, name, trail.answer if kind == REPLY else kind)


def _then(trail: Trail, call: SgNode, kind: str) -> None:
    """`.then(...)` gets the value; every `.catch(...)` behind it gets what a client throws, which holds the reply."""
    first = next(iter(arguments(call)), None)
    made = named(trail.scripts, Place(trail.script, first)) if first is not None else None
    if made is None:
        trail.lost(call, kind)
        return
    for holder in parameters(made.node)[:1]:
        trail.at(made.script).bind(holder, kind)
    _caught(trail, arguments(call)[1:])
    after = call.parent()
    while after is not None and after.kind() == "member_expression" and (chained := after.parent()) is not None:
        if called(chained) == "catch":
            _caught(trail, arguments(chained))
        after = chained.parent()


def _caught(trail: Trail, handlers: list[SgNode]) -> None:
    for handler in handlers[:1]:
        for holder in parameters(handler)[:1]:
            trail.bind(holder, "failure")


def _listed(trail: Trail, node: SgNode, parent: SgNode, name: str, made: SgNode | None) -> None:
    """A method of the list of answers: vLLM's list is one step further."""
    trail.changes.replace(span(node).end, span(node).end, ".choices")
    first = next(iter(arguments(made)), None) if made else None
    if name in ("map", "forEach", "flatMap") and first is not None and first.kind() in FUNCTIONS:
        trail.bind(next(iter(parameters(first)), None), CHOICE)
    elif name != "length":
        trail.lost(parent, ANSWERS)


def subscript(trail: Trail, node: SgNode, parent: SgNode, kind: str) -> None:
    index = parent.field("index")
    text = index.text() if index else ""
    if kind in (ANSWERS, REPLY) and text.isdigit() and trail.answer == ANSWERS:
        dot = "?." if parent.text()[len(node.text()) :].startswith("?.") else "."
        trail.changes.replace(span(node).end, span(node).end, f"{dot}choices")
        trail.follow(parent, CHOICE)
    elif text[:1] in QUOTES and text:
        _apply(trail, node, parent, text.strip(QUOTES), trail.answer if kind == REPLY else kind)
    else:
        trail.lost(parent, kind)


def _apply(trail: Trail, node: SgNode, parent: SgNode, name: str, kind: str) -> None:
    """The member becomes what its rule says, in the form for the place."""
    rule = trail.members.get((kind, name))
    if trail.only is not None and name not in trail.only:
        return
    if rule is None:
        trail.changes.escape(parent, f"{name} of the answer has no counterpart that is known here")
        return
    trail.walk.read += 1
    test = (rule.truth is not None or rule.negated is not None) and tested(parent)
    template = rule.truth if test and rule.truth else rule.becomes
    if "{whole}" in template:
        trail.walk.wholes.append(Whole(Place(trail.script, parent), node, f"{node.text()}.choices[0]"))
        return
    if rule.safety == "manual" and not test:
        trail.changes.escape(parent, f"{name}: {rule.why}")
        return
    if rule.safety == "review":
        trail.changes.note(parent, rule.id, f"{name}: {rule.why}")
    trail.changes.needs |= rule.needs
    chained = parent.text()[len(node.text()) :].startswith("?.")
    template = template.replace("{base}.", "{base}?.", 1).replace(".error.", ".error?.") if chained else template
    negation = _negated(parent) if test and rule.negated else None
    if negation is not None and rule.negated:
        trail.changes.wrap(negation, node, rule.negated)
    else:
        trail.changes.wrap(parent, node, template)
    if not test:
        trail.follow(parent, rule.gives)


def _negated(node: SgNode) -> SgNode | None:
    """The `!` in front of an expression."""
    parent = node.parent()
    return parent if parent is not None and parent.kind() == "unary_expression" and parent.text()[:1] == "!" else None


def tested(node: SgNode) -> bool:
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
