"""Status codes that a program compares: what vLLM answers in the same case."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence

from migrate.clients.python.answers.codes import code_of, spelled
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.report import Group
from migrate.rulebook.clients import StatusRule

Rules = Mapping[str, StatusRule]


def statuses(flow: Flow, rules: Rules, group: Group, modules: Iterable[Module]) -> None:
    """Changes the codes of every comparison that the walk met. `rules` are by TGI's code.

    `modules` may make the session: a list of codes to retry on stands there.
    """
    for at, compare in flow.statuses:
        _compared(flow.project, at, compare, rules, group)
    for at, match in flow.matches:
        _matched(flow.project, at.module, match, rules, group)
    for module in modules:
        _retries(flow.project, module, rules, group)


def _matched(project: Project, module: Module, match: ast.Match, rules: Rules, group: Group) -> None:
    """The codes among the cases of a match."""
    for pattern in (node for case in match.cases for node in ast.walk(case.pattern)):
        if isinstance(pattern, ast.MatchValue):
            value = At(module, pattern.value)
            if rule := rules.get(code_of(project, value)):
                group.changes.replace(module, *module.span(pattern.value), " | ".join(spelled(value, rule.codes)))
                _say(value, rule, group)


def coded(project: Project, module: Module, handler: ast.ExceptHandler, rules: Rules, group: Group) -> None:
    """The codes that a handler compares with the status of its exception: `error.status_code`, `error.response...`."""
    for node in (inner for one in handler.body for inner in ast.walk(one)):
        use = module.parents.get(node)
        if not isinstance(node, ast.Attribute) or node.attr != "status_code":
            continue
        base = node.value.value if isinstance(node.value, ast.Attribute) else node.value
        if not handler.name or not isinstance(base, ast.Name) or base.id != handler.name:
            continue
        if isinstance(use, ast.Compare):
            _compared(project, At(module, node), use, rules, group)
        elif isinstance(use, ast.Match):
            _matched(project, module, use, rules, group)
        elif isinstance(use, ast.Subscript | ast.Call):
            _looked_up(project, At(module, node), use, rules, group)


def _looked_up(project: Project, at: At, use: ast.Subscript | ast.Call, rules: Rules, group: Group) -> None:
    """A table by codes: `MESSAGES[error.status_code]`, `MESSAGES.get(error.status_code)`."""
    holder = use.value if isinstance(use, ast.Subscript) else use.func
    holder = holder.value if isinstance(holder, ast.Attribute) else holder
    for value in project.values(At(at.module, holder)):
        keys = value.node.keys if isinstance(value.node, ast.Dict) else []
        for code in (value.module.text(key) for key in keys if key is not None):
            if rule := rules.get(code):
                group.notes.append((at, rule.id, f"{code} is among the codes that are looked up: {rule.why}"))


def _listed(project: Project, at: At) -> tuple[Module, ast.expr]:
    """The list of codes that a name stands for; the expression itself where it is no such name."""
    assert isinstance(at.node, ast.expr)
    values = project.values(at)
    made = values[0].node if len(values) == 1 else None
    if isinstance(made, ast.Call) and getattr(made.func, "id", "") in ("frozenset", "set", "tuple") and made.args:
        made = made.args[0]
    return (values[0].module, made) if isinstance(made, ast.Tuple | ast.List | ast.Set) else (at.module, at.node)


def _say(at: At, rule: StatusRule, group: Group) -> None:
    if rule.safety == "review":
        group.notes.append((at, rule.id, rule.why))


def _compared(project: Project, at: At, compare: ast.Compare, rules: Rules, group: Group) -> None:
    operator = compare.ops[0]
    if len(compare.ops) > 1:
        return
    home, other = at.module, compare.comparators[0]
    if isinstance(operator, ast.In | ast.NotIn) and at.node is compare.left:
        home, other = _listed(project, At(home, other))
    if isinstance(other, ast.Tuple | ast.List | ast.Set) and isinstance(operator, ast.In | ast.NotIn):
        _among(project, At(home, compare if home is at.module else other), other.elts, rules, group)
    elif isinstance(operator, ast.Eq | ast.NotEq):
        code = other if at.node is compare.left else compare.left
        if rule := rules.get(code_of(project, At(at.module, code))):
            _equal(at, compare, code, rule, group)


def _equal(at: At, compare: ast.Compare, code: ast.expr, rule: StatusRule, group: Group) -> None:
    """`== 429` becomes `in (429, 503)`, or the one code that vLLM uses."""
    module, new = at.module, spelled(At(at.module, code), rule.codes)
    if len(new) == 1:
        group.changes.replace(module, *module.span(code), new[0])
    else:
        sign = "in" if isinstance(compare.ops[0], ast.Eq) else "not in"
        start = module.span(at.node)[1] if code is not compare.left else module.span(compare)[0]
        lead = "" if code is not compare.left else module.text(at.node)
        group.changes.replace(module, start, module.span(compare)[1], f"{lead} {sign} ({', '.join(new)})")
    _say(At(module, compare), rule, group)


def _among(project: Project, place: At, codes: Sequence[ast.expr], rules: Rules, group: Group) -> None:
    """A code in a list: what vLLM answers stands beside it."""
    module = place.module
    there = {code_of(project, At(module, code)) for code in codes}
    for code in codes:
        rule = rules.get(code_of(project, At(module, code)))
        missing = [one for one in rule.codes if one not in there] if rule else []
        if rule and missing:
            texts = spelled(At(module, code), missing)
            group.changes.insert(module, module.span(code)[1], "".join(f", {one}" for one in texts))
            _say(place, rule, group)


def _retries(project: Project, module: Module, rules: Rules, group: Group) -> None:
    """`Retry(status_forcelist=[429, 502])` of the session that sends."""
    for call in module.calls:
        for keyword in call.keywords:
            if keyword.arg == "status_forcelist":
                home, listed = _listed(project, At(module, keyword.value))
                if isinstance(listed, ast.List | ast.Tuple | ast.Set):
                    _among(project, At(home, listed), listed.elts, rules, group)
