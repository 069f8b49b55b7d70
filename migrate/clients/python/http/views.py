"""A helper that posts whatever it is given, looked at from each of its callers: path, body and answer go together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Function, parameters
from migrate.clients.python.edits.report import Group
from migrate.clients.python.http.sites import Site, sites
from migrate.clients.rules import Book

DEPTH = 3  # helpers that call helpers
MOST = 16  # callers; what more call is a library's own way to send, and none of them is looked at
WORDS = ("/generate", "generate_stream", '"generate', "'generate", "/info", "/tokenize")


def views(project: Project, module: Module, book: Book) -> Iterator[tuple[Project, Site]]:
    """The calls of a module that send something, each with the project as it is to be seen for it."""
    for site in sites(project, module, book):
        yield from _split(project, site, book, site.at, DEPTH)


def _split(project: Project, site: Site, book: Book, at: At, depth: int) -> Iterator[tuple[Project, Site]]:
    """One view for each caller where the callers decide the path, else the call as it is."""
    function = at.module.around(at.node, ast.FunctionDef, ast.AsyncFunctionDef)
    callers = [] if site.settled or not depth or site.body is None else _callers(project, at, function, site)
    if not callers:
        yield project, site
        return
    assert function is not None
    home = At(at.module, function)
    for caller in callers:
        seen = project.seen_from(home, caller)
        again = next((one for one in sites(seen, site.at.module, book, site.call)), None)
        if again is not None:
            yield from _split(seen, replace(again, caller=caller), book, caller, depth - 1)


def _callers(project: Project, at: At, function: ast.AST | None, site: Site) -> list[At]:
    """The callers that decide what is sent; none where a parameter has no part in it, or where one is not seen."""
    if not isinstance(function, Function) or not _depends(at, function, site):
        return []
    callers = project.callers(At(at.module, function))
    if len(callers) > MOST or not all(isinstance(caller.node, ast.Call) for caller in callers):
        return []
    modules = {id(one): one for one in (site.at.module, *(caller.module for caller in callers))}
    return callers if any(word in one.fragment.text for word in WORDS for one in modules.values()) else []


def _depends(at: At, function: Function, site: Site) -> bool:
    """Whether a parameter of the function goes into the address, or into the call of the helper that sends."""
    given = {arg.arg for arg, _ in parameters(function)} - {"self", "cls"}
    waiting: list[ast.AST] = [site.url if at == site.at else at.node]
    seen: set[str] = set()
    while waiting:
        names = [node for node in ast.walk(waiting.pop()) if isinstance(node, ast.Name) and node.id not in seen]
        for name in names:
            if name.id in given:
                return True
            seen.add(name.id)
            waiting += [one.value for one in at.module.bound(name) if one.value is not None and one.kind == "assign"]
    return False


def agreed(pairs: list[tuple[Site, Group | None]]) -> list[Group]:
    """The groups of one call's views; a change inside of the helper must be right for every caller."""
    groups = [group for _, group in pairs if group is not None]
    if len(pairs) < 2:
        return groups
    site = pairs[0][0]
    function = site.at.module.around(site.at.node, ast.FunctionDef, ast.AsyncFunctionDef)
    assert function is not None
    start, end = site.at.module.span(function)
    common = set.intersection(*(group.changes.texts() for group in groups)) if groups else set()
    for group in groups:
        inside = {
            place for place in group.changes.texts()
            if place[0] == id(site.at.module) and start <= place[1] and place[2] <= end
        }  # fmt: skip
        if inside and (len(groups) != len(pairs) or inside - common) and not group.manual:
            text = "the helper that sends this request is shared with calls that stay as they are"
            group.manual.append((group.at, group.rule, text))
    return groups
