"""A call on a client's object as a call of its successor, by a rule: parameters, extra fields, and what comes back."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from migrate.clients.parameters import Given, Note, Spelling, Translation
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.changes import Changes
from migrate.clients.python.edits.drafts import Draft, displayed
from migrate.clients.python.edits.entries import Entries, Entry
from migrate.clients.python.edits.flatten import change, emit
from migrate.clients.python.given.arguments import rename
from migrate.clients.python.given.parameters import Parameters, grammar_parts
from migrate.clients.python.given.passed import UNSEEN, pass_on
from migrate.clients.python.given.uses import uses
from migrate.clients.python.libraries.converted import Converted
from migrate.clients.python.libraries.replies import form_of, lead, reply
from migrate.clients.translating import translate
from migrate.rulebook.clients import MemberRule, ParameterRule
from migrate.rulebook.constructors import Call

# What the SDK has keywords for.
NATIVE = frozenset(
    {"model", "prompt", "stream", "echo", "n", "user", "logprobs", "max_tokens", "stop"}
    | {"temperature", "top_p", "seed", "frequency_penalty", "presence_penalty"}
)


class Methods:
    """Converts calls that generate from a prompt."""

    def __init__(
        self,
        project: Project,
        parameters: dict[str, ParameterRule],
        members: Mapping[tuple[str, str], MemberRule],
        budget: str | None,
    ) -> None:
        self.project, self.parameters, self.members, self.budget = project, parameters, members, budget

    def convert(self, at: At, spec: Call, rule: str, waits: bool = False) -> Converted:
        """`waits`: the client is asynchronous."""
        found = Converted()
        read = found.read(self.project, at, spec.positional, rule)
        if read is None:
            return found
        names: tuple[str, ...] = ("prompt", "stream", "details", "model")
        special = {name: read.given.pop(name) for name in names if name in read.given}
        if "prompt" not in special:
            found.manual.append((at, rule, "the prompt of this call cannot be seen"))
        form = form_of(at, spec, special, found, rule)
        if found.manual or form is None:
            return found
        flow = Flow(self.project, self.members, {})
        reply(flow, at, spec, form[0], waits, lead(spec, read, special))
        found.manual += [(place, "client/reply-unseen", reason) for place, reason in flow.escapes]
        found.notes += flow.notes
        if form[0].gives and ("generation-details", "prefill") not in flow.read:
            read.unread.add("decoder_input_details")
        done = self._translate(read, spec, form[1], found, at)
        if read.callers:
            self._passed(spec, read, done, flow, found, rule)
        if not found.manual:
            self._write(at, spec, read, special, done, flow, found, rule)
        return found

    def _passed(self, spec: Call, read: Parameters, done: Translation, flow: Flow, found: Converted, rule: str) -> None:
        """What callers pass through `**kwargs`."""
        asked = Translation(done.becomes, [*done.added, *flow.needs.items()])
        passed = pass_on(self.project, read, asked, spec.defaults, self.parameters, self.budget, NATIVE)
        found.changes.merge(passed.changes)
        found.notes += passed.notes
        found.manual += [(place, rule, UNSEEN) for place in passed.manual]
        done.added = [pair for pair in done.added if pair[0] not in passed.gone]

    # --- what is sent ---

    def _translate(
        self,
        read: Parameters,
        spec: Call,
        streams: bool,
        found: Converted,
        at: At,
    ) -> Translation:
        given = [one for one, _, _ in read.given.values()]
        have = {one.name for one in given}
        given += [Given(name, text, int(text)) for name, text in spec.defaults.items() if name not in have]
        spelling = Spelling(grammar=lambda text: self._grammar(read))
        done = translate(given, self.parameters, spelling, budget=self.budget)
        done.becomes |= dict.fromkeys(read.unread & {one.name for one in given})
        done.notes = [note for note in done.notes if note.parameter not in read.unread]
        for name in spec.defaults:
            pair = done.becomes.pop(name, None) if name not in have else None
            if pair:
                done.added.insert(0, pair)
        if spec.root and not streams:
            said = read.given.get("return_full_text")
            if said is None or said[0].literal is None:
                done.added.append(("echo", "True"))
                text = "return_full_text is not sent, so the prompt was in the answer: echo keeps that"
                done.notes.append(Note("return_full_text", "client/parameter-return-full-text", text))
        elif streams and "return_full_text" in read.given:
            done.becomes["return_full_text"] = None
        for note in done.notes:
            place = (
                At(read.given[note.parameter][1].module, read.given[note.parameter][2].value)
                if note.parameter in read.given
                else at
            )
            found.say(place, note)
        found.names += done.names
        return done

    def _grammar(self, read: Parameters) -> tuple[str, str] | None:
        _, entries, entry = read.given["grammar"]
        return grammar_parts(self.project, At(entries.module, entry.value))

    def _write(
        self, at: At, spec: Call, read: Parameters, special: Mapping[str, tuple[Given, Entries, Entry]],
        done: Translation, flow: Flow, found: Converted, rule: str,
    ) -> None:  # fmt: skip
        assert read.main is not None
        drafts = {id(entries): Draft(entries) for entries in (read.main, *read.others)}
        main = drafts[id(read.main)]
        sent = {pair[0] for pair in done.becomes.values() if pair}
        added = [*done.added, *((name, text) for name, text in flow.needs.items() if name not in sent)]
        extras = _renamed(read, done, drafts)
        more = [pair for pair in added if pair[0] not in NATIVE]
        home = next(iter(extras), id(read.main))
        if len(extras) > 1 or (extras and more and home != id(read.main) and not read.others):
            found.manual.append((at, rule, "extra fields come from several dicts: put them into one extra_body"))
            return
        if extras or more:
            drafts[home].added.append(("extra_body", displayed([*extras.get(home, []), *more])))
        main.added = [pair for pair in added if pair[0] in NATIVE] + list(spec.fixed.items()) + main.added
        self._special(main, special, done)
        for draft in drafts.values():
            emit(draft, found.changes)
        renames = {name: pair[0] for name, pair in done.becomes.items() if pair and (pair[0] in NATIVE)}
        for entries in read.others:
            if trouble := uses(self.project, entries, renames, found.changes):
                found.say(*trouble)
        self._function(at, spec.becomes or "", found.changes)
        found.changes.merge(flow.changes)

    def _special(self, main: Draft, special: Mapping[str, tuple[Given, Entries, Entry]], done: Translation) -> None:
        adapter = any(pair and pair[0] == "model" for pair in done.becomes.values())
        for name, (given, _, entry) in special.items():
            if name == "prompt":
                rename(main, entry, "prompt" if adapter else f'model=""{main.separator()}prompt')
            elif name in ("details", "model") or (name == "stream" and given.literal is False):
                main.dropped.append(entry)

    @staticmethod
    def _function(at: At, becomes: str, changes: Changes) -> None:
        call = at.node
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Attribute)
        changes.replace(
            at.module, at.module.span(call.func)[1] - len(call.func.attr), at.module.span(call.func)[1], becomes
        )


def _renamed(read: Parameters, done: Translation, drafts: Mapping[int, Draft]) -> dict[int, list[tuple[str, str]]]:
    """Writes each parameter under its new name where it stands; what the SDK has no keyword for, by its dict."""
    extras: dict[int, list[tuple[str, str]]] = {}
    for name, (_, entries, entry) in read.given.items():
        pair = done.becomes.get(name)
        if pair is not None and pair[0] not in NATIVE:
            drafts[id(entries)].dropped.append(entry)
            extras.setdefault(id(entries), []).append(pair)
        elif entry.key[0] == entry.key[1] and pair is not None:
            rename(drafts[id(entries)], entry, pair[0], pair[1])
        else:
            change(drafts[id(entries)], entry, pair)
    return extras
