"""Python files that name packages: setup.py, calls that install, and a script's own list (PEP 723)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from migrate.dependencies.lines import Place
from migrate.dependencies.tables import quoted, strings

_NEEDS = re.compile(r"require|depend", re.IGNORECASE)
_SCRIPT = re.compile(r"^# /// script[ \t]*\r?\n(?P<block>(?:#(?: [^\n]*)?\n)+?)# ///", re.MULTILINE)
_LIST = re.compile(r"^#[ \t]*dependencies[ \t]*=[ \t]*\[(?P<list>(?:[^\]\"']|\"[^\"\n]*\"|'[^'\n]*')*)\]", re.MULTILINE)
_INSTALL = re.compile(
    r"(?:\b(?:uv_)?pip_install|\bsession\.install)\(|"
    r"[\"'](?:uv|[\w./]*pip[\d.]*)[\"'],\s*(?:[\"']pip[\"'],\s*)?[\"'](?:install|add)[\"']"
)
_ARGUMENTS = re.compile(r"(?:[\s,*]|#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'|\[(?=[\s\"'])|[\w.]+(?![\w.]*[(=\[]))*")


def installs(text: str) -> bool:
    """Whether a program, or a list of words in another file, has a command that installs packages, or a list."""
    return _INSTALL.search(text) is not None or _SCRIPT.search(text) is not None


def commands(text: str, package: str) -> Iterator[Place]:
    """The entries of a package in `["pip", "install", ...]`, `session.install(...)`, `pip_install(...)`."""
    for call in _INSTALL.finditer(text):
        end = _ARGUMENTS.match(text, call.end())
        for match in strings(text, package, call.end(), end.end() if end else call.end()):
            yield quoted(text, match, f"call {call.start()}")


def script(text: str, package: str) -> Iterator[Place]:
    """The entries of a package in a script's own list of what it needs."""
    block = _SCRIPT.search(text)
    found = _LIST.search(text, block.start("block"), block.end("block")) if block else None
    if found:
        for match in strings(text, package, *found.span("list")):
            yield quoted(text, match, "script")


def setup(text: str, package: str) -> Iterator[Place]:
    """The entries of a package in setup.py: texts in lists, but for those of `keywords=`, `packages=` and others."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    lines = [0, *(match.end() for match in re.finditer("\n", text))]
    wanted = dict(_texts(tree, "", lines, text))
    for match in strings(text, package):
        if match.start() in wanted:
            yield quoted(text, match, wanted[match.start()])


def _texts(node: ast.AST, listed: str, lines: list[int], text: str) -> Iterator[tuple[int, str]]:
    """Where texts in lists start, with a name for the list."""
    plain = ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict
    if isinstance(node, ast.keyword) and not _NEEDS.search(node.arg or "") and isinstance(node.value, plain):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if listed:
            line = lines[node.lineno - 1]
            row = text[line:].partition("\n")[0]
            yield line + len(row.encode("utf-8", "surrogatepass")[: node.col_offset].decode("utf-8", "ignore")), listed
        return
    inside = isinstance(node, ast.List | ast.Tuple | ast.Set)
    name = f"list {vars(node)['lineno']} {vars(node)['col_offset']}" if inside else ""
    for child in node.values if isinstance(node, ast.Dict) else ast.iter_child_nodes(node):
        yield from _texts(child, name, lines, text)
