"""TGI's routes that generate nothing (/info, /tokenize), OpenAI's on the same server, and paths that cannot be seen."""

from __future__ import annotations

import ast

from migrate.clients.python.entries import Draft, Entries
from migrate.clients.python.flatten import change
from migrate.clients.python.flow import Flow
from migrate.clients.python.project import At, Project
from migrate.clients.python.report import Group
from migrate.clients.python.sites import Site
from migrate.clients.python.target import move_info

ALIASES = ("tgi", "dummy")


def beside(site: Site, bodies: list[Entries], flow: Flow) -> Group | None:
    """A call of /info or /tokenize. `flow` has followed its response."""
    if site.route == "info" and not any(kind == "info" for kind, _ in flow.read):
        return None
    text = f"/{site.route} of TGI becomes vLLM's counterpart"
    group = Group(site.at, f"client/http-{site.route}", text, "endpoint")
    if site.route == "info":
        move_info(site, group)
    elif not bodies or any("inputs" not in body.names() for body in bodies):
        return None
    for body in bodies if site.route == "tokenize" else ():
        _tokenize(body, group)
    group.changes.merge(flow.changes)
    group.manual += [(at, group.rule, f"/{site.route}: {reason}") for at, reason in flow.escapes]
    return group


def _tokenize(body: Entries, group: Group) -> None:
    draft = Draft(body)
    for entry in body.entries:
        if entry.name == "inputs":
            change(draft, entry, ("prompt", body.module.text(entry.value)))
    for start, end, text in draft.edits():
        group.changes.replace(body.module, start, end, text)


def named(project: Project, site: Site, bodies: list[Entries]) -> Group | None:
    """OpenAI's routes stay; only the model's name matters to the launch."""
    for body in bodies:
        entry = body.get("model")
        for value in project.values(At(body.module, entry.value)) if entry else ():
            if isinstance(value.node, ast.Constant) and value.node.value in ALIASES:
                group = Group(site.at, "client/model-name", "", "model-name")
                group.names, group.address = [value.node.value], site.address.base or None
                return group
    return None


def unseen(site: Site) -> Group:
    """TGI's body goes to a path that cannot be seen."""
    function = site.at.module.around(site.at.node, ast.FunctionDef, ast.AsyncFunctionDef)
    group = Group(site.at, "client/address-unseen", "", "endpoint")
    at = At(site.at.module, function or site.at.node)
    group.manual.append((at, group.rule, "the path that this body (inputs, parameters) is sent to cannot be seen"))
    return group
