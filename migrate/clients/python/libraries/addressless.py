"""Clients that are made without an address: it stands in their calls, or in a variable."""

from __future__ import annotations

import ast
from collections.abc import Callable

from migrate.clients.python.addresses.evidence import Sure
from migrate.clients.python.addresses.texts import Address, address, text_of
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.report import Group
from migrate.clients.python.given.arguments import named
from migrate.clients.variables import Variables
from migrate.rulebook.constructors import Call, ConstructorRule

GIVEN = "the address is given in the call: give it to the client (base_url ending in /v1)"
MOVED = "name it {}, with /v1 behind the address, and write the model with the prefix of the new provider ({})"


def addressed(
    project: Project, at: At, rule: ConstructorRule, sure: Callable[[At, str, Address], Sure]
) -> Group | None:
    """A client whose calls name an address each; `sure` tells whether TGI answers there."""
    if not any(spec.address for spec in rule.calls.values()):
        return None
    flow = Flow(project, {}, {})
    flow.follow(at, "object")
    group = Group(at, rule.id, rule.summary)
    for place, path in flow.calls:
        spec = rule.calls.get(path, Call())
        arguments = named(place, spec.positional)
        entry = arguments.get(spec.address or "") if arguments else None
        found = address(text_of(project, At(place.module, entry.value))) if entry else None
        if found and found.base.startswith("http") and sure(at, "model", found) is not Sure.NO:
            group.manual.append((place, rule.id, f"{path}: {GIVEN}"))
    return group if group.manual else None


def environment(project: Project, at: At, rule: ConstructorRule, variables: Variables) -> Group | None:
    """A call whose address stands in a variable that the program names, or another file of the repository sets."""
    group = Group(at, rule.id, rule.summary)
    new = [one for spec in rule.arguments.values() if isinstance(spec.value, dict) for one in spec.value.values()]
    for module in project.modules:
        for node in module.nodes:
            name = node.value if isinstance(node, ast.Constant) else None
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                name = project.foreign(module, node)
            if isinstance(name, str) and name in rule.environment:
                text = f"{name}: {MOVED.format(rule.environment[name], ', '.join(new))}"
                group.manual.append((At(module, node), rule.id, text))
    set_elsewhere = [name for name in rule.environment if not group.manual and variables.values(name)]
    group.manual += [
        (at, rule.id, f"{one}: {MOVED.format(rule.environment[one], ', '.join(new))}") for one in set_elsewhere
    ]
    return group if group.manual else None
