"""Addresses as arguments: the path of the new API behind them, host and port put together."""

from __future__ import annotations

import ast
import re

from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.entries import Entries, Entry
from migrate.rulebook.constructors import Joined


def joined(project: Project, entries: Entries, name: str, other: Joined) -> str:
    """Host and port given apart (the argument `name` and another) as one address."""
    url, port = entries.get(name), entries.get(other.argument)
    base = literal(project, At(entries.module, url.value)) if url else other.host
    number = literal(project, At(entries.module, port.value)) if port else other.port
    left = _hole(entries, url) or (base.rstrip("/") if isinstance(base, str) else None)
    right = _hole(entries, port) or (str(number) if isinstance(number, int) else None)
    if isinstance(base, str) and base.endswith("/"):
        left = base.rstrip("/")
    if left and right:
        return f'{_mark(left + right)}"{left}:{right}/v1"'
    if right:
        return f'{_host(entries, url)}.rstrip("/") + {_mark(right)}":{right}/v1"'
    first = f'{_mark(left)}"{left}:"' if left else f'{_host(entries, url)}.rstrip("/") + ":"'
    return f'{first} + str({entries.module.text(port.value) if port else other.port}) + "/v1"'


def _mark(text: str) -> str:
    return "f" if "{" in text else ""


def _hole(entries: Entries, entry: Entry | None) -> str | None:
    """A part of an f-string; None where its text has quotes of its own."""
    text = entries.module.text(entry.value) if entry else ""
    if entry and isinstance(entry.value, ast.JoinedStr) and re.fullmatch(r'f"[^"\\]+"', text):
        return text[2:-1].rstrip("/")
    plain = entry is not None and isinstance(entry.value, ast.Name | ast.Attribute)
    return f"{{{text}}}" if plain and not re.search(r"[\"'\\]", text) else None


def _host(entries: Entries, entry: Entry | None) -> str:
    text = entries.module.text(entry.value) if entry else ""
    simple = entry and isinstance(entry.value, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.JoinedStr)
    return text if simple else f"({text})"


def with_path(at: At, text: str) -> str:
    """The address with `/v1` behind it."""
    node = at.node
    quoted = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    if quoted and text[-1] in "\"'" and not text.endswith(('"""', "'''")):
        inner = text[:-1].rstrip("/")
        return text if inner.endswith("/v1") else f"{inner}/v1{text[-1]}"
    simple = isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    return (text if simple else f"({text})") + '.rstrip("/") + "/v1"'
