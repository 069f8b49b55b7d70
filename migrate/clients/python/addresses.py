"""Addresses as arguments: the path of the new API behind them, host and port put together."""

from __future__ import annotations

import ast

from migrate.clients.python.entries import Entries
from migrate.clients.python.given import literal
from migrate.clients.python.project import At, Project


def joined(project: Project, entries: Entries, other: str) -> str | None:
    """Host and port given apart (`url` and the argument `other`) as one address; None: they cannot be followed."""
    url, port = entries.get("url"), entries.get(other)
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
