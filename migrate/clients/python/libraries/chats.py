"""A call that sent a prompt with TGI's parameters, on an object that speaks the chat route now."""

from __future__ import annotations

from migrate.clients.parameters import Given, Note, Spelling, Translation
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.drafts import Draft, displayed
from migrate.clients.python.edits.entries import Entries, Entry
from migrate.clients.python.edits.flatten import change, emit
from migrate.clients.python.given.parameters import grammar_parts
from migrate.clients.python.given.uses import uses
from migrate.clients.python.libraries.converted import Converted
from migrate.clients.translating import translate
from migrate.rulebook.clients import ParameterRule
from migrate.rulebook.constructors import Sends

NATIVE = frozenset(
    ["max_tokens", "temperature", "top_p", "seed", "stop", "frequency_penalty", "presence_penalty", "model"]
)
OPEN = "0"  # a request without a limit: both engines fill the context for it on the chat route
PROMPT = "return_full_text: an answer of the chat route holds no prompt; put it in front of the text"


Known = dict[str, tuple[Given, Entries, Entry]]


def chat(
    project: Project, at: At, sends: Sends, rules: dict[str, ParameterRule], budget: str | None, rule: str
) -> Converted:
    """The keywords of the call under the names of the chat route, with the temperature that TGI used."""
    found = Converted()
    read = found.read(project, at, sends.arguments, rule)
    if read is None or read.main is None:
        return found
    given = {name: one for name, one in read.given.items() if name not in sends.arguments}
    done = _translated(project, given, rules, budget)
    for note in done.notes:
        found.say(_place(given, note, at), note)
    found.names += done.names
    drafts = {id(one): Draft(one) for one in (read.main, *read.others)}
    _write(given, done, drafts, drafts[id(read.main)])
    for draft in drafts.values():
        emit(draft, found.changes)
    renames = {name: pair[0] for name, pair in done.becomes.items() if pair and pair[0] in NATIVE}
    for holder in read.others:
        if trouble := uses(project, holder, renames, found.changes):
            found.say(*trouble)
    return found


def _translated(project: Project, given: Known, rules: dict[str, ParameterRule], budget: str | None) -> Translation:
    def grammar(text: str) -> tuple[str, str] | None:
        _, holder, entry = given["grammar"]
        return grammar_parts(project, At(holder.module, entry.value))

    known = [one for one, _, _ in given.values()]
    done = translate(known, rules, Spelling(grammar=grammar), budget=budget or OPEN)
    done.added = [pair for pair in done.added if pair != ("max_tokens", OPEN)]
    if (said := given.get("return_full_text")) and said[0].literal not in (False, None):
        done.notes.append(Note("return_full_text", "client/parameter-return-full-text", PROMPT, True))
    return done


def _place(given: Known, note: Note, at: At) -> At:
    known = given.get(note.parameter)
    return At(known[1].module, known[2].value) if known else at


def _write(given: Known, done: Translation, drafts: dict[int, Draft], main: Draft) -> None:
    """What the SDK has no keyword for goes into `extra_body`."""
    extra = [pair for pair in done.added if pair[0] not in NATIVE]
    for name, (_, holder, entry) in given.items():
        pair = done.becomes.get(name)
        if pair is not None and pair[0] not in NATIVE:
            extra.append(pair)
            pair = None
        change(drafts[id(holder)], entry, pair)
    main.added += [pair for pair in done.added if pair[0] in NATIVE]
    if extra:
        main.added.append(("extra_body", displayed(extra)))
