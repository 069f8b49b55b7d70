"""A request body of TGI as a body of vLLM's completions route, in place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from migrate.clients.parameters import Given, Note, Spelling, Translation
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.changes import Changes
from migrate.clients.python.edits.drafts import Draft
from migrate.clients.python.edits.entries import Entries, Entry
from migrate.clients.python.edits.flatten import change, emit, emit_keywords, flatten
from migrate.clients.python.given.bodies import stored
from migrate.clients.python.given.displays import read_parameters
from migrate.clients.python.given.later import Later
from migrate.clients.python.given.parameters import Parameters, grammar_parts
from migrate.clients.python.given.parts import LIMIT, Part, Way, fit, limited, parts_of, sent, ways
from migrate.clients.python.given.uses import unreadable, uses
from migrate.clients.translating import translate
from migrate.rulebook.clients import ParameterRule

FIELDS = frozenset({"inputs", "parameters", "stream", "model"})
PYTHON = Spelling()
JSON = Spelling(true="true", false="false", null="null")


@dataclass
class Body:
    """What became of a request: its changes, notes with their places, model names that it sends now."""

    changes: Changes = field(default_factory=Changes)
    notes: list[tuple[At, Note]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    @property
    def manual(self) -> bool:
        return any(note.manual for _, note in self.notes)


@dataclass(frozen=True)
class Wanted:
    """What the new request needs besides its parameters."""

    added: tuple[tuple[str, str], ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    echo: bool = False  # the old route put the prompt in front
    streams: bool = False
    budget: str | None = None


def rewrite(
    project: Project, body: Entries, rules: dict[str, ParameterRule], wanted: Wanted, language: Spelling = PYTHON
) -> Body:
    """The body with `inputs` and `parameters` as a completions body."""
    found = Body()
    unknown = sorted(body.names() - FIELDS)
    found.notes += [unreadable(body.at, name, "no field of TGI's request") for name in unknown]
    if any(entry.name is None for entry in body.entries):
        found.notes.append(unreadable(body.at, "**", "what it brings into the body cannot be seen"))
    read: list[Parameters | None] = [*read_parameters(project, body)] or [None]
    read = [None, *read] if "parameters" in body.maybe and read != [None] else read
    done = [_translated(project, body, one, rules, wanted, language, found) for one in read]
    if not found.manual:
        _write(project, body, list(zip(read, done, strict=True)), wanted, found)
    return found


def _translated(
    project: Project, body: Entries, read: Parameters | None, rules: dict[str, ParameterRule], wanted: Wanted,
    language: Spelling, found: Body,
) -> Translation:  # fmt: skip
    """One set of parameters under vLLM's names, with its notes at their places."""
    given = {} if read is None else read.given
    spelling = replace(language, grammar=partial(_grammar, project, given))
    done = translate(read.known() if read else [], rules, spelling, budget=wanted.budget, parameters=read is not None)
    _full_text(given, done, wanted, body, found, spelling.true)
    if read is not None:
        _parts(project, read, done, rules, wanted, language, found)
    if read is not None and any(note.manual for _, note in read.notes):
        done.notes = [note for note in done.notes if note.parameter != LIMIT or LIMIT in given]
    place = {name: At(entries.module, entry.value) for name, (_, entries, entry) in given.items()}
    found.notes += [(place.get(note.parameter, body.at), note) for note in done.notes]
    found.notes += read.notes if read else []
    found.names += done.names
    return done


def _parts(
    project: Project, read: Parameters, base: Translation, rules: dict[str, ParameterRule], wanted: Wanted,
    language: Spelling, found: Body,
) -> None:  # fmt: skip
    """What callers pass through `**kwargs`, what stands under conditions, and what must be said with it."""
    choices = [(choice, parts_of(project, choice)) for choice in read.chosen()]
    if not choices:
        return
    several = ways(choices)

    def done(way: Way) -> Translation:
        given = {**read.given, **{name: one for part in way for name, one in part.given.items()}}
        spelling = replace(language, grammar=partial(_grammar, project, given))
        return translate(sent(read, way), rules, spelling, budget=wanted.budget)

    for part in (one for _, parts in choices for one in parts):
        alone = done((part,))
        part.becomes, part.added = alone.becomes, [pair for pair in alone.added if pair not in base.added]
        place = {name: At(entries.module, entry.value) for name, (_, entries, entry) in part.given.items()}
        found.notes += [(place[note.parameter], note) for note in alone.notes if note.parameter in place]
        found.names += [name for name in alone.names if name not in found.names]
    if limited(read, several):
        base.notes = [note for note in base.notes if note.parameter != LIMIT or LIMIT in read.given]
    if not several:
        found.notes.append(unreadable(choices[0][1][0].keywords.at, "**", "it is put together in too many ways"))
    found.notes += fit(read, base, {way: done(way) for way in several})
    for part in (one for _, parts in choices for one in parts):
        _write_part(project, part, found)


