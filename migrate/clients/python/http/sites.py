"""Calls that send HTTP requests: which address, which body, through which library."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrate.clients.python.addresses.pieces import words
from migrate.clients.python.addresses.texts import UNKNOWN, Address, address, text_of, texts_of
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.clients.python.given.sending import Sending, sending
from migrate.clients.rules import Book
from migrate.rulebook.clients import LibraryRule


@dataclass(frozen=True)
class Site:
    """One call. `url` is the expression of the address, `body` what is sent (None: nothing, or nothing readable)."""

    at: At
    url: ast.expr
    addresses: tuple[Address, ...]  # every one that it can be
    body: ast.expr | None
    encoded: bool
    library: LibraryRule | None
    prepared: bool = False  # the call makes a request that another call sends
    caller: At | None = None  # who calls the helper that sends

    @property
    def place(self) -> At:
        """Where a reader looks for it."""
        return self.caller or self.at

    @property
    def call(self) -> ast.Call:
        assert isinstance(self.at.node, ast.Call)
        return self.at.node

    @property
    def address(self) -> Address:
        return self.addresses[0]

    @property
    def routes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.route for one in self.addresses))

    @property
    def route(self) -> str:
        """The path without slashes around it; an address that ends in its host has the empty route."""
        return self.address.route if len(self.routes) == 1 else UNKNOWN

    @property
    def settled(self) -> bool:
        """Whether the path is known and one."""
        return UNKNOWN not in self.route

    @property
    def server(self) -> tuple[int, str]:
        """What tells the same server in the same module: the address, or how it is written, without its path."""
        base = self.address.base
        known = (
            base if base and UNKNOWN not in base else self.at.module.text(self.url).replace(self.route or UNKNOWN, "")
        )
        return id(self.at.module), known.strip("\"'").rstrip("/")

    @property
    def streams(self) -> bool:
        return self.route == "generate_stream"


def sites(project: Project, module: Module, book: Book, only: ast.Call | None = None) -> Iterator[Site]:
    """The calls of a module that send something to an address; `only`: one of them."""
    for call in module.calls if only is None else [only]:
        sent = sending(project, module, call)
        if sent is None or sent.url is None or (sent.verb == "get" and not _may_fetch(module, sent)):
            continue
        library = _library(project, At(module, sent.func), book.libraries)
        if library is not None or (isinstance(sent.func, ast.Attribute) and "json" in sent.named):
            yield _site(project, At(module, call), sent, sent.url, library)


def _may_fetch(module: Module, sent: Sending) -> bool:
    """Whether a `get` may be a request: most are looked up in a dict."""
    if module.dotted(sent.func) is not None or "url" in sent.named:
        return True
    if isinstance(sent.url, ast.Constant):
        return isinstance(sent.url.value, str) and "/" in sent.url.value
    return isinstance(sent.url, ast.JoinedStr | ast.BinOp)


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


def _site(project: Project, at: At, sent: Sending, url: ast.expr, library: LibraryRule | None) -> Site:
    found = [address(pieces) for pieces in texts_of(project, At(at.module, url))]
    if not all(one.base for one in found) and sent.receiver is not None:
        base = _base(project, At(at.module, sent.receiver), bool(library and library.answer))
        found = [one if one.base else Address(base, one.path, one.pieces) for one in found]
    body, encoded = _body(project, at.module, sent)
    return Site(at, url, tuple(found), body, encoded, library, sent.verb in ("Request", "build_request"))


def _base(project: Project, receiver: At, connection: bool) -> str:
    """The address that a session was made with; a connection is made with a host."""
    for value in project.values(receiver, callers=True):
        if isinstance(value.node, ast.Call):
            given = [keyword.value for keyword in value.node.keywords if keyword.arg in ("base_url", "host")]
            session = name_of(value.node.func) == "ClientSession"
            for one in given or (value.node.args[:1] if session or connection else []):
                text = text_of(project, At(value.module, one))
                if connection:
                    return f"http://{words(text)}"
                found = address(text)
                base = f"http://{found.host}" if UNKNOWN in found.base and found.host else found.base
                return base if not found.path.strip("/") else ""
    return ""


def _body(project: Project, module: Module, sent: Sending) -> tuple[ast.expr | None, bool]:
    if "json" in sent.named:
        return sent.named["json"], False
    for name in ("data", "content", "body"):
        if name in sent.named:
            return _dumped(project, At(module, sent.named[name])), True
    if "files" in sent.named:
        return None, True
    if len(sent.plain) >= 2 and "url" not in sent.named:
        return _dumped(project, At(module, sent.plain[1])), True
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
            name = name_of(node.func)
            if name in ("dumps", "bytes"):
                return node.args[0] if name == "dumps" else _dumped(project, At(value.module, node.args[0]))
    return None


def answered(sent: At, method: str) -> At | None:
    """The call that gives the response to what a connection has sent: the next one on it in the same function."""
    module, call = sent.module, sent.node
    assert isinstance(call, ast.Call)
    if not isinstance(call.func, ast.Attribute):
        return None
    connection, scope = ast.dump(call.func.value), module.scope(call)
    for one in sorted(module.calling(method), key=module.span):
        func = one.func
        same = isinstance(func, ast.Attribute) and ast.dump(func.value) == connection and module.scope(one) is scope
        if same and module.span(one) > module.span(call):
            return At(module, one)
    return None
