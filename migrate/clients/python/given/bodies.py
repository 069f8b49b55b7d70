"""Bodies of requests: the dict that is sent, with the fields that are set by key after it was made."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.entries import Entries, Entry, entries_of
from migrate.clients.python.given.uses import subscripts


def body_of(project: Project, at: At, fields: frozenset[str]) -> Entries | None:
    """The entries of a body. `fields` may be set later: `body["parameters"] = {...}`."""
    found = entries_of(at)
    if found is None:
        return None
    module = at.module
    made = module.parents[module.statement(at.node)]
    stores: list[Entry] = []
    maybe: set[str] = set()
    for use in subscripts(project, found):
        name = use.slice.value if isinstance(use.slice, ast.Constant) else None
        statement = module.parents[use]
        fresh = name in fields and name not in found.names()
        if not fresh or not isinstance(statement, ast.Assign) or statement.targets != [use]:
            continue
        if name != "inputs" and any(one.name == name for one in stores):
            continue
        stores.append(Entry(str(name), statement.value, *module.span(statement), module.span(use.slice)))
        if module.parents[statement] is not made:
            maybe.add(str(name))
    return replace(found, stores=stores, maybe=frozenset(maybe)) if stores else found


def stored(entries: Entries, entry: Entry) -> ast.Subscript:
    """The subscript that an entry set later is set by."""
    statement = entries.module.parents[entry.value]
    assert isinstance(statement, ast.Assign)
    target = statement.targets[0]
    assert isinstance(target, ast.Subscript)
    return target


def held(project: Project, at: At, depth: int = 4) -> Iterator[tuple[int, int, int]]:
    """The places of dicts that have names of their own and go into an expression: `(module, start, end)`."""
    for node in ast.walk(at.node) if depth else ():
        if isinstance(node, ast.Name | ast.Attribute):
            for value in project.values(At(at.module, node), callers=True):
                if value.node is not node and entries_of(value) is not None:
                    yield (id(value.module), *value.module.span(value.node))
                    yield from held(project, value, depth - 1)
