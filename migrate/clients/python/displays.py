"""Dicts of parameters: each that a request's entry can be, with what is set on it after it was made."""

from __future__ import annotations

import ast

from migrate.clients.python.entries import Entries, default_store, entries_of, keywords_of, whole
from migrate.clients.python.given import Choice, Parameters
from migrate.clients.python.keywords import default
from migrate.clients.python.project import At, Project
from migrate.clients.python.records import dict_of
from migrate.clients.python.scopes import Function
from migrate.clients.python.spreads import collect, spread
from migrate.clients.python.uses import LATER, setdefaults, subscripts, unreadable, updates
from migrate.rulebook.clients import ParameterRule


def read_parameters(
    project: Project, holder: Entries, rules: dict[str, ParameterRule], name: str = "parameters"
) -> list[Parameters]:
    """The parameters that a body's entry can hold, one for each dict that it can be; empty: it has no such entry."""
    entry = holder.get(name)
    if entry is None:
        return []
    at = At(holder.module, entry.value)
    if _keywords(project, at):
        return [_whole(project, at, rules)]
    values = project.values(at, callers=True)
    plain = [value for value in values if not isinstance(value.node, ast.arg)]
    unread = [value for value in plain if dict_of(project, value) is None]
    if plain and not unread:
        found = [_display(project, value, at, rules) for value in plain]
        if len(found) == 1 and found[0].inline:
            _through_body(project, holder, name, found[0])
        return found
    unseen = Parameters()
    places = [value for value in unread or values if value.node is not entry.value]
    reason = "it is built elsewhere and cannot be seen"
    unseen.notes += [unreadable(place, name, reason) for place in places or [at]]
    return [unseen]


def _whole(project: Project, at: At, rules: dict[str, ParameterRule]) -> Parameters:
    main = whole(at)
    found = Parameters(main, inline=False, choosing=True)
    collect(project, main, found, rules)
    return found


def _keywords(project: Project, at: At) -> bool:
    """Whether the entry is `**kwargs` of a function, whole."""
    values = project.values(at)
    function = at.module.around(at.node, ast.FunctionDef, ast.AsyncFunctionDef)
    arguments = function.args if isinstance(function, Function) else None
    return isinstance(at.node, ast.Name) and arguments is not None and values[0].node is arguments.kwarg


def _through_body(project: Project, holder: Entries, name: str, found: Parameters) -> None:
    """What is set as `body["parameters"]["stop"]`."""
    for use in subscripts(project, holder):
        outer = holder.module.parents[use]
        named = isinstance(use.slice, ast.Constant) and use.slice.value == name
        if named and isinstance(outer, ast.Subscript) and outer.value is use and _settable(outer):
            found.nested.add(id(use))
            found.later.append(outer)


def _settable(use: ast.Subscript) -> bool:
    return not isinstance(use.ctx, ast.Del) and isinstance(use.slice, ast.Constant) and use.slice.value in LATER


def _display(project: Project, value: At, at: At, rules: dict[str, ParameterRule]) -> Parameters:
    """What one dict holds, with what is set by key or by `.update()` after it was made."""
    main = dict_of(project, value)
    assert main is not None
    found = Parameters(main, value == at, choosing=True)
    collect(project, main, found, rules)
    for use in subscripts(project, main):
        if isinstance(use.ctx, ast.Store) and _settable(use):
            found.later.append(use)
    for call in setdefaults(project, main):
        name = vars(call.args[0])["value"]
        found.updates.add(id(call.func))
        if name in found.given:
            entries = default_store(At(main.module, call), call)
            found.covered.append((entries, entries.entries[0]))
            found.others.append(entries)
        else:
            default(project, At(main.module, call), name, found)
    always, sometimes = updates(project, main)
    for call in sometimes:
        _sometimes(call, main, found)
    for call in always:
        found.updates.add(id(call.func))
        if call.keywords:
            more = keywords_of(At(main.module, call), call)
            found.others.append(more)
            collect(project, more, found, rules)
        for arg in call.args:
            spread(project, At(main.module, arg), main, found, rules)
    return found


def _sometimes(call: ast.Call, main: Entries, found: Parameters) -> None:
    """An `.update()` under a condition, whose parameters are written there: read like what a caller passes."""
    given = entries_of(At(main.module, call.args[0])) if len(call.args) == 1 and not call.keywords else None
    more = keywords_of(At(main.module, call), call) if call.keywords and not call.args else given
    if more is not None and all(entry.name is not None for entry in more.entries):
        found.choices.append(Choice(((more, more),)))
        found.updates.add(id(call.func))
