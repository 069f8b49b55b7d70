"""`response_format` in TGI's form, as a schema in OpenAI's form or as vLLM's own field."""

from __future__ import annotations

import ast

from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.drafts import Draft
from migrate.clients.python.edits.entries import Entries, Entry, entries_of
from migrate.clients.python.edits.report import Group
from migrate.clients.python.given.arguments import seen
from migrate.clients.python.openai.sent import Sent

FORMAT = "client/openai-format"
SCHEMAS = ("json_object", "json", "json_schema")
SCHEMA = '{{"type": "json_schema", "json_schema": {{"name": "answer", "schema": {}}}}}'
REFUSED = "response_format: TGI's form with `value` is refused or ignored by vLLM"


def settle_format(project: Project, place: At, entry: Entry, draft: Draft, sent: Sent, group: Group) -> None:
    """TGI's `{"type": ..., "value": ...}` as a schema in OpenAI's form, or as vLLM's own field."""
    form = seen(project, place)
    kind = form.get("type") if form else None
    said = literal(project, At(form.module, kind.value)) if form and kind else None
    value = form.get("value") if form else None
    if form is not None and value is not None and said in ("regex", *SCHEMAS):
        text = _member(place, form, value)
        if said == "json_schema":
            inner = entries_of(At(form.module, value.value))
            text = f'{text}["schema"]' if inner is None else _inner(place, form, inner, text)
        _constrained(entry, draft, sent, "regex" if said == "regex" else "json", text)
    elif form is not None and sent.wraps and (outer := form.get("json_schema")):
        inner = entries_of(At(form.module, outer.value))
        text = _member(place, form, outer)
        text = f'{text}["schema"]' if inner is None else _inner(place, form, inner, text)
        _constrained(entry, draft, sent, "json", text)
    elif value is not None:
        group.notes.append((place, FORMAT, REFUSED))
    elif form is None:
        settle_where_written(project, place, group)


def settle_where_written(project: Project, place: At, group: Group) -> None:
    """The same for a form that goes through a name or a parameter: each dict display changes where it stands."""
    for value in project.values(place, callers=True):
        form = entries_of(value)
        schema = form.get("value") if form else None
        kind = form.get("type") if form else None
        said = literal(project, At(form.module, kind.value)) if form and kind else None
        if form is None or schema is None:
            continue
        if said in ("json", "json_object") and isinstance(value.node, ast.Dict):
            text = SCHEMA.format(form.module.text(schema.value))
            group.changes.replace(form.module, *form.module.span(value.node), text)
        else:
            group.notes.append((value, FORMAT, REFUSED))


def _constrained(entry: Entry, draft: Draft, sent: Sent, kind: str, text: str) -> None:
    if kind == "regex" or sent.wraps:
        draft.dropped.append(entry)
        sent.extra["structured_outputs"] = f'{{"{kind}": {text}}}'
    else:
        draft.revalued.append((entry, SCHEMA.format(text)))


def _member(place: At, form: Entries, entry: Entry) -> str:
    """The text of a form's entry: as it is written in the call, else read from the name that holds the form."""
    if form.at.node is place.node:
        return form.module.text(entry.value)
    return f'{place.module.text(place.node)}["{entry.name}"]'


def _inner(place: At, form: Entries, inner: Entries, text: str) -> str:
    """The schema inside a form that may be wrapped in its name; TGI takes it bare too."""
    schema = inner.get("schema")
    if schema is None:
        return text
    return form.module.text(schema.value) if form.at.node is place.node else f'{text}["schema"]'
