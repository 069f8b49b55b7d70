"""What TGI's completions did unasked: without a limit they fill the context, and their streams end with the usage."""

from __future__ import annotations

import ast

from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import is_none
from migrate.clients.python.edits.report import Group
from migrate.clients.python.openai.sent import Sent

LIMIT = "TGI 3 fills the context where max_tokens is absent, vLLM stops after 16 tokens: write max_tokens"
USAGE = (
    "the last event of TGI's completions carries usage unasked; vLLM sends it with stream_options (include_usage), in "
    "an event of its own that has no choices"
)


def limit(project: Project, sent: Sent, budget: str | None, group: Group) -> None:
    """Completions without a limit, or with one that may be None."""
    pair = sent.find("max_tokens")
    if pair is None and (sent.has("max_tokens") or sent.open):
        return
    place = At(pair[0].entries.module, pair[1].value) if pair else sent.holders[0].at
    absent = pair is None or literal(project, place) is None
    bounded = isinstance(place.node, ast.BoolOp) and isinstance(place.node.values[-1], ast.Constant)
    if bounded or (not absent and not any(is_none(one.node) for one in project.values(place))):
        return
    if budget is None:
        found = group.manual if absent else group.notes
        found.append((place, "client/parameter-max-new-tokens", LIMIT))
    elif pair is None:
        sent.main.added.append(("max_tokens", budget))
    else:
        text = budget if absent else f"{place.module.text(place.node)} or {budget}"
        pair[0].revalued.append((pair[1], text))


def usage(sent: Sent, group: Group) -> None:
    """Where the last event of a stream is asked for the usage."""
    module = sent.holders[0].module
    read = [one for one in module.attributes.get("usage", []) if isinstance(one.ctx, ast.Load)]
    if not sent.has("stream_options") and read:
        group.notes.append((At(module, read[0]), "client/openai-usage", USAGE))
