"""Shell scripts that call TGI with curl, and what reads the answers."""

from __future__ import annotations

import re

from migrate.clients.outcome import ClientName, ClientNeed, Collected
from migrate.clients.parameters import Note
from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.entries import Entries
from migrate.clients.python.given.request import Wanted, rewrite
from migrate.clients.rules import Book
from migrate.clients.temperature import EXACTLY_ONE, TEMPERATURE
from migrate.findings import Safety
from migrate.languages.server import SERVE, started_here, sure
from migrate.languages.shell.bodies import CHOICE, SHELL, chosen, crossing, entries
from migrate.languages.shell.calls import POSTING, Call, calls
from migrate.languages.shell.filters import RULE, SHOWS, asking, elsewhere, paths, reader, reads
from migrate.languages.shell.outcomes import Outcome, group_of, report, say
from migrate.repository import Repository
from migrate.rulebook.clients import MemberRule
from migrate.source import Edit, Source, Span

CHECK = "it has the form of TGI's /{route}, which other servers share: check which server answers"
UNSEEN = "/{route}: the body (inputs, parameters) is put together where it cannot be seen"
CHOSEN = (
    "do_sample is decided at run time, and JSON has no choice: temperature is 0 where it is false, above 0 where not"
)
TYPED = "/{route}: write POST /v1/completions with prompt=, max_tokens:= and temperature:=0 (greedy) for {program}"
HELD = (
    "{name} may hold TGI's path, which cannot be seen: it must name /v1/completions, and the body prompt and max_tokens"
)
_ROOT = re.compile(r"https?://[^/]*")
ONE_ADDRESS = "/{route}: its address is that of a call which stays as it is"
READ = (
    "/{route}: what reads generated_text elsewhere in this script cannot be rewritten; it is .choices[0].text on vLLM"
)
KEPT = "/{route}: {name} is used elsewhere, too: write a body of vLLM's (prompt, max_tokens) of its own"
DOCUMENTS = (".md", ".mdx", ".rst", ".ipynb")


def read_shell(source: Source, book: Book, collected: Collected, repository: Repository | None = None) -> None:
    """Findings about the calls of a script. `repository` has the files whose bodies it sends."""

    def beside(name: str) -> Source | None:
        path = repository.beside(source.path, name) if repository is not None else None
        return repository.source(path) if repository is not None and path is not None else None

    found = list(calls(source.text, beside))
    done = [one for call in found if (one := _read(source, call, found, book, collected)) is not None]
    for outcome in done:
        _shared(source, outcome, repository)
    _together(done)
    _elsewhere(source, found, done, book)
    for call in found:
        if call.route.startswith("v1/"):
            _named(source, call, book, collected)
    for outcome in done:
        report(source, outcome, collected)


def _read(source: Source, call: Call, found: list[Call], book: Book, collected: Collected) -> Outcome | None:
    if call.route == "info":
        return _info(source, call, found, book, collected)
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
    if not call.route and "$" in call.base and not _ROOT.fullmatch(call.base):
        return outcome.stays(HELD.format(name=call.url.value))
    if call.program in POSTING:
        return outcome.stays(TYPED.format(route=call.route, program=call.program))
    if body is None:
        return outcome.stays(UNSEEN.format(route=call.route))
    _answer(source, outcome, paths(book.members, "jq"))
    _body(body, outcome, book, collected)
    outcome.edits += _address(source, call)
    return outcome


