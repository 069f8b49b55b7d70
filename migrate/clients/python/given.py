"""The parameters that a request is given: where each is written, its value where that is known."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from migrate.clients.parameters import NARROWING, UNKNOWN, Given, Note
from migrate.clients.python.entries import Entries, Entry, entries_of, keywords_of
from migrate.clients.python.optional import optional
from migrate.clients.python.project import At, Project
from migrate.clients.python.scopes import Function, parameters
from migrate.clients.python.uses import LATER, SAMPLING, subscripts, unreadable, updates
from migrate.rulebook.clients import ParameterRule

DECIDING = (*SAMPLING, "temperature", "grammar")  # what these mean is settled where they are set
GRAMMARS = ("Grammar", "TextGenerationInputGrammarType")  # classes of text_generation and huggingface_hub
JSON_WORDS: dict[str, object] = {"true": True, "false": False, "null": None}


@dataclass
class Parameters:
    """The parameters of one request: where each is written, and what cannot be read."""

    main: Entries | None = None
    inline: bool = True
    others: list[Entries] = field(default_factory=list)
    given: dict[str, tuple[Given, Entries, Entry]] = field(default_factory=dict)
    covered: list[tuple[Entries, Entry]] = field(default_factory=list)  # values that a later one takes the place of
    notes: list[tuple[At, Note]] = field(default_factory=list)
    callers: list[tuple[Entries, Entries]] = field(default_factory=list)  # keywords, and those through `**kwargs`
    callers_seen: int = 0  # how many call the function whose `**kwargs` this is
    later: list[ast.Subscript] = field(default_factory=list)  # set by key after the dict was made
    nested: set[int] = field(default_factory=set)  # ids of `body["parameters"]` in what is set so
    updates: set[int] = field(default_factory=set)  # ids of the `.update` that are read
    unread: set[str] = field(default_factory=set)  # what they ask for, that nobody reads from the answer

    def known(self) -> list[Given]:
        """Everything that may be sent."""
        later = dict.fromkeys(str(vars(use.slice)["value"]) for use in self.later)
        return [
            *(one for one, _, _ in self.given.values()),
            *(Given(name, name) for name in later if name not in self.given and name not in DECIDING),
        ]


def repeatable(node: ast.AST) -> bool:
    """Whether an expression may be written twice: it calls nothing but `get`, and is read without cost."""
    inner = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        inner = [*node.args] if isinstance(node.func, ast.Attribute) and node.func.attr == "get" else []
        return bool(inner) and isinstance(node.func, ast.Attribute) and all(map(repeatable, [node.func.value, *inner]))
    plain = ast.Name | ast.Attribute | ast.Constant | ast.Compare | ast.BoolOp | ast.IfExp | ast.UnaryOp | ast.Subscript
    words = ast.expr_context | ast.cmpop | ast.boolop | ast.unaryop
    return isinstance(node, words) or (isinstance(node, plain) and all(map(repeatable, inner)))


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
    made = isinstance(node, ast.Call) and at.module.text(node.func).split(".")[-1] in GRAMMARS
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
) -> list[Parameters]:
    """The parameters that a body's entry can hold, one for each dict that it can be; empty: it has no such entry."""
    entry = holder.get(name)
    if entry is None:
        return []
    at = At(holder.module, entry.value)
    values = project.values(at, callers=True)
    plain = [value for value in values if not isinstance(value.node, ast.arg)]
    unread = [value for value in plain if entries_of(value) is None]
    if plain and not unread:
        found = [_display(project, value, at, rules) for value in plain]
        if len(found) == 1 and found[0].inline:
            _through_body(holder, name, found[0])
        return found
    unseen = Parameters()
    places = [value for value in unread or values if value.node is not entry.value]
    reason = "it is built elsewhere and cannot be seen"
    unseen.notes += [unreadable(place, name, reason) for place in places or [at]]
    return [unseen]


def _through_body(holder: Entries, name: str, found: Parameters) -> None:
    """What is set as `body["parameters"]["stop"]`."""
    for use in subscripts(holder):
        outer = holder.module.parents[use]
        named = isinstance(use.slice, ast.Constant) and use.slice.value == name
        if named and isinstance(outer, ast.Subscript) and outer.value is use and _settable(outer):
            found.nested.add(id(use))
            found.later.append(outer)


