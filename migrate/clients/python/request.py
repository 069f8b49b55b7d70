"""A request body of TGI as a body of vLLM's completions route, in place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from migrate.clients.parameters import Given, Note, Spelling, Translation, translate
from migrate.clients.python.changes import Changes
from migrate.clients.python.entries import Draft, Entries, Entry
from migrate.clients.python.flatten import change, emit, flatten
from migrate.clients.python.given import Parameters, grammar_parts, read_parameters
from migrate.clients.python.project import At, Project
from migrate.clients.python.uses import unreadable, uses
from migrate.rulebook.clients import ParameterRule

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
    parameters_ = read_parameters(project, body, rules)
    given = {} if parameters_ is None else parameters_.given
    spelling = replace(language, grammar=lambda text: _grammar(project, given))
    done = translate(
        parameters_.known() if parameters_ else [],
        rules,
        spelling,
        budget=wanted.budget,
        parameters=parameters_ is not None,
    )
    _full_text(given, done, wanted, body, found, spelling.true)
    place = {name: At(entries.module, entry.value) for name, (_, entries, entry) in given.items()}
    found.notes += [(place.get(note.parameter, body.at), note) for note in done.notes]
    found.notes += parameters_.notes if parameters_ else []
    found.names = done.names
    unknown = sorted(body.names() - {"inputs", "parameters", "stream", "model"})
    found.notes += [unreadable(body.at, name, "no field of TGI's request") for name in unknown]
    if any(entry.name is None for entry in body.entries):
        found.notes.append(unreadable(body.at, "**", "what it brings into the body cannot be seen"))
    if not found.manual:
        _write(project, body, parameters_, done, wanted, found)
    return found


def _grammar(project: Project, given: dict[str, tuple[Given, Entries, Entry]]) -> tuple[str, str] | None:
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
    project: Project, body: Entries, given: Parameters | None, done: Translation, wanted: Wanted, found: Body
) -> None:
    outer = Draft(body)
    for caller, entry in given.renamed if given else []:
        found.changes.replace(caller.module, *entry.key, "max_tokens")
    inputs = body.get("inputs")
    if inputs is not None:
        outer.renamed.append((inputs, "prompt"))
    added = list(done.added)
    if trouble := uses(project, body, {"inputs": "prompt"}, found.changes, stores=True):
        found.notes.append(trouble)
    have = {pair[0] for pair in done.becomes.values() if pair}
    added += [pair for pair in wanted.needs if pair[0] not in have]
    if given is None or given.main is None:
        outer.added = [*added, *wanted.added]
        emit(outer, found.changes)
        return
    drafts = {id(entries): Draft(entries) for entries in (given.main, *given.others)}
    for name, (_, entries, entry) in given.given.items():
        change(drafts[id(entries)], entry, done.becomes.get(name))
    main = drafts[id(given.main)]
    main.added = added
    outer.added = list(wanted.added)
    holder = body.get("parameters")
    assert holder is not None
    if given.inline:
        flatten(outer, main, holder, found.changes)
    else:
        module = body.module
        found.changes.replace(module, holder.start, module.span(holder.value)[0], "**")
        emit(main, found.changes)
        renames = {name: pair[0] for name, pair in done.becomes.items() if pair}
        if trouble := uses(project, given.main, renames, found.changes):
            found.notes.append(trouble)
    for entries in given.others:
        emit(drafts[id(entries)], found.changes)
    emit(outer, found.changes)
