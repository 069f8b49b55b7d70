"""Status codes that a program compares: what vLLM answers in the same case."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from migrate.clients.python.flow import Flow
from migrate.clients.python.project import At
from migrate.clients.python.report import Group
from migrate.rulebook.clients import StatusRule


def statuses(flow: Flow, rules: Mapping[str, StatusRule], group: Group) -> None:
    """Changes the codes of every comparison that the walk met. `rules` are by TGI's code."""
    for at, compare in flow.statuses:
        for operator, other in zip(compare.ops, compare.comparators, strict=True):
            if isinstance(other, ast.Tuple | ast.List | ast.Set) and isinstance(operator, ast.In | ast.NotIn):
                _among(at, compare, other.elts, rules, group)
            rule = rules.get(at.module.text(other))
            if rule is not None and isinstance(operator, ast.Eq | ast.NotEq) and len(compare.ops) == 1:
                _equal(at, compare, rule, group)


def _equal(at: At, compare: ast.Compare, rule: StatusRule, group: Group) -> None:
    """`== 429` becomes `in (429, 503)`, or the one code that vLLM uses."""
    other = compare.comparators[0]
    start, end = at.module.span(compare.left)[1], at.module.span(other)[1]
    new = rule.becomes
    if isinstance(new, list):
        sign = "in" if isinstance(compare.ops[0], ast.Eq) else "not in"
        group.changes.replace(at.module, start, end, f" {sign} ({', '.join(map(str, new))})")
    else:
        group.changes.replace(at.module, end - len(at.module.text(other)), end, str(new))
    if rule.safety == "review":
        group.notes.append((At(at.module, compare), rule.id, rule.why))


def _among(at: At, compare: ast.Compare, codes: list[ast.expr], rules: Mapping[str, StatusRule], group: Group) -> None:
    """A code in a list: what vLLM answers stands beside it."""
    module = at.module
    there = {module.text(code) for code in codes}
    for code in codes:
        rule = rules.get(module.text(code))
        becomes = rule.becomes if rule else []
        new = [str(one) for one in (becomes if isinstance(becomes, list) else [becomes])]
        missing = [one for one in new if one not in there]
        if rule and missing:
            group.changes.insert(module, module.span(code)[1], "".join(f", {one}" for one in missing))
            if rule.safety == "review":
                group.notes.append((At(module, compare), rule.id, rule.why))
