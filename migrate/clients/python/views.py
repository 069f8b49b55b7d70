"""A helper that posts whatever it is given, looked at from each of its callers: path, body and answer go together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from migrate.clients.python.module import Module
from migrate.clients.python.project import At, Project
from migrate.clients.python.report import Group
from migrate.clients.python.scopes import Function
from migrate.clients.python.sites import Site, sites
from migrate.clients.rules import Book

DEPTH = 3  # helpers that call helpers


def views(project: Project, module: Module, book: Book) -> Iterator[tuple[Project, Site]]:
    """The calls of a module that send something, each with the project as it is to be seen for it."""
    for site in sites(project, module, book):
        yield from _split(project, site, book, site.at, DEPTH)


def _split(project: Project, site: Site, book: Book, at: At, depth: int) -> Iterator[tuple[Project, Site]]:
    """One view for each caller where the callers decide the path, else the call as it is."""
    function = at.module.around(at.node, ast.FunctionDef, ast.AsyncFunctionDef)
    if site.settled or depth == 0 or not isinstance(function, Function):
        yield project, site
        return
    home = At(at.module, function)
    callers = [caller for caller in project.callers(home) if isinstance(caller.node, ast.Call)]
    if not callers or len(callers) != len(project.callers(home)):
        yield project, site
        return
    for caller in callers:
        seen = project.seen_from(home, caller)
        again = next((one for one in sites(seen, site.at.module, book, site.call)), None)
        if again is not None:
            yield from _split(seen, replace(again, caller=caller), book, caller, depth - 1)


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
