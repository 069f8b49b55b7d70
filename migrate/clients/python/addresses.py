"""Addresses as arguments: the path of the new API behind them, host and port put together."""

from __future__ import annotations

import ast

from migrate.clients.python.entries import Entries, Entry
from migrate.clients.python.given import literal
from migrate.clients.python.project import At, Project
from migrate.rulebook.clients import Joined


def joined(project: Project, entries: Entries, name: str, other: Joined) -> str | None:
    """Host and port given apart (the argument `name` and another) as one address; None: they cannot be followed."""
    url, port = entries.get(name), entries.get(other.argument)
    base = literal(project, At(entries.module, url.value)) if url else other.host
    number = literal(project, At(entries.module, port.value)) if port else other.port
    if isinstance(base, str) and isinstance(number, int):
        return f'"{base.rstrip("/")}:{number}/v1"'
    left = _hole(entries, url) or (base.rstrip("/") if isinstance(base, str) else None)
    right = _hole(entries, port) or (number if isinstance(number, int) else None)
    return f'f"{left}:{right}/v1"' if left and right else None


def _hole(entries: Entries, entry: Entry | None) -> str | None:
    return f"{{{entries.module.text(entry.value)}}}" if entry and isinstance(entry.value, ast.Name) else None


def with_path(at: At, text: str) -> str:
    """The address with `/v1` behind it."""
    node = at.node
    quoted = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    if quoted and text[-1] in "\"'" and not text.endswith(('"""', "'''")):
        inner = text[:-1].rstrip("/")
        return text if inner.endswith("/v1") else f"{inner}/v1{text[-1]}"
    simple = isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    return (text if simple else f"({text})") + '.rstrip("/") + "/v1"'
