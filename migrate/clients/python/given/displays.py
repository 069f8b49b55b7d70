"""Dicts of parameters: each that a request's entry can be, with what is set on it after it was made."""

from __future__ import annotations

import ast

from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Function, copied
from migrate.clients.python.edits.entries import Entries, copy_of, default_store, entries_of, keywords_of, whole
from migrate.clients.python.edits.records import dict_of
from migrate.clients.python.given.keywords import default
from migrate.clients.python.given.parameters import Choice, Parameters
from migrate.clients.python.given.spreads import collect, spread
from migrate.clients.python.given.uses import LATER, Update, changed, setdefaults, subscripts, unreadable, updates


def read_parameters(project: Project, holder: Entries, name: str = "parameters") -> list[Parameters]:
    """The parameters that a body's entry can hold, one for each dict that it can be; empty: it has no such entry."""
    entry = holder.get(name)
    if entry is None:
        return []
    at = At(holder.module, entry.value)
    if _keywords(project, at):
        return [_whole(project, at)]
    values = project.values(at, callers=True)
    plain = [value for value in values if not isinstance(value.node, ast.arg)]
    unread = [value for value in plain if dict_of(project, value) is None]
    copy = _copy_here(at)
    if copy is not None and len(plain) == 1 and not unread and plain[0].module is not at.module:
        return [_display(project, copy, at, copy_of(copy))]
    far = next((place for value in plain if (place := changed(at, value)) is not None), None)
    if far is not None:
        reason = "it is changed in another file than the one that it is built in"
        return [Parameters(notes=[unreadable(far, name, reason)])]
    if plain and not unread:
        found = [_display(project, value, at) for value in plain]
        if len(found) == 1 and found[0].inline:
            _through_body(project, holder, name, found[0])
        return found
    unseen = Parameters()
    places = [value for value in unread or values if value.node is not entry.value]
    reason = "it is built elsewhere and cannot be seen"
    unseen.notes += [unreadable(place, name, reason) for place in places or [at]]
    return [unseen]


def _copy_here(at: At) -> At | None:
    """The expression of the same module that copies the dict which is sent."""
    node = at.node
    for _ in range(4):
        if copied(node) is not None:
            return At(at.module, node)
        bound = at.module.reaching(node) if isinstance(node, ast.Name) else []
        if len(bound) != 1 or bound[0].value is None or bound[0].kind != "assign":
            return None
        node = bound[0].value
    return None


def _whole(project: Project, at: At) -> Parameters:
    main = whole(at)
    found = Parameters(main, inline=False, choosing=True)
    collect(project, main, found)
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


def _display(project: Project, value: At, at: At, main: Entries | None = None) -> Parameters:
    """What one dict holds, with what is set by key or by `.update()` after it was made."""
    main = main or dict_of(project, value)
    assert main is not None
    found = Parameters(main, value == at, choosing=True)
    collect(project, main, found)
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
    for update in sometimes:
        _sometimes(update, main, found)
    for update in always:
        _merged(project, update, main, found)
    return found


def _merged(project: Project, update: Update, main: Entries, found: Parameters) -> None:
    """What is merged in whenever the dict is made."""
    given = [update.value] if isinstance(update, ast.AugAssign) else update.args
    if isinstance(update, ast.Call):
        found.updates.add(id(update.func))
    if isinstance(update, ast.Call) and update.keywords:
        more = keywords_of(At(main.module, update), update)
        found.others.append(more)
        collect(project, more, found)
    for one in given:
        spread(project, At(main.module, one), found)


def _sometimes(update: Update, main: Entries, found: Parameters) -> None:
    """Parameters that are merged in under a condition, where they are written there: read like what a caller passes."""
    call = update if isinstance(update, ast.Call) else None
    given = [update.value] if isinstance(update, ast.AugAssign) else update.args
    more = entries_of(At(main.module, given[0])) if len(given) == 1 and not (call and call.keywords) else None
    if call is not None and call.keywords and not call.args:
        more = keywords_of(At(main.module, call), call)
    if more is not None and all(entry.name is not None for entry in more.entries):
        found.choices.append(Choice(((more, more),)))
        found.updates |= {id(call.func)} if call is not None else set()
    elif call is None:
        found.notes.append(unreadable(At(main.module, update), "|=", "what it brings in cannot be seen"))
