"""What becomes of one call, and the findings that say so."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrate.clients.outcome import ClientName, Collected
from migrate.clients.parameters import Note
from migrate.findings import Finding, Safety
from migrate.languages.shell.calls import Call
from migrate.languages.shell.filters import RULE
from migrate.source import Edit, Source, Span


@dataclass
class Outcome:
    """What becomes of one call."""

    call: Call
    edits: list[Edit] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    reasons: list[tuple[str, str]] = field(default_factory=list)  # rule, reason
    adapters: list[str] = field(default_factory=list)
    open: bool = False  # what reads its answer stands elsewhere in the text
    lead: Call | None = None  # the call whose group it belongs to, where filters read the answers of several

    def stays(self, reason: str, rule: str = RULE) -> Outcome:
        self.reasons.append((rule, reason))
        return self


def report(source: Source, outcome: Outcome, collected: Collected) -> None:
    call, group = outcome.call, group_of(source, outcome.lead or outcome.call)
    if outcome.reasons:
        for rule, reason in dict.fromkeys(outcome.reasons):
            say(source, call, Safety.MANUAL, reason, collected, rule, group)
        return
    message = f"/{call.route} of TGI becomes /v1/{'models' if call.route == 'info' else 'completions'}"
    edits = tuple(dict.fromkeys(outcome.edits))
    say(source, call, Safety.SAFE, message, collected, RULE, group, edits)
    for note in outcome.notes:
        say(source, call, Safety.REVIEW, note.message, collected, note.rule, group)
    where = (source.path, Span(call.start, call.end), call.base, group)
    collected.names += [ClientName(name, *where, adapter=True) for name in outcome.adapters]


def group_of(source: Source, call: Call) -> str:
    return f"client:{source.path}:{call.start}"


def say(
    source: Source,
    call: Call,
    safety: Safety,
    message: str,
    collected: Collected,
    rule: str,
    group: str,
    edits: tuple[Edit, ...] = (),
) -> None:
    span = Span(call.start, call.end)
    text = source.text[call.start : call.end]
    collected.findings.append(Finding(rule, source.path, span, "endpoint", safety, message, text, group, edits))
