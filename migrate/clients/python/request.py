"""A request body of TGI as a body of vLLM's completions route, in place."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace

from migrate.clients.parameters import UNKNOWN, Given, Note, Spelling, Translation, translate
from migrate.clients.python.changes import Changes
from migrate.clients.python.entries import Draft, Entries, Entry, entries_of, keywords_of
from migrate.clients.python.module import Function, Module, parameters
from migrate.clients.python.project import At, Project
from migrate.clients.rules import ParameterRule

JSON_WORDS: dict[str, object] = {"true": True, "false": False, "null": None}
PYTHON = Spelling()
JSON = Spelling(true="true", false="false", null="null")


@dataclass
class Body:
    """What became of a request: its changes, notes with their places, model names that it sends now."""

    changes: Changes = field(default_factory=Changes)
    notes: list[tuple[At, Note]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    @property
    def manual(self) -> bool:
        return any(note.manual for _, note in self.notes)


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


def unreadable(at: At, what: str, reason: str) -> tuple[At, Note]:
    return at, Note(
        what,
        "client/parameters-unseen",
        f"{what}: {reason}; write vLLM's names where it is built (parameters of the request)",
        True,
    )


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


# What may be set by key later: parameters that decide nothing about sampling.
LATER = frozenset({"max_new_tokens", "seed", "repetition_penalty", "stop"})


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


def uses(
    project: Project, entries: Entries, renames: dict[str, str], changes: Changes, stores: bool = False
) -> tuple[At, Note] | None:
    """Renames keys where a shared dict is read by key; says what else is done with it that the renaming would break."""
    module = entries.module
    parent = module.parents.get(entries.at.node)
    targets = (
        parent.targets
        if isinstance(parent, ast.Assign)
        else [parent.target]
        if isinstance(parent, ast.AnnAssign)
        else []
    )
    for name in (name for target in targets for name in _names(module, target)):
        use = module.parents[name]
        if isinstance(use, ast.Subscript) and use.value is name:
            later = isinstance(use.slice, ast.Constant) and use.slice.value in LATER
            if not _renamed(module_at := At(module, use), renames, changes, stores or later):
                return unreadable(module_at, module.text(name), "it is changed or read by key")
        elif isinstance(use, ast.Attribute) and use.attr in ("update", "pop", "setdefault", "copy", "items"):
            return unreadable(At(module, use), module.text(name), f"its .{use.attr}() cannot be followed")
    return None


def subscripts(entries: Entries) -> list[ast.Subscript]:
    """Where the dict that these entries make is read or set by key, through its name."""
    module = entries.module
    parent = module.parents.get(entries.at.node)
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    names = [name for target in targets for name in _names(module, target)]
    uses_ = [module.parents[name] for name in names]
    return [use for use in uses_ if isinstance(use, ast.Subscript)]


def _names(module: Module, target: ast.expr) -> list[ast.expr]:
    """The reads of what an assignment binds."""
    if isinstance(target, ast.Name):
        reads = module.loads.get(target.id, [])
        return [name for name in reads if any(b.target is target for b in module.bound(name))]
    if isinstance(target, ast.Attribute):
        return [node for node in module.attributes.get(target.attr, []) if isinstance(node.ctx, ast.Load)]
    return []


def _renamed(at: At, renames: dict[str, str], changes: Changes, stores: bool) -> bool:
    node = at.node
    if (
        not isinstance(node, ast.Subscript)
        or not isinstance(node.slice, ast.Constant)
        or not (stores or isinstance(node.ctx, ast.Load))
    ):
        return False
    name = node.slice.value
    if name not in renames:
        return False
    if renames[name] != name:
        start, end = at.module.span(node.slice)
        quote = at.module.fragment.text[start]
        changes.replace(at.module, start, end, f"{quote}{renames[name]}{quote}")
    return True


@dataclass(frozen=True)
class Wanted:
    """What the new request needs besides its parameters."""

    added: tuple[tuple[str, str], ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    echo: bool = False  # the old route put the prompt in front
    streams: bool = False
    budget: str | None = None


def rewrite(
    project: Project, body: Entries, rules: dict[str, ParameterRule], wanted: Wanted, language: Spelling = PYTHON
) -> Body:
    """The body with `inputs` and `parameters` as a completions body."""
    found = Body()
    parameters_ = read_parameters(project, body, rules)
    given = {} if parameters_ is None else parameters_.given
    spelling = replace(language, grammar=lambda text: _grammar(project, given))
    done = translate(
        parameters_.known() if parameters_ else [],
        rules,
        spelling,
        budget=wanted.budget,
        parameters=parameters_ is not None,
    )
    _full_text(given, done, wanted, body, found, spelling.true)
    place = {name: At(entries.module, entry.value) for name, (_, entries, entry) in given.items()}
    found.notes += [(place.get(note.parameter, body.at), note) for note in done.notes]
    found.notes += parameters_.notes if parameters_ else []
    found.names = done.names
    unknown = sorted(body.names() - {"inputs", "parameters", "stream", "model"})
    found.notes += [unreadable(body.at, name, "no field of TGI's request") for name in unknown]
    if any(entry.name is None for entry in body.entries):
        found.notes.append(unreadable(body.at, "**", "what it brings into the body cannot be seen"))
    if not found.manual:
        _write(project, body, parameters_, done, wanted, found)
    return found


def _grammar(project: Project, given: dict[str, tuple[Given, Entries, Entry]]) -> tuple[str, str] | None:
    _, entries, entry = given["grammar"]
    return grammar_parts(project, At(entries.module, entry.value))


def _full_text(
    given: dict[str, tuple[Given, Entries, Entry]],
    done: Translation,
    wanted: Wanted,
    body: Entries,
    found: Body,
    true: str,
) -> None:
    said = given.get("return_full_text")
    if wanted.streams:
        if said:
            done.becomes["return_full_text"] = None
            done.notes = [note for note in done.notes if note.parameter != "return_full_text"]
    elif wanted.echo and (said is None or said[0].literal is None):
        done.added.append(("echo", true))
        text = "return_full_text is not sent, so the old answer held the prompt: echo keeps that"
        found.notes.append((body.at, Note("return_full_text", "client/parameter-return-full-text", text)))


def _write(
    project: Project, body: Entries, given: Parameters | None, done: Translation, wanted: Wanted, found: Body
) -> None:
    outer = Draft(body)
    for caller, entry in parameters_renamed(given):
        found.changes.replace(caller.module, *entry.key, "max_tokens")
    inputs = body.get("inputs")
    if inputs is not None:
        outer.renamed.append((inputs, "prompt"))
    added = list(done.added)
    if trouble := uses(project, body, {"inputs": "prompt"}, found.changes, stores=True):
        found.notes.append(trouble)
    have = {pair[0] for pair in done.becomes.values() if pair}
    added += [pair for pair in wanted.needs if pair[0] not in have]
    if given is None or given.main is None:
        outer.added = [*added, *wanted.added]
        _emit(outer, found.changes)
        return
    drafts = {id(entries): Draft(entries) for entries in (given.main, *given.others)}
    for name, (_, entries, entry) in given.given.items():
        change(drafts[id(entries)], entry, done.becomes.get(name))
    main = drafts[id(given.main)]
    main.added = added
    outer.added = list(wanted.added)
    holder = body.get("parameters")
    assert holder is not None
    if given.inline:
        _flatten(outer, main, holder, found.changes)
    else:
        module = body.module
        found.changes.replace(module, holder.start, module.span(holder.value)[0], "**")
        _emit(main, found.changes)
        renames = {name: pair[0] for name, pair in done.becomes.items() if pair}
        if trouble := uses(project, given.main, renames, found.changes):
            found.notes.append(trouble)
    for entries in given.others:
        _emit(drafts[id(entries)], found.changes)
    _emit(outer, found.changes)


def parameters_renamed(given: Parameters | None) -> list[tuple[At, Entry]]:
    return given.renamed if given else []


def change(draft: Draft, entry: Entry, becomes: tuple[str, str] | None) -> None:
    """One entry of a draft gets its new name and text, or goes."""
    if becomes is None:
        draft.dropped.append(entry)
        return
    name, text = becomes
    if name != entry.name:
        draft.renamed.append((entry, name))
    if text != draft.entries.module.text(entry.value):
        draft.revalued.append((entry, text))


def _emit(draft: Draft, changes: Changes) -> None:
    for start, end, text in draft.edits():
        changes.replace(draft.entries.module, start, end, text)


def _flatten(outer: Draft, inner: Draft, entry: Entry, changes: Changes) -> None:
    """The entries of `parameters` move one level up, lines and comments with them."""
    module = outer.entries.module
    text = module.fragment.text
    if inner.entries.style != outer.entries.style:
        changes.replace(module, entry.start, module.span(entry.value)[0], "**")
        _emit(inner, changes)
        return
    if not inner.kept:
        new = outer.separator().join(outer.entries.written(name, value) for name, value in inner.added)
        changes.replace(module, entry.start, entry.end, new)
        return
    if inner.separator() != ", ":
        inner.between = outer.separator()
    for start, end, new in inner.edits():
        changes.replace(module, start, end, new)
    entries = inner.entries.entries
    first = entries[0].start
    changes.replace(module, entry.start, first, "")
    close = entry.end - 1
    tail = text[entries[-1].end : close]
    if "#" in tail:
        if not tail.lstrip().startswith(","):
            changes.insert(module, entries[-1].end, ",", -1)
        comma = re.match(r"\s*,", text[entry.end :])
        stop = entry.end + (comma.end() if comma else 0)
        line = re.search(r"(\r\n|\r|\n)[ \t]*\Z", tail)
        changes.replace(module, close - (len(line[0]) if line else 0), stop, "")
    else:
        changes.replace(module, entries[-1].end, entry.end, "")
    _dedent(module.fragment.text, entry, entries, changes, inner)


def _dedent(text: str, entry: Entry, entries: list[Entry], changes: Changes, inner: Draft) -> None:
    module = inner.entries.module
    mine = re.search(r"[ \t]*\Z", text[: entry.start])
    deeper = re.search(r"(?:\r\n|\r|\n)([ \t]*)\Z", text[: entries[0].start])
    if mine is None or deeper is None or not deeper[1].startswith(mine[0]):
        return
    extra = len(deeper[1]) - len(mine[0])
    if extra <= 0:
        return
    removed = [(start, end) for start, end, _ in inner.edits() if start < end]
    inside = [module.span(one.value) for one in entries]
    for match in re.finditer(r"(?:\r\n|\r|\n)(" + re.escape(deeper[1]) + ")", text[entries[0].start : entries[-1].end]):
        start = entries[0].start + match.start(1)
        triple = any(first < start < last and '"""' in text[first:last] for first, last in inside)
        if not triple and not any(first <= start < last for first, last in removed):
            changes.replace(module, start, start + extra, "")
