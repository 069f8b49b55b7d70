"""What a call on a client's object gives back: its form, and where it is read."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from migrate.clients.parameters import UNKNOWN
from migrate.clients.python.answers.awaiting import awaited, promised
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.project import At
from migrate.clients.python.given.parameters import Parameters
from migrate.clients.python.http.streams import whole
from migrate.clients.python.libraries.converted import Converted
from migrate.rulebook.constructors import Call, Form


def form_of(at: At, spec: Call, special: Mapping[str, Any], found: Converted, rule: str) -> tuple[Form, bool] | None:
    """The form of the answer by what the call asks for, and whether it is a stream; None where none is known."""
    if not spec.results:
        return Form(gives=spec.gives or "text"), bool(spec.fixed)
    flags = {}
    for name in ("stream", "details"):
        value = special[name][0].literal if name in special else False
        if value is UNKNOWN:
            found.manual.append((at, rule, f"{name} is decided at run time, and with it what comes back"))
        flags[name] = bool(value)
    for form in spec.results:
        if all(flags[name] == value for name, value in form.when.items()):
            return form, flags["stream"]
    return None


def lead(spec: Call, read: Parameters, special: Mapping[str, Any]) -> str | None:
    """What TGI's whole text of a stream starts with: nothing, or the prompt; None where that cannot be repeated."""
    said = read.given.get("return_full_text")
    asked = spec.root if said is None or said[0].literal is None else said[0].literal
    prompt = special["prompt"][0]
    return '""' if asked is False else prompt.text if asked is True and prompt.simple else None


def reply(flow: Flow, at: At, spec: Call, form: Form, waits: bool, start: str | None) -> None:
    """Follows the answer, or gives it its old form. `waits`: the client is asynchronous; `start`: see `lead`."""
    parent = at.module.parents[at.node]
    if form.gives:
        flow.follow(at, form.gives)
        for place, read in flow.wholes:
            whole(flow, place, read, ".choices[0].text", start or '""')
            if start is None:
                flow.escapes.append((read, "generated_text of the last event holds the prompt too: join the pieces"))
    elif waits and not isinstance(parent, ast.Await):
        promised(flow, at, form.suffix, form.pieces)
    else:
        _shaped(flow, at, form)
    if spec.awaits and not isinstance(parent, ast.Await):
        awaited(flow, at)


def _shaped(flow: Flow, at: At, form: Form) -> None:
    """The old form of the answer, written around the call: its text, or the pieces of a stream."""
    parent = at.module.parents[at.node]
    outer = parent if isinstance(parent, ast.Await) else at.node
    assert isinstance(outer, ast.expr)
    waiting = outer is parent
    if form.pieces:
        loop = "async for" if waiting else "for"
        text = f"(chunk.{form.pieces} {loop} chunk in {{base}})"
    else:
        text = f"({{base}}){form.suffix}" if waiting else f"{{base}}{form.suffix}"
    flow.changes.wrap(at.module, outer, outer, text)
