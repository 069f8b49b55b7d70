"""A constructor's arguments as its successor's, by a rule."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrate.clients.python.changes import Changes
from migrate.clients.python.entries import Draft, Entries, Entry, keywords_of
from migrate.clients.python.given import literal
from migrate.clients.python.project import At, Project
from migrate.clients.python.texts import Address, address, text_of
from migrate.rulebook.clients import Argument, ConstructorRule


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
        if entry is not None and not (isinstance(entry.value, ast.Constant) and entry.value.value is None):
            return entry, address(text_of(project, At(entries.module, entry.value)))
    return None, None


def build(project: Project, entries: Entries, rule: ConstructorRule) -> Built:
    """The edits of the arguments."""
    found = Built()
    draft = Draft(entries)
    arguments = rule.arguments
    into: dict[str, list[tuple[str, str]]] = {}
    for entry in entries.entries:
        spec = arguments.get(entry.name or "")
        at = At(entries.module, entry.value)
        if spec is None:
            if not rule.rest:
                found.manual.append((at, f"{entry.name or '**'}: this argument has no counterpart that is known here"))
        else:
            _argument(project, entries, entry, spec, draft, into, found)
    given = entries.names()
    taken = {arguments[name].to for name in given if name in arguments}
    for name, spec in arguments.items():
        if spec.default is not None and spec.to is not None and spec.to not in taken:
            draft.added.append((spec.to, _joined(project, entries, spec, found) or spec.default))
            taken.add(spec.to)
        if spec.review and name not in given:
            found.notes.append((entries.at, spec.review))
    draft.added += [
        (name, "{" + ", ".join(f'"{key}": {text}' for key, text in pairs) + "}") for name, pairs in into.items()
    ]
    draft.added += [(name, text) for name, text in rule.adds.items() if name not in taken]
    for start, end, text in draft.edits():
        found.changes.replace(entries.module, start, end, text)
    return found


def _argument(
    project: Project,
    entries: Entries,
    entry: Entry,
    spec: Argument,
    draft: Draft,
    into: dict[str, list[tuple[str, str]]],
    found: Built,
) -> None:
    at = At(entries.module, entry.value)
    text = entries.module.text(entry.value)
    off = spec.unset is not None and text == spec.unset
    if spec.manual and not off and not (spec.literal and isinstance(literal(project, at), int)):
        found.manual.append((at, f"{entry.name}: {spec.manual}"))
    elif spec.drop or spec.to is None:
        draft.dropped.append(entry)
        if spec.review and not off:
            found.notes.append((at, spec.review))
    elif spec.into:
        draft.dropped.append(entry)
        into.setdefault(spec.into, []).append((spec.to, text))
        into[spec.into] += list(spec.together.items())
    else:
        new = text
        if spec.value == "address":
            new = _joined(project, entries, spec, found) or with_path(at, text)
        elif spec.value is not None:
            new = _prefixed(at, text, spec.value, found)
        rename(draft, entry, spec.to, None if new == text else new)


def _joined(project: Project, entries: Entries, spec: Argument, found: Built) -> str | None:
    """Address and port given apart: one address."""
    if spec.joins is None:
        return None
    url, port = entries.get("url"), entries.get(spec.joins)
    base = literal(project, At(entries.module, url.value)) if url else "http://localhost"
    number = literal(project, At(entries.module, port.value)) if port else 8080
    if isinstance(base, str) and isinstance(number, int):
        return f'"{base.rstrip("/")}:{number}/v1"'
    if isinstance(number, int) or port is None or isinstance(port.value, ast.Name):
        left = (
            f"{{{entries.module.text(url.value)}}}"
            if url and isinstance(url.value, ast.Name)
            else base
            if isinstance(base, str)
            else None
        )
        right = f"{{{entries.module.text(port.value)}}}" if port and isinstance(port.value, ast.Name) else number
        if left is not None:
            return f'f"{left}:{right}/v1"'
    found.manual.append((entries.at, "url and port are put together in a way that cannot be followed"))
    return None


def with_path(at: At, text: str) -> str:
    """The address with `/v1` behind it."""
    node = at.node
    quoted = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    if quoted and text[-1] in "\"'" and not text.endswith(('"""', "'''")):
        inner = text[:-1].rstrip("/")
        return text if inner.endswith("/v1") else f"{inner}/v1{text[-1]}"
    simple = isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    return (text if simple else f"({text})") + '.rstrip("/") + "/v1"'


def _prefixed(at: At, text: str, value: str | Mapping[str, str], found: Built) -> str:
    node = at.node
    quoted = isinstance(node, ast.Constant) and isinstance(node.value, str) and text[0] in "\"'"
    if isinstance(value, str):
        return f"{text[0]}{value}{text[1:]}" if quoted else f'"{value}" + {text}'
    for old, new in value.items():
        start = text.find(old)
        if 0 < start <= 2 and text[start - 1] in "\"'":
            return text[:start] + new + text[start + len(old) :]
    found.manual.append((at, "the name is put together in a way that cannot be followed"))
    return text
