"""Calls that send HTTP requests: which address, which body, through which library."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrate.clients.python.module import Module
from migrate.clients.python.project import At, Project
from migrate.clients.python.texts import Address, address, text_of
from migrate.clients.rules import Book
from migrate.rulebook.clients import LibraryRule

VERBS = frozenset({"post", "get", "put", "request", "stream", "urlopen", "Request", "fetch"})
_METHOD = re.compile(r"[A-Z]+")


@dataclass(frozen=True)
class Site:
    """One call. `url` is the expression of the address, `body` what is sent (None: nothing, or nothing readable)."""

    at: At
    url: ast.expr
    address: Address
    body: ast.expr | None
    encoded: bool
    library: LibraryRule | None

    @property
    def call(self) -> ast.Call:
        assert isinstance(self.at.node, ast.Call)
        return self.at.node

    @property
    def route(self) -> str:
        """The path without slashes around it; an address that ends in its host has the empty route."""
        return self.address.path.strip("/")

    @property
    def prepared(self) -> bool:
        """Whether the call makes a request that another call sends."""
        func = self.call.func
        return (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")) == "Request"

    @property
    def streams(self) -> bool:
        return self.route == "generate_stream"


def sites(project: Project, module: Module, book: Book) -> Iterator[Site]:
    """The calls of a module that send something to an address."""
    for call in module.calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        imported = module.imports.get(name, "").split(".")[-1] if isinstance(call.func, ast.Name) else name
        if imported not in VERBS:
            continue
        if name == "get" and not _may_fetch(module, call):
            continue
        library = _library(project, At(module, call.func), book.libraries)
        if library is None and not (
            isinstance(call.func, ast.Attribute) and any(k.arg == "json" for k in call.keywords)
        ):
            continue
        url = _url(call)
        if url is not None:
            yield _site(project, At(module, call), url, library)


def _may_fetch(module: Module, call: ast.Call) -> bool:
    """Whether a `get` may be a request: most are looked up in a dict."""
    url = _url(call)
    if module.dotted(call.func) is not None or any(keyword.arg == "url" for keyword in call.keywords):
        return True
    if isinstance(url, ast.Constant):
        return isinstance(url.value, str) and "/" in url.value
    return isinstance(url, ast.JoinedStr | ast.BinOp)


def _url(call: ast.Call) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg in ("url", "fullurl"):
            return keyword.value
    plain = [arg for arg in call.args if not isinstance(arg, ast.Starred)]
    if (
        plain
        and isinstance(plain[0], ast.Constant)
        and isinstance(plain[0].value, str)
        and _METHOD.fullmatch(plain[0].value)
    ):
        plain = plain[1:]
    return plain[0] if plain else None


def _library(project: Project, func: At, libraries: Mapping[str, LibraryRule]) -> LibraryRule | None:
    """The library that a function or a session's method is of."""
    assert isinstance(func.node, ast.expr)
    dotted = project.foreign(func.module, func.node)
    if dotted is None and isinstance(func.node, ast.Attribute):
        for value in project.values(At(func.module, func.node.value), callers=True):
            made = value.node.func if isinstance(value.node, ast.Call) else getattr(value.node, "annotation", None)
            dotted = project.foreign(value.module, made) if made is not None else None
            if dotted:
                break
    if dotted is None:
        return None
    return libraries.get(dotted.split(".")[0])


def _site(project: Project, at: At, url: ast.expr, library: LibraryRule | None) -> Site:
    call = at.node
    assert isinstance(call, ast.Call)
    pieces = text_of(project, At(at.module, url))
    found = address(pieces)
    if not found.base and isinstance(call.func, ast.Attribute):
        base = _base(project, At(at.module, call.func.value))
        found = Address(base, found.path, pieces)
    body, encoded = _body(project, at, call)
    return Site(at, url, found, body, encoded, library)


def _base(project: Project, receiver: At) -> str:
    """The address that a session was made with."""
    for value in project.values(receiver, callers=True):
        if isinstance(value.node, ast.Call):
            for keyword in value.node.keywords:
                if keyword.arg == "base_url":
                    found = address(text_of(project, At(value.module, keyword.value)))
                    return found.base if not found.path.strip("/") else ""
    return ""


def _body(project: Project, at: At, call: ast.Call) -> tuple[ast.expr | None, bool]:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "json" in given:
        return given["json"], False
    for name in ("data", "content", "body"):
        if name in given:
            return _dumped(project, At(at.module, given[name])), True
    if "files" in given:
        return None, True
    plain = [arg for arg in call.args if not isinstance(arg, ast.Starred)]
    if len(plain) == 2 and _url(call) is plain[0]:
        return _dumped(project, At(at.module, plain[1])), True
    return None, False


def _dumped(project: Project, at: At) -> ast.expr | None:
    """What `json.dumps` is given, through `.encode()` and names of the same module."""
    for value in project.values(at):
        node = value.node
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "encode":
            node = node.func.value
            found = project.values(At(value.module, node))
            node = found[0].node
        if isinstance(node, ast.Call) and node.args and value.module is at.module:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("dumps", "bytes"):
                return node.args[0] if name == "dumps" else _dumped(project, At(value.module, node.args[0]))
    return None
