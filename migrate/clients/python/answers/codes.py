"""Status codes as programs write them: numbers, `HTTPStatus.X`, `requests.codes.x`, `status.HTTP_422_X`, constants."""

from __future__ import annotations

import ast
import re
from http import HTTPStatus

from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of

HOLDERS = frozenset({"HTTPStatus", "codes", "status", "StatusCode"})
_NUMBERED = re.compile(r"HTTP_(\d{3})_\w+")
_SHORT = {"too_many": "429", "unprocessable": "422", "unprocessable_content": "422", "dependency": "424"}
_NAMES = {name: str(one.value) for name, one in HTTPStatus.__members__.items()}  # with the older names of later Pythons


def code_of(project: Project, at: At) -> str:
    """The number that an expression stands for, as text; empty where it stands for none that can be told."""
    node = at.node
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Attribute) and node.attr == "value":
        return code_of(project, At(at.module, node.value))
    if isinstance(node, ast.Attribute) and name_of(node.value) in HOLDERS:
        numbered = _NUMBERED.fullmatch(node.attr)
        return numbered[1] if numbered else _NAMES.get(node.attr.upper(), _SHORT.get(node.attr, ""))
    if isinstance(node, ast.Name | ast.Attribute):
        if numbered := _NUMBERED.fullmatch(name_of(node)):
            return numbered[1]
        values = [one.node for one in project.values(at)]
        same = {str(one.value) for one in values if isinstance(one, ast.Constant) and isinstance(one.value, int)}
        return same.pop() if len(same) == len(values) == 1 else ""
    return ""


def spelled(at: At, codes: list[str]) -> list[str]:
    """Other codes in the way in which this one is written."""
    node = at.node
    if isinstance(node, ast.Attribute) and node.attr == "value":
        return [f"{one}.value" for one in spelled(At(at.module, node.value), codes)]
    if not isinstance(node, ast.Attribute) or name_of(node.value) not in HOLDERS:
        return codes
    names = [HTTPStatus(int(one)).name for one in codes]
    if _NUMBERED.fullmatch(node.attr):
        names = [f"HTTP_{one}_{name}" for one, name in zip(codes, names, strict=True)]
    elif node.attr.islower():
        names = [name.lower() for name in names]
    return [f"{at.module.text(node.value)}.{name}" for name in names]
