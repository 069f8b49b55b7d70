"""What `**` brings into a dict of parameters: other dicts, keywords of callers, dicts that callers pass."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.clients.parameters import UNKNOWN, Given, Note
from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Function, is_none, parameters
from migrate.clients.python.edits.entries import Entries, Entry, Record
from migrate.clients.python.edits.records import dict_of
from migrate.clients.python.given.keywords import passing, settings
from migrate.clients.python.given.parameters import Choice, Parameters, nullable, repeatable
from migrate.clients.python.given.uses import unreadable


def collect(project: Project, entries: Entries, found: Parameters) -> None:
    """Reads the entries, and what `**` brings in, into `found.given`."""
    for entry in entries.entries:
        at = At(entries.module, entry.value)
        if entry.name is None:
            spread(project, at, found)
        elif entry.name in found.given and found.given[entry.name][1] is entries:
            found.notes.append(unreadable(at, entry.name, "it is given twice"))
        else:
            if entry.name in found.given:
                found.covered.append(found.given[entry.name][1:])
            given = Given(entry.name, entries.text(entry), literal(project, at), repeatable(entry.value))
            if isinstance(entries, Record):
                value, empty = entries.literals.get(entry.name, UNKNOWN), entry.name in entries.nullable
                given = replace(given, literal=value, simple=True, nullable=empty and value is UNKNOWN)
            elif given.literal is UNKNOWN:
                given = replace(given, nullable=nullable(project, at))
            found.given[entry.name] = (given, entries, entry)


def spread(project: Project, at: At, found: Parameters) -> None:
    """Reads what one `**` brings in."""
    values = [_parameter(one) or one for one in project.values(at)]
    if len(values) == 1 and (inner := dict_of(project, values[0])):
        found.others.append(inner)
        collect(project, inner, found)
    elif len(values) == 1 and isinstance(values[0].node, ast.arg) and _kwarg(values[0]):
        _keywords(project, values[0], at, found)
    elif found.choosing and (choice := _choice(project, at, values, found)) is not None:
        found.choices += [choice] if choice.dicts else []
    else:
        found.notes.append(unreadable(at, at.module.text(at.node), "what it holds cannot be seen"))


def _parameter(value: At) -> At | None:
    """The parameter whose default a value is: callers may pass another."""
    arguments = value.module.parents.get(value.node)
    function = value.module.parents[arguments] if isinstance(arguments, ast.arguments) else None
    if not isinstance(function, Function | ast.Lambda):
        return None
    return next((At(value.module, arg) for arg, default in parameters(function) if default is value.node), None)


def _default(parameter: At) -> ast.expr | None:
    function = parameter.module.around(parameter.node, ast.FunctionDef, ast.AsyncFunctionDef)
    assert isinstance(function, Function)
    return next((default for arg, default in parameters(function) if arg is parameter.node), None)


def _kwarg(parameter: At) -> bool:
    arguments = parameter.module.parents[parameter.node]
    return isinstance(arguments, ast.arguments) and arguments.kwarg is parameter.node


def _choice(project: Project, at: At, values: list[At], found: Parameters) -> Choice | None:
    """Dicts of which one is brought in; what callers pass for a parameter among them. None: one is not seen."""
    given = [one for one in values if isinstance(one.node, ast.arg)]
    if not all(_only_brought_in(one) and _callers(project, one) for one in given):
        return None
    passed = [value for one in given for argument in project.passed(one.module, _arg(one))
              for value in project.values(argument, callers=True)]  # fmt: skip
    defaults = [At(one.module, value) for one in given if (value := _default(one)) is not None]
    some = [one for one in (*values, *defaults, *passed) if not isinstance(one.node, ast.arg) and not is_none(one.node)]
    dicts = [dict_of(project, one) for one in dict.fromkeys(some)]
    if any(one is None or any(entry.name is None for entry in one.entries) for one in dicts):
        return None
    for one in given:
        name = _arg(one).arg
        said = "the callers in this repository pass" if passed else "no caller here passes anything in it; others pass"
        text = f"{name}: {said} vLLM's names now (max_tokens)"
        found.notes.append((at, Note(name, "client/parameters-open", text)))
    full = [one for one in dicts if one is not None and one.entries]
    return Choice(tuple((one, one) for one in full), len(full) == len(dicts) and not given)


def _callers(project: Project, parameter: At) -> list[At]:
    function = parameter.module.around(parameter.node, ast.FunctionDef, ast.AsyncFunctionDef)
    return project.callers(At(parameter.module, function)) if function is not None else []


def _arg(parameter: At) -> ast.arg:
    assert isinstance(parameter.node, ast.arg)
    return parameter.node


def _only_brought_in(parameter: At) -> bool:
    """Whether a function only tests a parameter and brings it in by `**`, so that its keys are read nowhere."""
    module, name = parameter.module, _arg(parameter).arg
    for read in module.reads(parameter.node, name):
        around = module.parents[read]
        while isinstance(around, ast.BoolOp | ast.IfExp | ast.Compare | ast.UnaryOp):
            around = module.parents[around]
        named = isinstance(around, ast.Assign) and all(getattr(one, "id", "") == name for one in around.targets)
        if not isinstance(around, ast.Dict | ast.If) and not named:
            return False
    return True


def _keywords(project: Project, parameter: At, at: At, found: Parameters) -> None:
    """`**kwargs` of a function: readable where every caller is seen and passes known parameters, or nothing."""
    name = _arg(parameter).arg
    taken = settings(project, parameter, at, found)
    if taken is None:
        found.notes.append(unreadable(at, f"**{name}", "it is changed or read by key"))
        return
    passed = passing(project, parameter, taken, dicts=found.choosing)
    if passed is None:
        found.notes.append(unreadable(at, f"**{name}", "a caller passes parameters through it that cannot be seen"))
        return
    found.callers, found.callers_seen = passed
    if found.callers:
        text = f"{name}: the callers in this repository pass vLLM's names now, and others must too (max_tokens)"
    else:
        text = f"{name}: no caller here passes anything through it; others must pass vLLM's names (max_tokens)"
    found.notes.append((at, Note(name, "client/parameters-open", text)))


def through(project: Project, entries: Entries) -> dict[str, tuple[Given, Entries, Entry]]:
    """The same form for what a caller passes."""
    found = Parameters()
    collect(project, entries, found)
    return found.given
