"""TGI's routes that generate nothing (/info, /tokenize), OpenAI's on the same server, and those that cannot be seen."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from migrate.clients.python.addresses.texts import UNKNOWN
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.drafts import Draft
from migrate.clients.python.edits.entries import Entries
from migrate.clients.python.edits.flatten import change, emit
from migrate.clients.python.edits.report import Group
from migrate.clients.python.given.sending import chosen
from migrate.clients.python.given.uses import UNSEEN
from migrate.clients.python.http.sites import Site
from migrate.clients.python.http.target import move_info

ALIAS = "tgi"
ALIASES = (ALIAS, "dummy")


def beside(site: Site, bodies: list[Entries], flow: Flow) -> Group | None:
    """A call of /info or /tokenize. `flow` has followed its response."""
    if site.route == "info" and not any(kind == "info" for kind, _ in flow.read):
        return None
    text = f"/{site.route} of TGI becomes vLLM's counterpart"
    group = Group(site.place, f"client/http-{site.route}", text, "endpoint")
    if site.route == "info":
        move_info(site, group)
    elif not bodies or any("inputs" not in body.names() for body in bodies):
        return None
    for body in bodies if site.route == "tokenize" else ():
        _tokenize(body, group, flow.needs)
    group.changes.merge(flow.changes)
    group.notes += flow.notes
    group.manual += [(at, group.rule, f"/{site.route}: {reason}") for at, reason in flow.escapes]
    return group


def _tokenize(body: Entries, group: Group, needs: Mapping[str, str]) -> None:
    draft = Draft(body)
    for entry in body.entries:
        if entry.name == "inputs":
            change(draft, entry, ("prompt", body.module.text(entry.value)))
    draft.added = list(needs.items())
    emit(draft, group.changes)


def named(project: Project, site: Site, body: Entries, ignored: Collection[str], *, launched: bool) -> Group | None:
    """OpenAI's routes stay; the model's name must be one that the server knows, and TGI reads some fields otherwise.

    `ignored`: fields that TGI drops without a word. `launched`: the repository starts the server, which gets the name.
    """
    entry = body.get("model")
    values = [value.node for value in project.values(At(body.module, entry.value))] if entry else []
    names = [node.value for node in values if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    if entry is None or not set(names) & set(ALIASES if launched else (ALIAS,)):
        return None
    text = "the name that is sent, and fields that vLLM reads otherwise than TGI, are settled"
    group = Group(site.place, "client/model-name", text, "model-name")
    group.address = site.address.base or None
    draft = Draft(body)
    if launched:
        group.names = names
    else:
        draft.dropped.append(entry)
        note = f"{ALIAS} is no name that vLLM knows; without one it takes the model that it serves"
        group.notes.append((At(body.module, entry.value), group.rule, note))
    for one in body.entries:
        if one.name in ignored:
            draft.dropped.append(one)
            note = f"{one.name}: TGI ignores it on this route, vLLM obeys it"
            group.notes.append((At(body.module, one.value), "client/openai-ignored", note))
    if body.get("stop") and "include_stop_str_in_output" not in body.names():
        draft.added.append(("include_stop_str_in_output", "True"))
    emit(draft, group.changes)
    return group


def unseen(site: Site) -> Group:
    """TGI's body goes to a path that cannot be seen, or to one of several."""
    function = site.at.module.around(site.at.node, ast.FunctionDef, ast.AsyncFunctionDef)
    group = Group(site.place, "client/address-unseen", "", "endpoint")
    at = At(site.at.module, function or site.at.node)
    text = "the path that this body (inputs, parameters) is sent to cannot be seen"
    if len(site.routes) > 1 and not any(UNKNOWN in route for route in site.routes):
        at = next((one.at for found in site.addresses for one in reversed(found.pieces) if one.at), site.at)
        paths = " or ".join(f"/{route}" for route in site.routes)
        text = f"the path is {paths}, which is decided at run time: the body (inputs, parameters) differs"
    group.manual.append((at, group.rule, text))
    return group


def undecided(module: Module) -> Iterator[Group]:
    """Requests whose function is chosen at run time."""
    for call in module.calls:
        text = ast.unparse(call) if chosen(call) else ""
        if "inputs" in text and "/generate" in text:
            group = Group(At(module, call), UNSEEN, "", "endpoint")
            reason = "getattr: the request's function is chosen at run time; its body (inputs, parameters) stays"
            group.manual.append((group.at, UNSEEN, reason))
            yield group
