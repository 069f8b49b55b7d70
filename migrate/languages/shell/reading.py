"""Shell scripts that call TGI with curl, and what reads the answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrate.clients.outcome import ClientName, ClientNeed, Collected
from migrate.clients.parameters import Note
from migrate.clients.python.entries import Entries
from migrate.clients.python.given import literal
from migrate.clients.python.project import At, Project
from migrate.clients.python.request import JSON, Wanted, rewrite
from migrate.clients.rules import Book
from migrate.findings import Finding, Safety
from migrate.languages.server import started_here, sure
from migrate.languages.shell.bodies import entries
from migrate.languages.shell.calls import Call, calls
from migrate.languages.shell.filters import RULE, elsewhere, paths, reader, reads
from migrate.rulebook.clients import MemberRule
from migrate.source import Edit, Source, Span

CHECK = "it has the form of TGI's /{route}, which other servers share: check which server answers"
UNSEEN = "/{route}: the body (inputs, parameters) is put together where it cannot be seen"


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


def read_shell(source: Source, book: Book, collected: Collected) -> None:
    """Findings about the curl calls of a script."""
    found = list(calls(source.text))
    done = [one for call in found if (one := _read(source, call, book, collected)) is not None]
    _elsewhere(source, found, done, book)
    for call in found:
        if call.route.startswith("v1/"):
            _named(source, call, book, collected)
    for outcome in done:
        _report(source, outcome, collected)


def _read(source: Source, call: Call, book: Book, collected: Collected) -> Outcome | None:
    if call.route == "info":
        return _info(source, call, book, collected)
    if call.route.startswith("v1/") or not call.sends:
        return None
    body = entries(source, call.body) if call.body else None
    if body is not None and not ("inputs" in body.names() and (call.route or "parameters" in body.names())):
        return None
    known = sure(call.base, source.text, collected.launched)
    if known is False or (not call.route and (known is None or body is None)):
        return None
    outcome = Outcome(call)
    if known is None:
        return outcome.stays(CHECK.format(route=call.route))
    if body is None:
        return outcome.stays(UNSEEN.format(route=call.route))
    _answer(source, outcome, paths(book.members, "jq"))
    _body(body, outcome, book, collected)
    outcome.edits += _address(source, call)
    return outcome


def _answer(source: Source, outcome: Outcome, known: dict[str, MemberRule]) -> None:
    """The commands behind the call."""
    call = outcome.call
    readers = [command for command in call.pipes if reader(command) != "tee"]
    if call.route == "generate_stream" and readers:
        outcome.stays(
            f"/{call.route}: what {reader(readers[0])} does with the stream's lines cannot be rewritten safely"
        )
        return
    outcome.open = not readers
    for command in readers[:1]:
        edits = reads(source, command, known)
        if isinstance(edits, str):
            outcome.stays(f"/{call.route}: {edits}")
        else:
            outcome.edits += edits


def _elsewhere(source: Source, found: list[Call], done: list[Outcome], book: Book) -> None:
    """jq filters that stand behind no call read the answers of the calls without a pipe: all move, or none."""
    mine = [outcome for outcome in done if outcome.open]
    if not mine:
        return
    edits = elsewhere(source, [command for call in found for command in call.pipes], paths(book.members, "jq"))
    stuck = (
        edits if isinstance(edits, str) else next((one.reasons[0][1] for one in mine if one.reasons and edits), None)
    )
    for outcome in mine:
        if stuck and not outcome.reasons:
            outcome.stays(stuck)
    if edits and not isinstance(edits, str):
        mine[0].edits += edits
        for outcome in mine:
            outcome.lead = mine[0].call


def _body(body: Entries, outcome: Outcome, book: Book, collected: Collected) -> None:
    streams = outcome.call.route == "generate_stream"
    added = (("stream", "true"),) if streams else ()
    wanted = Wanted(added, echo=not outcome.call.route, streams=streams, budget=collected.budget)
    done = rewrite(Project([body.module]), body, book.parameters, wanted, JSON)
    if done.manual:
        outcome.reasons += [(note.rule, note.message) for _, note in done.notes if note.manual]
        return
    outcome.edits += done.changes.edits(RULE)
    outcome.notes += [note for _, note in done.notes]
    outcome.adapters += done.names


def _address(source: Source, call: Call, path: str = "v1/completions") -> list[Edit]:
    url = call.url
    if not call.route:
        at = url.places[len(url.value)]
        return [Edit(source.path, at, at, path if url.value.endswith("/") else f"/{path}", RULE)]
    start = url.value.rindex(call.route)
    first, last = url.places[start], url.places[start + len(call.route) - 1] + 1
    return [Edit(source.path, first, last, path, RULE)]


def _info(source: Source, call: Call, book: Book, collected: Collected) -> Outcome | None:
    """`/info` becomes `/v1/models` where jq reads something of it that is there."""
    known = paths(book.members, "jq-info")
    filters = [word.value for command in call.pipes[:1] if reader(command) == "jq" for word in command[1:]]
    if not any(path in text for path in known for text in filters):
        return None
    if sure(call.base, source.text, collected.launched) is not True:
        return None
    outcome = Outcome(call)
    edits = reads(source, call.pipes[0], known)
    if isinstance(edits, str):
        return outcome.stays(f"/info: {edits}")
    outcome.edits = [*edits, *_address(source, call, "v1/models")]
    return outcome


def _named(source: Source, call: Call, book: Book, collected: Collected) -> None:
    """A call in OpenAI's format: the server must know the name, and needs a parser for tools."""
    body = entries(source, call.body) if call.body else None
    entry = body.get("model") if body else None
    name = literal(Project([body.module]), At(body.module, entry.value)) if body and entry else None
    ours = collected.launched and bool(call.base) and started_here(call.base)
    if body is None or not isinstance(name, str) or not (name == "tgi" or ours):
        return
    where = (source.path, Span(call.start, call.end), call.base, _group(source, call))
    for needed in book.requires.keys() & body.names():
        rule = book.requires[needed]
        collected.asked.append(ClientNeed("tool-call-parser", *where))
        _say(source, call, Safety.REVIEW, rule.why, collected, rule.id, _group(source, call))
    if name in collected.served:
        return
    collected.names.append(ClientName(name, *where))
    if not collected.launched:
        text = "vLLM refuses model names that it does not serve: add tgi to --served-model-name of the server"
        _say(source, call, Safety.REVIEW, text, collected, "client/model-name", _group(source, call))


def _report(source: Source, outcome: Outcome, collected: Collected) -> None:
    call, group = outcome.call, _group(source, outcome.lead or outcome.call)
    if outcome.reasons:
        for rule, reason in dict.fromkeys(outcome.reasons):
            _say(source, call, Safety.MANUAL, reason, collected, rule, group)
        return
    message = f"/{call.route} of TGI becomes /v1/{'models' if call.route == 'info' else 'completions'}"
    edits = tuple(dict.fromkeys(outcome.edits))
    _say(source, call, Safety.SAFE, message, collected, RULE, group, edits)
    for note in outcome.notes:
        _say(source, call, Safety.REVIEW, note.message, collected, note.rule, group)
    where = (source.path, Span(call.start, call.end), call.base, group)
    collected.names += [ClientName(name, *where, adapter=True) for name in outcome.adapters]


def _group(source: Source, call: Call) -> str:
    return f"client:{source.path}:{call.start}"


def _say(
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
