"""What a call really passes: arguments that `partial` fixed before, and those that `**` brings in from a dict."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.clients.python.edits.entries import entries_of

EVENTS = ("connect_sse", "aconnect_sse")  # functions that are given the client
VERBS = frozenset({"post", "get", "put", "request", "stream", "urlopen", "Request", "build_request", "fetch", *EVENTS})
_METHOD = re.compile(r"[A-Z]+")


@dataclass(frozen=True)
class Sending:
    """`func` is what is called in the end, `args` and `named` everything that it gets."""

    func: ast.expr
    args: tuple[ast.expr, ...]
    named: dict[str, ast.expr]

    @property
    def verb(self) -> str:
        return name_of(self.func)

    @property
    def receiver(self) -> ast.expr | None:
        """The session or client that sends."""
        if self.verb in EVENTS:
            return self.named.get("client") or (self.args[0] if self.args else None)
        return self.func.value if isinstance(self.func, ast.Attribute) else None

    @property
    def url(self) -> ast.expr | None:
        for name in ("url", "fullurl"):
            if name in self.named:
                return self.named[name]
        return self.plain[0] if self.plain else None

    @property
    def plain(self) -> tuple[ast.expr, ...]:
        """The positional arguments behind an HTTP method's name."""
        args = self.args[1:] if self.verb in EVENTS and "client" not in self.named else self.args
        first = args[0] if args else None
        method = isinstance(first, ast.Constant) and isinstance(first.value, str) and _METHOD.fullmatch(first.value)
        return args[1:] if method else args


def sending(project: Project, module: Module, call: ast.Call) -> Sending | None:
    """None: a call that sends nothing."""
    fixed = _fixed(project, module, call)
    func = fixed.args[0] if fixed else call.func
    before = (*fixed.args[1:],) if fixed else ()
    args = tuple(arg for arg in (*before, *call.args) if not isinstance(arg, ast.Starred))
    found = Sending(func, args, {})
    verb = found.verb
    if isinstance(func, ast.Name):
        verb = module.imports.get(verb, "").split(".")[-1]
    if verb not in VERBS:
        return None
    if verb == "urlopen" and args:
        found = Sending(func, (_requested(project, module, args[0]), *args[1:]), {})
    for keyword in [*(fixed.keywords if fixed else ()), *call.keywords]:
        found.named.update({keyword.arg: keyword.value} if keyword.arg else _spread(project, module, keyword.value))
    return found


def _fixed(project: Project, module: Module, call: ast.Call) -> ast.Call | None:
    """The `partial(...)` that made the function which is called."""
    if "functools" not in {dotted.split(".")[0] for dotted in module.imports.values()}:
        return None
    for value in project.values(At(module, call.func)) if isinstance(call.func, ast.Name | ast.Attribute) else ():
        node = value.node if value.module is module else None
        if isinstance(node, ast.Call) and node.args and module.dotted(node.func) == "functools.partial":
            return node
    return None


def _requested(project: Project, module: Module, first: ast.expr) -> ast.expr:
    """The address of the `Request` that is opened, where it was made in the same module."""
    for value in project.values(At(module, first)):
        node = value.node if value.module is module else None
        if isinstance(node, ast.Call) and len(node.args) == 1 and not _has_body(node):
            name = name_of(node.func)
            return node.args[0] if name == "Request" else first
    return first


def _has_body(call: ast.Call) -> bool:
    return any(keyword.arg in ("data", None) for keyword in call.keywords)


def _spread(project: Project, module: Module, value: ast.expr) -> dict[str, ast.expr]:
    values = project.values(At(module, value))
    entries = entries_of(values[0]) if len(values) == 1 and values[0].module is module else None
    return {entry.name: entry.value for entry in entries.entries if entry.name} if entries else {}


def chosen(call: ast.Call) -> bool:
    """Whether a library's function is chosen by a name at run time: `getattr(requests, verb)(...)`."""
    made = call.func
    if not isinstance(made, ast.Call) or not isinstance(made.func, ast.Name) or made.func.id != "getattr":
        return False
    words = {keyword.arg for keyword in call.keywords}
    return bool(words & {"json", "data", "content"}) and len(made.args) >= 2