def _settable(use: ast.Subscript) -> bool:
    return not isinstance(use.ctx, ast.Del) and isinstance(use.slice, ast.Constant) and use.slice.value in LATER


def _display(project: Project, value: At, at: At, rules: dict[str, ParameterRule]) -> Parameters:
    """What one dict holds, with what is set by key or by `.update()` after it was made."""
    main = entries_of(value)
    assert main is not None
    found = Parameters(main, value == at)
    collect(project, main, found, rules)
    for use in subscripts(main):
        if isinstance(use.ctx, ast.Store) and _settable(use):
            found.later.append(use)
    always, sometimes = updates(main)
    _sometimes(sometimes, main, found)
    for call in always:
        found.updates.add(id(call.func))
        if call.keywords:
            more = keywords_of(At(main.module, call), call)
            found.others.append(more)
            collect(project, more, found, rules)
        for arg in call.args:
            _spread(project, At(main.module, arg), main, found, rules)
    return found


def _sometimes(calls: list[ast.Call], main: Entries, found: Parameters) -> None:
    """One `.update()` under a condition, whose parameters are written there: read like what a caller passes."""
    if len(calls) != 1 or found.later:
        return
    call = calls[0]
    given = entries_of(At(main.module, call.args[0])) if len(call.args) == 1 and not call.keywords else None
    more = keywords_of(At(main.module, call), call) if call.keywords and not call.args else given
    if more is None or any(entry.name is None for entry in more.entries):
        return
    known = found.given.get("temperature")
    warm = "temperature" in more.names() or known is None or known[0].literal not in (None, 1.0, UNKNOWN)
    if warm or not more.names() & {*SAMPLING, "typical_p"}:
        found.callers.append((more, more))
        found.updates.add(id(call.func))


def collect(project: Project, entries: Entries, found: Parameters, rules: dict[str, ParameterRule]) -> None:
    """Reads the entries, and what `**` brings in, into `found.given`."""
    for entry in entries.entries:
        at = At(entries.module, entry.value)
        if entry.name is None:
            _spread(project, at, entries, found, rules)
        elif entry.name in found.given and found.given[entry.name][1] is entries:
            found.notes.append(unreadable(at, entry.name, "it is given twice"))
        else:
            if entry.name in found.given:
                found.covered.append(found.given[entry.name][1:])
            value = literal(project, at)
            simple = repeatable(entry.value)
            text = entries.module.text(entry.value)
            given = Given(entry.name, text, value, simple, entry.name in NARROWING and optional(project, at))
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


def _keywords(project: Project, parameter: At, at: At, found: Parameters) -> None:
    """`**kwargs` of a function: readable where every caller is seen and passes known parameters, or nothing."""
    module = parameter.module
    function = module.around(parameter.node, ast.FunctionDef, ast.AsyncFunctionDef)
    name = module.text(parameter.node).split(":")[0]
    if not isinstance(function, Function) or function.args.kwarg is not parameter.node:
        found.notes.append(unreadable(parameter, name, "the callers decide what it holds"))
        return
    if len(module.reads(parameter.node, name)) != 1:
        found.notes.append(unreadable(at, f"**{name}", "it is changed or read by key"))
        return
    own = {arg.arg for arg, _ in parameters(function)}
    callers = project.callers(At(module, function))
    found.callers_seen = len(callers)
    for caller in callers:
        passed = keywords_of(caller, caller.node) if isinstance(caller.node, ast.Call) else None
        if passed is None or any(entry.name is None for entry in passed.entries):
            found.notes.append(unreadable(at, f"**{name}", "a caller passes parameters through it that cannot be seen"))
            return
        more = replace(passed, entries=[entry for entry in passed.entries if entry.name not in own])
        found.callers += [(passed, more)] if more.entries else []
    if found.callers:
        text = f"{name}: the callers in this repository pass vLLM's names now, and others must too (max_tokens)"
    else:
        text = f"{name}: no caller here passes anything through it; others must pass vLLM's names (max_tokens)"
    found.notes.append((at, Note(name, "client/parameters-open", text)))


def through(project: Project, entries: Entries) -> dict[str, tuple[Given, Entries, Entry]]:
    """The same form for what a caller passes."""
    found = Parameters()
    collect(project, entries, found, {})
    return found.given
