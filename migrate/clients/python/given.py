"""The parameters that a request is given: where each is written, its value where that is known."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.clients.parameters import UNKNOWN, Given, Note
from migrate.clients.python.entries import Entries, Entry, entries_of, keywords_of
from migrate.clients.python.project import At, Project
from migrate.clients.python.scopes import Function, parameters
from migrate.clients.python.uses import LATER, subscripts, unreadable
from migrate.rulebook.clients import ParameterRule

JSON_WORDS: dict[str, object] = {"true": True, "false": False, "null": None}


@dataclass
class Parameters:
    """The parameters of one request: where each is written, and what cannot be read."""

    main: Entries | None = None
    inline: bool = True
    others: list[Entries] = field(default_factory=list)
    given: dict[str, tuple[Given, Entries, Entry]] = field(default_factory=dict)
    notes: list[tuple[At, Note]] = field(default_factory=list)
    renamed: list[tuple[At, Entry]] = field(default_factory=list)  # keywords of callers
    later: list[ast.Subscript] = field(default_factory=list)  # set by key after the dict was made

    def known(self) -> list[Given]:
        """Everything that may be sent."""
        later = dict.fromkeys(str(vars(use.slice)["value"]) for use in self.later)
        return [
            *(one for one, _, _ in self.given.values()),
            *(Given(name, name) for name in later if name not in self.given),
        ]


def literal(project: Project, at: At) -> object:
    """The value of an expression where it is a literal or a constant of the program, else UNKNOWN."""
    if at.module.json and isinstance(at.node, ast.Name):
        return JSON_WORDS.get(at.node.id, UNKNOWN)
    if isinstance(at.node, ast.Name) and any(binding.kind != "assign" for binding in at.module.bound(at.node)):
        return UNKNOWN
    values = project.values(at)
    if len(values) != 1 or not isinstance(values[0].node, ast.expr):
        return UNKNOWN
    try:
        return ast.literal_eval(values[0].node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return UNKNOWN


def grammar_parts(project: Project, at: At) -> tuple[str, str] | None:
    """TGI's grammar `{"type": ..., "value": ...}` as the text of vLLM's structured_outputs."""
    values = project.values(at)
    node = values[0].node if len(values) == 1 else None
    made = isinstance(node, ast.Call) and at.module.text(node.func).split(".")[-1] == "Grammar"
    found = keywords_of(values[0], node) if isinstance(node, ast.Call) and made else None
    found = found or (entries_of(at) if node is at.node else None)
    if found is None or found.names() != {"type", "value"}:
        return None
    kind, value = found.get("type"), found.get("value")
    if kind is None or value is None:
        return None
    said = literal(project, At(found.module, kind.value))
    if isinstance(kind.value, ast.Attribute):
        said = kind.value.attr.lower()
    name = {"json": "json", "json_object": "json", "regex": "regex"}.get(str(said))
    text = found.module.text(value.value)
    quote = found.quote if found.style == "dict" else '"'
    return ("structured_outputs", f"{{{quote}{name}{quote}: {text}}}") if name else None


def read_parameters(
    project: Project, holder: Entries, rules: dict[str, ParameterRule], name: str = "parameters"
) -> Parameters | None:
    """The parameters that a body's entry holds; None: the body has no such entry."""
    entry = holder.get(name)
    if entry is None:
        return None
    found = Parameters()
    at = At(holder.module, entry.value)
    values = project.values(at, callers=True)
    plain = [value for value in values if not isinstance(value.node, ast.arg)]
    if len(plain) == 1 and (main := entries_of(plain[0])):
        found.main, found.inline = main, plain[0].node is entry.value
        collect(project, main, found, rules)
        for use in subscripts(main):
            if isinstance(use.ctx, ast.Store) and isinstance(use.slice, ast.Constant) and use.slice.value in LATER:
                found.later.append(use)
        return found
    place = plain[0] if len(plain) == 1 and plain[0].node is not entry.value else values[0] if len(values) == 1 else at
    found.notes.append(unreadable(place, name, "it is built elsewhere and cannot be seen"))
    return found


def collect(project: Project, entries: Entries, found: Parameters, rules: dict[str, ParameterRule]) -> None:
    """Reads the entries, and what `**` brings in, into `found.given`."""
    for entry in entries.entries:
        at = At(entries.module, entry.value)
        if entry.name is None:
            _spread(project, at, entries, found, rules)
        elif entry.name in found.given:
            found.notes.append(unreadable(at, entry.name, "it is given twice"))
        else:
            value = literal(project, at)
            simple = isinstance(entry.value, ast.Name)
            given = Given(entry.name, entries.module.text(entry.value), value, simple)
            found.given[entry.name] = (given, entries, entry)


def _spread(project: Project, at: At, entries: Entries, found: Parameters, rules: dict[str, ParameterRule]) -> None:
    values = project.values(at)
    if len(values) == 1 and (inner := entries_of(values[0])):
        found.others.append(inner)
        collect(project, inner, found, rules)
        return
    if len(values) == 1 and isinstance(values[0].node, ast.arg):
        _keywords(project, values[0], at, found)
        return
    found.notes.append(unreadable(at, at.module.text(at.node), "what it holds cannot be seen"))


# What callers may pass through `**kwargs`: parameters that decide nothing about sampling and keep their value.
THROUGH = frozenset({"max_new_tokens", "seed", "repetition_penalty"})


def _keywords(project: Project, parameter: At, at: At, found: Parameters) -> None:
    """`**kwargs` of a function: readable where every caller is seen and passes nothing through it."""
    function = parameter.module.around(parameter.node, ast.FunctionDef, ast.AsyncFunctionDef)
    name = parameter.module.text(parameter.node).split(":")[0]
    if not isinstance(function, Function) or function.args.kwarg is not parameter.node:
        found.notes.append(unreadable(parameter, name, "the callers decide what it holds"))
        return
    own = {arg.arg for arg, _ in parameters(function)}
    for caller in project.callers(At(parameter.module, function)):
        call = caller.node
        passed = keywords_of(caller, call) if isinstance(call, ast.Call) else None
        more = [entry for entry in passed.entries if entry.name not in own] if passed else []
        found.renamed += [(caller, entry) for entry in more if entry.name == "max_new_tokens"]
        if passed is None or any(entry.name not in THROUGH for entry in more):
            found.notes.append(unreadable(at, f"**{name}", "a caller passes parameters through it"))
            return
    text = (
        f"{name}: no caller in this repository passes anything through it; others must pass vLLM's names (max_tokens)"
    )
    found.notes.append((at, Note(name, "client/parameters-open", text)))
