"""Shell scripts that call TGI with curl, and the jq filters that read the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.clients.outcome import ClientName, Collected
from migrate.clients.parameters import Note
from migrate.clients.python.entries import Entries, entries_of
from migrate.clients.python.given import literal
from migrate.clients.python.module import Module
from migrate.clients.python.project import At, Project
from migrate.clients.python.request import JSON, Wanted, rewrite
from migrate.clients.rules import Book
from migrate.findings import Finding, Safety
from migrate.languages.server import ROUTE, sure
from migrate.languages.shellwords import ShellWord, words
from migrate.source import Edit, Fragment, Source, Span

CURL = re.compile(r"(?<![\w./-])curl(?=[ \t\\])")
DATA = ("-d", "--data", "--data-raw", "--data-binary", "--json", "--data-ascii")
RULE = "client/curl-generate"
_VARIABLE = re.compile(r"\$\{\w+[^}]*\}|\$\w+|\$\([^)]*\)")
PATHS = (
    (re.compile(r"\.\[0?\]\.generated_text|\.generated_text"), ".choices[0].text"),
    (re.compile(r"\.details\.finish_reason"), ".choices[0].finish_reason"),
    (re.compile(r"\.details\.generated_tokens"), ".usage.completion_tokens"),
)


@dataclass(frozen=True)
class Call:
    """One curl command: its words, where it ends, and what it is piped into."""

    start: int
    end: int
    words: list[ShellWord]
    url: ShellWord | None
    body: ShellWord | None
    pipe: list[ShellWord]


def read_shell(source: Source, book: Book, collected: Collected) -> None:
    """Findings about the curl calls of a script."""
    for call in _calls(source.text):
        if call.url is None:
            continue
        match = ROUTE.match(call.url.value)
        if match:
            _generate(source, call, call.url, match, book, collected)
        elif "/v1/" in call.url.value and call.body is not None:
            _named(source, call, call.body, collected)


def _calls(text: str) -> Iterator[Call]:
    for match in CURL.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if "#" in line:
            continue
        found, end = words(text, match.end())
        url = next((word for word in found if re.search(r"/(generate|generate_stream|v1/[\w/]+)/?$", word.value)), None)
        body = None
        for index, word in enumerate(found):
            if word.value in DATA and index + 1 < len(found):
                body = found[index + 1]
        pipe: list[ShellWord] = []
        after = re.match(r"\|\s*(?:\\\r?\n)?\s*", text[end:])
        if after and not text.startswith("||", end):
            pipe = words(text, end + after.end())[0]
        yield Call(match.start(), end, found, url, body, pipe)


def _body(source: Source, word: ShellWord, path: str) -> Entries | None:
    """The JSON of a data argument, its shell variables as names."""
    masked = _VARIABLE.sub(lambda match: "_" * len(match[0]), word.value)
    quote = word.quote
    whole = Fragment.whole(source)
    escape = {"'": lambda new: new.replace("'", "'\\''"), '"': lambda new: re.sub(r'(["\\`])', r"\\\1", new)}.get(quote)
    if escape is None:
        return None
    fragment = _Quoted(
        source, masked, [whole.offsets[place] for place in word.places], escape, ends=_ends(source.text, word)
    )
    try:
        module = Module.parse(fragment, path)
    except SyntaxError:
        return None
    module.json = True
    statement = module.tree.body[0] if len(module.tree.body) == 1 else None
    value = getattr(statement, "value", None)
    return entries_of(At(module, value)) if value is not None else None


@dataclass(frozen=True)
class _Quoted(Fragment):
    """A quoted text, in which a character may be written as two."""

    ends: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> Span:
        first = self.offsets[start]
        if self.source.text[first - 1 : first] == "\\" and self.text[start : start + 1] in ('"', "\\"):
            first -= 1
        return Span(first, self.offsets[end - 1] + 1 if end > start else first)


def _ends(text: str, word: ShellWord) -> tuple[int, ...]:
    return tuple(place + 1 for place in word.places)


def _generate(
    source: Source, call: Call, url: ShellWord, match: re.Match[str], book: Book, collected: Collected
) -> None:
    known = sure(match["base"], source.text, collected.launched)
    body = _body(source, call.body, source.path) if call.body else None
    if known is False or call.body is None or (body is not None and "inputs" not in body.names()):
        return
    reason = _reason(known, call, body, match["route"])
    if reason or body is None:
        _say(source, call, Safety.MANUAL, reason or "the body is put together where it cannot be seen", collected)
        return
    streams = match["route"] == "generate_stream"
    done = rewrite(
        Project([body.module]), body, book.parameters,
        Wanted((("stream", "true"),) if streams else (), streams=streams, budget=collected.budget), JSON,
    )  # fmt: skip
    if done.manual:
        for _, note in done.notes:
            if note.manual:
                _say(source, call, Safety.MANUAL, note.message, collected, note.rule)
        return
    edits = _address(source, url, match) + done.changes.edits(RULE) + _filters(source, call)
    _say(
        source,
        call,
        Safety.SAFE,
        f"POST /{match['route']} of TGI becomes POST /v1/completions",
        collected,
        edits=tuple(edits),
    )
    for _, note in done.notes:
        _note(source, call, note, collected)
    where = (source.path, Span(call.start, call.end), match["base"], _group(source, call))
    collected.names += [ClientName(name, *where, adapter=True) for name in done.names]


def _reason(known: bool | None, call: Call, body: Entries | None, route: str) -> str | None:
    if known is None:
        return f"it has the form of TGI's /{route}, which other servers share: check which server answers"
    if body is None:
        return f"/{route}: the body (inputs, parameters) is put together where it cannot be seen"
    program = call.pipe[0].value.rsplit("/", 1)[-1] if call.pipe else ""
    if route == "generate_stream" and call.pipe:
        return f"/{route}: what {program} does with the stream's lines cannot be rewritten safely"
    if call.pipe and program != "jq":
        return f"/{route}: {program} reads TGI's answer, whose form changes (choices[0].text)"
    if call.pipe and any(
        re.search(r"details|\[\]|tokens", PATHS[1][0].sub("", PATHS[2][0].sub("", word.value)))
        for word in call.pipe[1:]
    ):
        return f"/{route}: this jq filter reads fields that have another place on vLLM"
    return None


def _address(source: Source, url: ShellWord, match: re.Match[str]) -> list[Edit]:
    start = match.start("route")
    first, last = url.places[start], url.places[start + len(match["route"]) - 1] + 1
    return [Edit(source.path, first, last, "v1/completions", RULE)]


def _filters(source: Source, call: Call) -> list[Edit]:
    """The jq filters behind the call; without a pipe, all of the script."""
    found = []
    spans = [(word.start, word.end) for word in call.pipe[1:]]
    for word in call.pipe[1:]:
        if word.quote == "" and any(pattern.search(word.value) for pattern, _ in PATHS):
            found += [Edit(source.path, place, place, "'", RULE) for place in (word.start, word.end)]
    if not call.pipe and len(list(_calls(source.text))) == 1:
        spans = [match.span(1) for match in re.finditer(r"\bjq\b((?:[ \t]+-\w+)*[ \t]+\S+)", source.text)]
    for start, end in spans:
        for pattern, new in PATHS:
            found += [
                Edit(source.path, start + m.start(), start + m.end(), new, RULE)
                for m in pattern.finditer(source.text[start:end])
            ]
    return found


def _named(source: Source, call: Call, word: ShellWord, collected: Collected) -> None:
    """A call in OpenAI's format: the server must know the name."""
    body = _body(source, word, source.path)
    entry = body.get("model") if body else None
    name = literal(Project([body.module]), At(body.module, entry.value)) if body and entry else None
    if name != "tgi" or name in collected.served:
        return
    span = Span(call.start, call.end)
    address = call.url.value.split("/v1/")[0] if call.url else None
    collected.names.append(ClientName("tgi", source.path, span, address, _group(source, call)))
    if not collected.launched:
        text = "vLLM refuses model names that it does not serve: add tgi to --served-model-name of the server"
        _say(source, call, Safety.REVIEW, text, collected, "client/model-name")


def _note(source: Source, call: Call, note: Note, collected: Collected) -> None:
    _say(source, call, Safety.REVIEW, note.message, collected, note.rule)


def _say(
    source: Source,
    call: Call,
    safety: Safety,
    message: str,
    collected: Collected,
    rule: str = RULE,
    edits: tuple[Edit, ...] = (),
) -> None:
    span = Span(call.start, call.end)
    text = source.text[call.start : call.end]
    collected.findings.append(
        Finding(rule, source.path, span, "endpoint", safety, message, text, _group(source, call), edits)
    )


def _group(source: Source, call: Call) -> str:
    return f"client:{source.path}:{call.start}"
