"""Several values at once: lists of answers, of events, of replies, and what a program does with each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from migrate.languages.javascript.functions import parameters
from migrate.languages.javascript.script import FUNCTIONS, arguments, called, same

if TYPE_CHECKING:
    from migrate.languages.javascript.trail import Trail

LIST = "list:"
LOST = "what this program does with TGI's answers here cannot be followed"
EACH = frozenset({"map", "forEach", "flatMap", "filter", "find", "some", "every"})


def listed(trail: Trail, node: SgNode, parent: SgNode, kind: str) -> None:
    """What is done with a list: a loop, a method with a function for each, an index."""
    shape, inner = parent.kind(), kind.removeprefix(LIST)
    if shape == "for_in_statement" and same(parent.field("right") or parent, node):
        trail.bind(parent.field("left"), inner)
    elif shape == "subscript_expression" and same(parent.field("object") or parent, node):
        trail.follow(parent, inner)
    elif shape == "member_expression":
        _method(trail, node, parent, kind)
    elif shape != "expression_statement":
        trail.changes.escape(node, LOST)


def _method(trail: Trail, node: SgNode, member: SgNode, kind: str) -> None:
    prop, call = member.field("property"), member.parent()
    name = prop.text() if prop else ""
    made = call is not None and call.kind() == "call_expression" and same(call.field("function") or call, member)
    first = next(iter(arguments(call)), None) if call is not None and made else None
    if call is not None and made and first is not None and first.kind() in FUNCTIONS and name in (*EACH, "then"):
        given = parameters(first)
        if given:
            trail.bind(given[0], kind if name == "then" else kind.removeprefix(LIST))
        if name in ("filter", "find"):
            trail.follow(call, kind if name == "filter" else kind.removeprefix(LIST))
    elif name not in ("length", "catch", "finally"):
        trail.changes.escape(node, LOST)


def looped(trail: Trail, node: SgNode, array: SgNode, kind: str) -> None:
    """One value of a list that is waited for as a whole: the name in its place, or all where all are alike."""
    around = array.parent()
    call = around.parent() if around is not None and around.kind() == "arguments" else None
    top = call
    while (
        top is not None and (over := top.parent()) and over.kind() in ("await_expression", "parenthesized_expression")
    ):
        top = over
    declarator = top.parent() if top is not None else None
    name = declarator.field("name") if declarator is not None else None
    if call is None or called(call) not in ("all", "allSettled") or name is None or name.kind() != "array_pattern":
        trail.changes.escape(node, LOST)
        return
    items = [one for one in array.children() if one.kind() not in ("[", ",", "]", "comment")]
    names = [one for one in name.children() if one.kind() not in ("[", ",", "]", "comment")]
    index = next(i for i, one in enumerate(items) if same(one, node))
    if index < len(names):
        trail.bind(names[index], kind)
