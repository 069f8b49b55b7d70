"""The temperature that an object is made with, where the old class sent none, or 1.0, which may have been greedy."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.drafts import Draft
from migrate.clients.python.edits.entries import Entry
from migrate.rulebook.constructors import ConstructorRule


def settle_temperature(
    project: Project, rule: ConstructorRule, drafts: Sequence[Draft], given: Collection[str]
) -> None:
    """1.0 was greedy unless something else made TGI sample. `given` are the arguments that count, by name."""
    names = rule.keeps.narrowing if rule.keeps else []
    held = {one.name: (draft, one) for draft in drafts for one in draft.entries.entries if one.name in given}
    if not names or "temperature" not in held:
        return
    draft, entry = held["temperature"]
    value = _literal(project, draft, entry)
    samples = any(
        _literal(project, *held[name]) is not None if name in held else _unasked(rule, name) for name in names
    )
    samples = samples or ("do_sample" in held and _literal(project, *held["do_sample"]) is not False)
    if value is None or (value == 1.0 and not samples):
        draft.revalued.append((entry, "1.0" if samples else "0"))


def _literal(project: Project, draft: Draft, entry: Entry) -> object:
    return literal(project, At(draft.entries.module, entry.value))


def _unasked(rule: ConstructorRule, name: str) -> bool:
    """Whether the class sends an argument that is absent."""
    spec = rule.arguments[name]
    return spec.default is not None or spec.always