def _write_part(project: Project, part: Part, found: Body) -> None:
    draft = Draft(part.keywords)
    for name, (_, _, entry) in part.given.items():
        change(draft, entry, part.becomes.get(name))
    draft.added = part.added
    emit_keywords(draft, found.changes)
    renames = {name: pair[0] for name, pair in part.becomes.items() if pair}
    if trouble := uses(project, part.keywords, renames, found.changes, alone=True):
        found.notes.append(trouble)


def _grammar(project: Project, given: dict[str, tuple[Given, Entries, Entry]], text: str) -> tuple[str, str] | None:
    _, entries, entry = given["grammar"]
    return grammar_parts(project, At(entries.module, entry.value))


def _full_text(
    given: dict[str, tuple[Given, Entries, Entry]],
    done: Translation,
    wanted: Wanted,
    body: Entries,
    found: Body,
    true: str,
) -> None:
    said = given.get("return_full_text")
    if wanted.streams:
        if said:
            done.becomes["return_full_text"] = None
            done.notes = [note for note in done.notes if note.parameter != "return_full_text"]
    elif wanted.echo and (said is None or said[0].literal is None):
        done.added.append(("echo", true))
        text = "return_full_text is not sent, so the old answer held the prompt: echo keeps that"
        found.notes.append((body.at, Note("return_full_text", "client/parameter-return-full-text", text)))


def _write(
    project: Project, body: Entries, sets: list[tuple[Parameters | None, Translation]], wanted: Wanted, found: Body
) -> None:
    outer = Draft(body)
    outer.renamed += [(one, "prompt") for one in (*body.entries, *body.stores) if one.name == "inputs"]
    nested = {use for given, _ in sets if given for use in given.nested}
    nested |= {id(stored(body, one)) for one in body.stores}
    if trouble := uses(project, body, {"inputs": "prompt"}, found.changes, stores=True, read=nested):
        found.notes.append(trouble)
    outer.added = list(wanted.added)
    for given, done in sets:
        have = {pair[0] for pair in done.becomes.values() if pair}
        added = [*done.added, *(pair for pair in wanted.needs if pair[0] not in have)]
        if given is None or given.main is None:
            outer.added = [*added, *wanted.added]
        else:
            _parameters(project, body, outer, given, done, added, found)
    emit(outer, found.changes)


def _parameters(
    project: Project, body: Entries, outer: Draft, given: Parameters, done: Translation,
    added: list[tuple[str, str]], found: Body,
) -> None:  # fmt: skip
    """The parameters move up into the body, or stay in the dict that has a name of its own."""
    assert given.main is not None
    drafts = {id(entries): Draft(entries) for entries in (given.main, *given.others)}
    for name, (_, entries, entry) in given.given.items():
        change(drafts[id(entries)], entry, done.becomes.get(name))
    for entries, entry in given.covered:
        becomes = done.becomes.get(entry.name or "")
        change(drafts[id(entries)], entry, becomes and (becomes[0], entries.text(entry)))
    main = drafts[id(given.main)]
    (drafts[id(given.others[0])] if given.main.style == "copy" else main).added = added
    holder = body.get("parameters")
    assert holder is not None
    renames = {name: pair[0] for name, pair in done.becomes.items() if pair} | {"temperature": "temperature"}
    if holder in body.stores:
        _updated(body, holder, found)
        if given.main.style == "whole":
            outer.added += added
    elif given.main.style == "whole":
        first = "".join(f"{body.written(*pair)}, " for pair in added)
        found.changes.replace(body.module, holder.start, body.module.span(holder.value)[0], f"{first}**")
    elif given.inline:
        flatten(outer, main, holder, found.changes)
    else:
        found.changes.replace(body.module, holder.start, body.module.span(holder.value)[0], "**")
    if given.main.style != "whole" and (not given.inline or holder in body.stores):
        emit(main, found.changes)
    if not given.inline:
        read = given.updates | {id(use) for use in given.later}
        if trouble := uses(project, given.main, renames, found.changes, read=read, alone=True):
            found.notes.append(trouble)
    found.notes += Later(project, given, found.changes).settle(renames)
    for entries in given.others:
        emit(drafts[id(entries)], found.changes)
        read = given.updates | {id(use) for use in given.later}
        if trouble := uses(project, entries, renames, found.changes, read=read, alone=True):
            found.notes.append(trouble)


def _updated(body: Entries, holder: Entry, found: Body) -> None:
    """`body["parameters"] = {...}` becomes `body.update({...})`."""
    module, use = body.module, stored(body, holder)
    found.changes.replace(module, module.span(use.value)[1], module.span(holder.value)[0], ".update(")
    found.changes.insert(module, holder.end, ")", -1)