def _answer(source: Source, outcome: Outcome, known: dict[str, MemberRule]) -> None:
    """The commands behind the call."""
    call = outcome.call
    readers = [command for command in call.pipes if reader(command) not in SHOWS]
    if call.route == "generate_stream" and readers:
        outcome.stays(
            f"/{call.route}: what {reader(readers[0])} does with the stream's lines cannot be rewritten safely; vLLM's "
            "events have .choices[0].text, and data: [DONE] is the last line"
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
    pipes = [command for call in found for command in call.pipes]
    bodies = [call.body for call in found if call.body is not None and call.body.file is None]
    edits = elsewhere(source, pipes, bodies, paths(book.members, "jq"))
    if not isinstance(edits, str) and _unread(source, found, edits):
        edits = READ.format(route=mine[0].call.route)
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


def _unread(source: Source, found: list[Call], edits: list[Edit]) -> bool:
    """Whether a script reads the text of an answer in a way that is not rewritten."""
    if source.path.endswith(DOCUMENTS):
        return False
    taken = [(edit.start, edit.end) for edit in edits]
    taken += [(call.start, call.pipes[-1][-1].end if call.pipes and call.pipes[-1] else call.end) for call in found]
    for match in re.finditer(r"generated_text", source.text):
        line = source.text[source.text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if "#" not in line and not any(start <= match.start() < end for start, end in taken):
            return True
    return False


def _together(done: list[Outcome]) -> None:
    """Calls whose address stands in one variable are written together or not at all."""
    for one in done:
        mine = [other for other in done if other.call.url.start == one.call.url.start]
        if not one.reasons and any(other.reasons for other in mine):
            one.stays(ONE_ADDRESS.format(route=one.call.route))


def _shared(source: Source, outcome: Outcome, repository: Repository | None) -> None:
    """A file that holds a body is changed only where this call alone uses it."""
    file = outcome.call.body.file if outcome.call.body else None
    if file is None or repository is None or outcome.reasons:
        return
    name = file.path.rpartition("/")[2]
    others = [path for path in repository.holding(name) if path not in (source.path, file.path)]
    if others or source.text.count(name) != 1:
        outcome.stays(KEPT.format(route=outcome.call.route, name=name))


def _body(body: Entries, outcome: Outcome, book: Book, collected: Collected) -> None:
    streams = outcome.call.route == "generate_stream"
    added = (("stream", "true"),) if streams else ()
    wanted = Wanted(added, echo=not outcome.call.route, streams=streams, budget=collected.budget)
    done = rewrite(Project([body.module]), body, book.parameters, wanted, SHELL)
    if done.manual:
        outcome.reasons += [(note.rule, note.message) for _, note in done.notes if note.manual]
        return
    text = outcome.call.body
    edits = [one for edit in done.changes.edits(RULE) if text and (one := chosen(text, edit)) is not None]
    if len(edits) != len(done.changes.edits(RULE)):
        outcome.notes.append(Note("temperature", TEMPERATURE, EXACTLY_ONE))
    if any(CHOICE in edit.replacement for edit in edits):
        outcome.stays(CHOSEN)
    if text is not None and any(crossing(text, edit) for edit in edits):
        outcome.stays(UNSEEN.format(route=outcome.call.route))
    outcome.edits += edits
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


def _info(source: Source, call: Call, found: list[Call], book: Book, collected: Collected) -> Outcome | None:
    """`/info` becomes `/v1/models` where jq reads something of it that is there, behind the call or elsewhere."""
    known = paths(book.members, "jq-info")
    if sure(call.base, source.text, collected.launched) is not True:
        return None
    if call.pipes:
        filters = [word.value for word in call.pipes[0][1:]] if reader(call.pipes[0]) == "jq" else []
        reads_it = any(path in text for path in known for text in filters)
        edits: list[Edit] | str = reads(source, call.pipes[0], known) if reads_it else []
    else:
        edits = asking(source, [command for one in found for command in one.pipes], known)
    if not edits:
        return None
    outcome = Outcome(call)
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
    where = (source.path, Span(call.start, call.end), call.base, group_of(source, call))
    for needed in book.requires.keys() & body.names():
        rule = book.requires[needed]
        collected.asked.append(ClientNeed("tool-call-parser", *where))
        say(source, call, Safety.REVIEW, rule.why, collected, rule.id, group_of(source, call))
    if name in collected.served:
        return
    collected.names.append(ClientName(name, *where))
    if not collected.launched:
        say(source, call, Safety.REVIEW, SERVE, collected, "client/model-name", group_of(source, call))
