"""Status codes that a program compares: what vLLM answers in the same case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from migrate.languages.javascript.script import called, same, span
from migrate.rulebook.clients import StatusRule

if TYPE_CHECKING:
    from migrate.languages.javascript.trail import Trail

STATUS = "status"
_EQUAL = {"===": "", "==": "", "!==": "!", "!=": "!"}


def status(trail: Trail, node: SgNode) -> None:
    """A code by what is done with it: compared, looked for in a list, switched over."""
    parent = node.parent()
    if parent is None:
        return
    if parent.kind() == "binary_expression":
        _compared(trail, node, parent)
    elif parent.kind() == "arguments" and (call := parent.parent()) and called(call) in ("includes", "has"):
        _among(trail, call)
    elif parent.kind() == "switch_statement":
        _switched(trail, parent)


def _say(trail: Trail, node: SgNode, rule: StatusRule) -> None:
    if rule.safety == "review":
        trail.changes.note(node, rule.id, rule.why)


def _compared(trail: Trail, node: SgNode, compare: SgNode) -> None:
    left, right, operator = compare.field("left"), compare.field("right"), compare.field("operator")
    if left is None or right is None or operator is None or operator.text() not in _EQUAL:
        return
    code = right if same(left, node) else left
    rule = trail.statuses.get(code.text())
    if rule is None:
        return
    new = rule.codes
    if len(new) == 1:
        trail.changes.replace(span(code).start, span(code).end, new[0])
    else:
        lead = f"{_EQUAL[operator.text()]}[{', '.join(new)}].includes("
        trail.changes.wrap(compare, node, lead + "{base})")
    _say(trail, compare, rule)


def _among(trail: Trail, call: SgNode) -> None:
    """A list of codes, there or by a name."""
    callee = call.field("function")
    held = callee.field("object") if callee else None
    held = trail.script.declared(held) or held if held is not None and held.kind() == "identifier" else held
    array = next(iter(held.find_all(kind="array")), None) if held is not None else None
    codes = [one for one in array.children() if one.kind() == "number"] if array is not None else []
    there = {code.text() for code in codes}
    for code in codes:
        rule = trail.statuses.get(code.text())
        missing = [one for one in rule.codes if one not in there] if rule else []
        if rule is not None and missing:
            trail.changes.replace(span(code).end, span(code).end, "".join(f", {one}" for one in missing))
            _say(trail, code, rule)


def _switched(trail: Trail, switch: SgNode) -> None:
    for case in switch.find_all(kind="switch_case"):
        code = case.field("value")
        rule = trail.statuses.get(code.text()) if code is not None else None
        if code is not None and rule is not None:
            lead = trail.script.indent(code)
            trail.changes.replace(span(code).start, span(code).end, f":\n{lead}case ".join(rule.codes))
            _say(trail, code, rule)
