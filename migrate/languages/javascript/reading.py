"""From a file to findings: the requests in TGI's form, the clients that the rules name, and model names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from ast_grep_py import SgNode, SgRoot

from migrate.clients.outcome import Collected
from migrate.clients.rules import Book
from migrate.languages.javascript.addresses import Address, address, info, root, target
from migrate.languages.javascript.bodies import Wanted, is_body, rewrite
from migrate.languages.javascript.changes import Changes, settle
from migrate.languages.javascript.clients import Clients
from migrate.languages.javascript.members import ANSWERS, REPLY
from migrate.languages.javascript.names import names
from migrate.languages.javascript.script import Script, called, entries, span
from migrate.languages.javascript.streams import streamed
from migrate.languages.javascript.trail import ANSWER, Trail
from migrate.languages.javascript.types import retype
from migrate.languages.server import sure
from migrate.source import Source

GRAMMARS = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx"}
SENDERS = frozenset({"fetch", "post", "request", "axios", "ofetch", "$fetch", "ky", "got", "fetchEventSource"})
RECEIVERS = frozenset({"all", "reply", "intercept", "mock", "onPost", "route", "use"})
CHECK = "it has the form of TGI's /generate, which other servers share: check which server answers"


def read_javascript(source: Source, book: Book, collected: Collected) -> None:
    """Findings about the calls of a program."""
    grammar = GRAMMARS.get(PurePosixPath(source.path).suffix, "javascript")
    script = Script(source, SgRoot(source.text, grammar).root(), grammar != "javascript")
    clients = Clients(script, book, collected)
    found: list[Changes] = []
    for body in script.root.find_all(kind="object"):
        call = _call(script, body) if is_body(body) else None
        if call is not None and not clients.owns(call):
            found += _request(script, body, call, book, collected)
    found += _infos(script, book, collected)
    found += clients.read()
    settle(found)
    clients.imports()
    for changes in found:
        changes.report(collected)
    names(script, book, collected)


def _infos(script: Script, book: Book, collected: Collected) -> Iterator[Changes]:
    """Calls of /info of which something is read that vLLM's list of models has, too."""
    for call in script.root.find_all(kind="call_expression") if "/info" in script.source.text else ():
        found = info(script, call) if called(call) in ("fetch", "get", "axios") else None
        if found is None or sure(found.base, script.source.text, collected.launched) is not True:
            continue
        changes = Changes(script, call, "/info of TGI becomes /v1/models", address=found.base)
        trail = Trail(script, changes, book.members, book.statuses, "script-info")
        changes.replace(found.start, found.start + len(found.route), "v1/models")
        trail.follow(call, REPLY)
        if trail.read:
            yield changes


def _call(script: Script, body: SgNode) -> SgNode | None:
    """The call that sends the object, through JSON.stringify and one variable."""
    for parent in body.ancestors():
        if parent.kind() == "call_expression":
            function = parent.field("function")
            if function and function.text() != "JSON.stringify":
                return parent
        elif parent.kind() == "variable_declarator":
            name = parent.field("name")
            binding = script.binding(name) if name else None
            uses = script.uses(binding) if binding else []
            return _call(script, uses[0]) if len(uses) == 1 else None
        elif parent.kind() in ("statement_block", "return_statement", "arrow_function"):
            return None
    return None


def _request(script: Script, body: SgNode, call: SgNode, book: Book, collected: Collected) -> Iterator[Changes]:
    found = address(script, call)
    if found is None:
        yield from _root(script, body, call, book, collected)
        return
    known = sure(found.base, script.source.text, collected.launched)
    if known is False or called(call) in RECEIVERS:
        return
    message = f"POST /{found.route} of TGI becomes POST /v1/completions"
    changes = Changes(script, call, message, address=found.base)
    if known is None:
        changes.escape(call, CHECK)
    if called(call) not in SENDERS and not _sends(script, call):
        changes.escape(call, f"what {called(call) or 'this call'} does with a path and a body of TGI cannot be seen")
    changes.replace(found.start, found.start + len(found.route), "v1/completions")
    _rest(changes, body, call, found, book, collected)
    yield changes


def _sends(script: Script, call: SgNode) -> bool:
    """Whether a function of this file is called, which sends what it is given."""
    name = called(call)
    return name in script.bindings or any(
        (found := one.field("name")) and found.text() == name
        for kind in ("function_declaration", "method_definition")
        for one in script.root.find_all(kind=kind)
    )


def _rest(changes: Changes, body: SgNode, call: SgNode, found: Address, book: Book, collected: Collected) -> None:
    """The answer first: what is read of it may need fields of the request."""
    streams = found.route == "generate_stream"
    trail = Trail(changes.script, changes, book.members, book.statuses, ANSWER)
    retype(changes.script, changes, call, REPLY)
    if streams:
        streamed(trail, call)
    else:
        trail.follow(call, REPLY)
    if not trail.read:
        changes.escape(call, "where the answer's generated_text is read cannot be seen")
    rewrite(changes.script, changes, body, book.parameters, Wanted(streams=streams, budget=collected.budget))


def _root(script: Script, body: SgNode, call: SgNode, book: Book, collected: Collected) -> Iterator[Changes]:
    """POST / of TGI: its answer is a list, and holds the prompt unless told otherwise."""
    base = root(script, call)
    pairs = entries(body)
    if base is None or "parameters" not in pairs or called(call) not in SENDERS:
        return
    if "generated_text" not in script.source.text or sure(base, script.source.text, False) is not True:
        return
    changes = Changes(script, call, "POST / of TGI becomes POST /v1/completions", address=base)
    trail = Trail(script, changes, book.members, book.statuses, ANSWERS)
    trail.follow(call, REPLY)
    if not trail.read:
        changes.escape(
            call, "POST / of TGI is not on vLLM: POST /v1/completions; where its list is read cannot be seen"
        )
    _extend(changes, call)
    rewrite(script, changes, body, book.parameters, Wanted(echo=True, budget=collected.budget))
    yield changes


def _extend(changes: Changes, call: SgNode) -> None:
    """vLLM's path behind an address without one."""
    node = target(call)
    assert node is not None
    place = span(node)
    if node.kind() in ("string", "template_string"):
        slash = "" if node.text()[-2] == "/" else "/"
        changes.replace(place.end - 1, place.end - 1, f"{slash}v1/completions")
    elif node.kind() in ("identifier", "member_expression"):
        changes.replace(place.start, place.end, f"`${{{node.text()}}}/v1/completions`")
    else:
        changes.escape(node, "POST / of TGI: the address is put together in a way that cannot be followed")
