"""The arguments of one constructor call: by name, with the address among them, and what becomes of them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrate.clients.python.addresses.evidence import hosted
from migrate.clients.python.addresses.texts import Address, address, text_of, texts_of
from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.changes import Changes
from migrate.clients.python.edits.drafts import Draft
from migrate.clients.python.edits.entries import Entries, Entry, entries_of, keywords_of
from migrate.rulebook.constructors import ConstructorRule

OUTSIDE = "the model's name is set outside of this call: only a name that begins with {} is one for vLLM now"


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
            return entry, _one_of(project, _held(project, At(entries.module, entry.value), rule, name))
    for entry in entries.entries if not rule.dicts else ():  # dicts of such a rule are found by themselves
        inner = seen(project, At(entries.module, entry.value)) if entry.name is None else None
        if inner is not None and any(inner.get(name) for name in rule.address):
            return address_of(project, inner, rule)
    return None, None


def _one_of(project: Project, at: At) -> Address:
    """The address, or the first of several that are all those of servers."""
    found = [address(text) for text in texts_of(project, at)]
    several = len(found) > 1 and all(one.base.startswith("http") and not hosted(one) for one in found)
    return found[0] if several else address(text_of(project, at))


def _held(project: Project, at: At, rule: ConstructorRule, name: str) -> At:
    """The address itself where an argument is a dict that holds it."""
    inside = rule.arguments[name].hoist
    inner = seen(project, at) if inside else None
    found = [inner.get(key) for key, spec in inside.items() if spec.value == "address"] if inner else []
    return At(inner.module, found[0].value) if inner and found and found[0] else at


def seen(project: Project, at: At) -> Entries | None:
    """The entries of a dict that is written in place, or that a name holds."""
    values = project.values(at)
    return entries_of(values[0]) if len(values) == 1 else None


def prefixed(project: Project, at: At, value: str | Mapping[str, str], rule: ConstructorRule, found: Built) -> str:
    """A name with a prefix before it, or with another in place of an old one.

    A constant that only calls of the rule's kind read changes itself, and the text here stays.
    """
    text = at.module.text(at.node)
    node = at.node
    quoted = isinstance(node, ast.Constant) and isinstance(node.value, str) and text[0] in "\"'"
    if isinstance(value, str):
        return f"{text[0]}{value}{text[1:]}" if quoted else f'"{value}" + {text}'
    known = literal(project, at)
    if isinstance(known, str) and not any(known.startswith(old) for old in value):
        return text
    for old, new in value.items():
        if (start := _leading(text, old)) is not None:
            return text[:start] + new + text[start + len(old) :]
        own = _constant(project, at, rule)
        if own is not None and (start := _leading(own.module.text(own.node), old)) is not None:
            first = own.module.span(own.node)[0] + start
            found.changes.replace(own.module, first, first + len(old), new)
            return text
        if not isinstance(node, ast.JoinedStr | ast.Constant):
            simple = isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
            if not isinstance(known, str):
                found.notes.append((at, OUTSIDE.format(old)))
            return f'{text if simple else f"({text})"}.replace("{old}", "{new}", 1)'
    found.manual.append((at, "the name is put together in a way that cannot be followed"))
    return text


def _leading(text: str, old: str) -> int | None:
    """Where a literal's text begins with the prefix, behind its quote and letters."""
    start = text.find(old)
    return start if 0 < start <= 2 and text[start - 1] in "\"'" else None


def _constant(project: Project, at: At, rule: ConstructorRule) -> At | None:
    """The literal behind a name that is read as an argument of such calls alone, all with an address."""
    values = project.values(at)
    value = values[0] if len(values) == 1 else None
    parent = value.module.parents.get(value.node) if value else None
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    if value is None or len(targets) != 1 or not isinstance(targets[0], ast.Name):
        return None
    name = targets[0].id
    reads = [At(one, read) for one in project.modules for read in one.loads.get(name, [])]
    reads += [At(one, read) for one in project.modules for read in one.attributes.get(name, [])]
    return value if reads and all(_argument(project, read, rule) for read in reads) else None


def _argument(project: Project, read: At, rule: ConstructorRule) -> bool:
    around = read.module.parents[read.node]
    call = read.module.parents[around] if isinstance(around, ast.keyword) else around
    if not isinstance(call, ast.Call) or project.foreign(read.module, call.func) not in rule.constructor:
        return False
    return any(keyword.arg in rule.address for keyword in call.keywords)


def model_sent(project: Project, entries: Entries, absent: str, name: str = "model") -> str | None:
    """The model name that a chat call sends; None where it cannot be told."""
    entry = entries.get(name)
    if entry is None:
        return absent
    value = literal(project, At(entries.module, entry.value))
    return value if isinstance(value, str) else None
