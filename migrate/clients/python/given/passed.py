"""What callers pass through `**kwargs` of a function to a client's call: each caller writes the successor's names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from migrate.clients.parameters import Given, Spelling, Translation
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.changes import Changes
from migrate.clients.python.edits.drafts import Draft, displayed
from migrate.clients.python.edits.entries import Entries, Entry
from migrate.clients.python.edits.flatten import change, emit_keywords
from migrate.clients.python.given.parameters import Parameters, grammar_parts
from migrate.clients.python.given.spreads import through
from migrate.clients.translating import translate
from migrate.rulebook.clients import ParameterRule

UNSEEN = "parameters that go through **kwargs: write the names of the OpenAI SDK here"
Passing = dict[str, tuple[Given, Entries, Entry]]


@dataclass
class Passed:
    """`gone`: fields that every caller writes now, so that the call itself must not."""

    changes: Changes = field(default_factory=Changes)
    notes: list[tuple[At, str, str]] = field(default_factory=list)
    manual: list[At] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)


def pass_on(
    project: Project, read: Parameters, base: Translation, defaults: Mapping[str, str],
    rules: Mapping[str, ParameterRule], budget: str | None, native: Collection[str],
) -> Passed:  # fmt: skip
    """`base` is what the call itself sends, `defaults` what the old library added, `native` the SDK's own keywords."""
    found = Passed()
    sets = [(keywords, given, _translated(project, read, given, defaults, rules, budget))
            for keywords, entries in read.callers for given in [through(project, entries)]]  # fmt: skip
    fixed = dict(base.added)
    for keywords, given, done in sets:
        new = [pair for pair in done.becomes.values() if pair] + done.added
        found.gone |= {name for name in fixed if (name, fixed[name]) not in new or name in _names(done)}
        if done.manual or given.keys() & {"prompt", "stream", "details", "model", "inputs"}:
            found.manual.append(keywords.at)
        found.notes += [(At(given[note.parameter][1].module, given[note.parameter][2].value), note.rule, note.message)
                        for note in done.notes if note.parameter in given]  # fmt: skip
    extras = any(name not in native for name in (*fixed, *_names(base)))
    for keywords, given, done in sets:
        added = [pair for pair in done.added if pair not in base.added or pair[0] in found.gone]
        outside = [pair for pair in added if pair[0] not in native]
        outside += [pair for name in given if (pair := done.becomes.get(name)) and pair[0] not in native]
        if (outside and extras) or (found.gone and len(sets) < read.callers_seen):
            found.manual.append(keywords.at)
        _write(keywords, given, done, [pair for pair in added if pair[0] in native], outside, found.changes)
    return found


def _names(done: Translation) -> set[str]:
    return {pair[0] for pair in done.becomes.values() if pair}


def _translated(
    project: Project, read: Parameters, given: Passing, defaults: Mapping[str, str],
    rules: Mapping[str, ParameterRule], budget: str | None,
) -> Translation:  # fmt: skip
    """All that is sent where this caller calls, with what it passes under the new names."""

    def grammar(text: str) -> tuple[str, str] | None:
        _, entries, entry = (given if "grammar" in given else read.given)["grammar"]
        return grammar_parts(project, At(entries.module, entry.value))

    known: dict[str, Any] = {name: one for name, (one, _, _) in (*read.given.items(), *given.items())}
    absent = [Given(name, text, int(text)) for name, text in defaults.items() if name not in known]
    done = translate([*known.values(), *absent], dict(rules), Spelling(grammar=grammar), budget=budget)
    for name in defaults:
        pair = done.becomes.pop(name, None) if name not in known else None
        done.added += [pair] if pair else []
    return done


def _write(
    keywords: Entries, given: Passing, done: Translation, added: list[tuple[str, str]],
    outside: list[tuple[str, str]], changes: Changes,
) -> None:  # fmt: skip
    draft = Draft(keywords)
    beyond = {pair[0] for pair in outside}
    for name, (_, _, entry) in given.items():
        pair = done.becomes.get(name)
        change(draft, entry, None if pair and pair[0] in beyond else pair)
    draft.added = list(added)
    if outside:
        draft.added.append(("extra_body", displayed(outside)))
    emit_keywords(draft, changes)
