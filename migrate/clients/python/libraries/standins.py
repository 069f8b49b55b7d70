"""Tests that put something in the place of a client: they name a class or a method that is not there any more."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.clients.python.edits.report import Group
from migrate.rulebook.constructors import ConstructorRule

PATCHES = ("patch", "object", "setattr")


def _new(rule: ConstructorRule) -> str:
    """The new class, with what is called on it and read from the answer."""
    calls = [call.becomes for call in rule.calls.values() if call.becomes]
    name = rule.becomes.split(".")[-1]
    return f"{name} ({calls[0]}, answers with choices[0].text)" if "completions.create" in calls[:1] else name


def stands(at: At, rule: ConstructorRule) -> Group:
    """What a test says about a client's mock, left to a person."""
    group = Group(at, rule.id, "")
    group.manual.append((at, rule.id, f"a mock of the old client: the code uses {_new(rule)} now"))
    return group


def patched(project: Project, written: Iterable[tuple[Module, ConstructorRule]]) -> Iterator[Group]:
    """The places in tests that patch what is replaced: in the modules that are written, and in the library itself."""
    found = list(written)
    seen: set[int] = set()
    for module in project.modules:
        for call in module.calls:
            if name_of(call.func) in PATCHES and call.args and id(call) not in seen:
                hit = next((rule for one, rule in found if _meant(project, At(module, call), one, rule)), None)
                if hit is not None:
                    seen.add(id(call))
                    group = Group(At(module, call), hit.id, "")
                    text = f"this puts something in the old client's place: the code uses {_new(hit)} now"
                    group.manual.append((group.at, hit.id, text))
                    yield group


def _meant(project: Project, at: At, written: Module, rule: ConstructorRule) -> bool:
    """Whether a patch names the old class where the written module has it, or in its library."""
    call = at.node
    assert isinstance(call, ast.Call)
    first = call.args[0]
    names = {name for name, dotted in written.imports.items() if dotted in rule.constructor}
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        place = project.find(at.module, first.value)
        inside = place is not None and place[0] is written and place[1][:1] and place[1][0] in names
        return bool(inside) or any(f"{first.value}.".startswith(f"{one}.") for one in rule.constructor)
    dotted = at.module.dotted(first) if isinstance(first, ast.expr) else None
    if dotted is None or len(call.args) < 2 or not isinstance(call.args[1], ast.Constant):
        return False
    place = project.find(at.module, dotted)
    return dotted in rule.constructor or (
        place is not None and place[0] is written and not place[1] and call.args[1].value in names
    )
