"""The arguments of one constructor call: by name, with the address among them, and what becomes of them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrate.clients.python.changes import Changes
from migrate.clients.python.entries import Draft, Entries, Entry, entries_of, keywords_of
from migrate.clients.python.project import At, Project
from migrate.clients.python.texts import Address, address, text_of
from migrate.rulebook.clients import ConstructorRule


@dataclass
class Built:
    """The outcome of one constructor call."""

    changes: Changes = field(default_factory=Changes)
    notes: list[tuple[At, str]] = field(default_factory=list)
    manual: list[tuple[At, str]] = field(default_factory=list)


def named(at: At, positional: list[str]) -> Entries | None:
    """All arguments of a call as entries; positional ones get their parameter's name and a key without length."""
    call = at.node
    assert isinstance(call, ast.Call)
    found = keywords_of(at, call)
    extra = []
    for index, value in enumerate(call.args):
        if isinstance(value, ast.Starred) or index >= len(positional):
            return None
        start, end = at.module.span(value)
        extra.append(Entry(positional[index], value, start, end, (start, start)))
    found.entries[:0] = extra
    return found


def rename(draft: Draft, entry: Entry, name: str, text: str | None = None) -> None:
    """Gives an entry its new name; a positional one gets name and equals sign."""
    if entry.key[0] == entry.key[1]:
        draft.renamed.append((entry, f"{name}="))
    elif name != entry.name:
        draft.renamed.append((entry, name))
    if text is not None:
        draft.revalued.append((entry, text))


def address_of(project: Project, entries: Entries, rule: ConstructorRule) -> tuple[Entry | None, Address | None]:
    """The argument that holds the server's address, and what is known of it."""
    for name in rule.address:
        entry = entries.get(name)
        if entry is not None and not (isinstance(entry.value, ast.Constant) and not entry.value.value):
            held = _held(entries, entry, rule)
            return entry, address(text_of(project, At(entries.module, held)))
    return None, None


def _held(entries: Entries, entry: Entry, rule: ConstructorRule) -> ast.expr:
    """The address itself where an argument is a dict that holds it."""
    inside = rule.arguments[entry.name or ""].hoist
    inner = entries_of(At(entries.module, entry.value)) if inside else None
    found = [inner.get(name) for name, spec in inside.items() if spec.value == "address"] if inner else []
    return found[0].value if found and found[0] else entry.value


def prefixed(project: Project, at: At, text: str, value: str | Mapping[str, str], found: Built) -> str:
    """A name with a prefix before it, or another in place of an old one: in its literal where only calls read that."""
    node = at.node
    quoted = isinstance(node, ast.Constant) and isinstance(node.value, str) and text[0] in "\"'"
    if isinstance(value, str):
        return f"{text[0]}{value}{text[1:]}" if quoted else f'"{value}" + {text}'
    for old, new in value.items():
        start = text.find(old)
        if 0 < start <= 2 and text[start - 1] in "\"'":
            return text[:start] + new + text[start + len(old) :]
        literal = _own_literal(project, at)
        if literal is not None:
            first = literal.module.fragment.text.index(old, literal.module.span(literal.node)[0])
            found.changes.replace(literal.module, first, first + len(old), new)
            return text
        simple = isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
        return f'{text if simple else f"({text})"}.replace("{old}", "{new}", 1)'
    return text


def _own_literal(project: Project, at: At) -> At | None:
    """The literal behind a name that is read nowhere but in the same argument of calls of the same function."""
    values = project.values(at)
    literal = values[0] if len(values) == 1 and isinstance(values[0].node, ast.Constant) else None
    parent = literal.module.parents.get(literal.node) if literal else None
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    if literal is None or len(targets) != 1 or not isinstance(targets[0], ast.Name):
        return None
    mine = _function(project, at)
    reads = [At(one, read) for one in project.modules for read in one.loads.get(targets[0].id, ())]
    return literal if mine and all(_function(project, read) == mine for read in reads) else None


def _function(project: Project, at: At) -> tuple[str, str] | None:
    """The library's function and its argument that an expression is given to."""
    parent = at.module.parents[at.node]
    call = at.module.parents[parent] if isinstance(parent, ast.keyword) else None
    dotted = project.foreign(at.module, call.func) if isinstance(call, ast.Call) else None
    return (dotted, str(vars(parent)["arg"])) if dotted else None
