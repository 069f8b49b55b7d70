"""From files to findings: the requests in TGI's form, the clients that the rules name, and model names."""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from migrate.clients.outcome import Collected
from migrate.clients.rules import Book
from migrate.languages.javascript.addresses import Address, address, info, root, target
from migrate.languages.javascript.bodies import Wanted, is_body, rewrite
from migrate.languages.javascript.changes import Changes, settle
from migrate.languages.javascript.clients import Clients
from migrate.languages.javascript.failures import SENDERS, failures, refusals
from migrate.languages.javascript.functions import function
from migrate.languages.javascript.handing import ANSWER
from migrate.languages.javascript.members import ANSWERS, REPLY
from migrate.languages.javascript.modules import Place, Scripts
from migrate.languages.javascript.names import names
from migrate.languages.javascript.received import opens, received
from migrate.languages.javascript.script import Script, called, entries, span
from migrate.languages.javascript.senders import Sent, sent
from migrate.languages.javascript.streams import streamed
from migrate.languages.javascript.trail import Trail
from migrate.languages.javascript.types import retype
from migrate.languages.server import sure
from migrate.repository import Repository
from migrate.source import Source

RECEIVERS = frozenset({"all", "reply", "intercept", "mock", "onPost", "route", "use"})
CHECK = "it has the form of TGI's /generate, which other servers share: check which server answers"


class JavaScript:
    """The JavaScript and TypeScript files of a repository: read one by one, settled and reported together."""

    def __init__(self, repository: Repository, book: Book, collected: Collected) -> None:
        self.scripts, self.book, self.collected = Scripts(repository), book, collected
        self._found: list[Changes] = []
        self._clients: list[Clients] = []
        self._sent: set[tuple[str, int]] = set()  # calls that are read already, by path and start

    def read(self, source: Source) -> None:
        """Finds out what becomes of the calls of a file."""
        script = self.scripts.get(source.path)
        if script is None:
            return
        clients = Clients(self.scripts, script, self.book, self.collected)
        found: list[Changes] = []
        for body in script.root.find_all(kind="object"):
            one = sent(self.scripts, script, body) if is_body(body) else None
            if one is not None and one.key not in self._sent and not clients.owns(one.call):
                self._sent.add(one.key)
                found += self._request(one)
        found += self._infos(script)
        found += clients.read()
        names(script, self.book, self.collected)
        self._found += found
        self._clients.append(clients)

    @property
    def paths(self) -> list[str]:
        """The files about which something is to be said."""
        return [changes.script.source.path for changes in self._found]

    def report(self) -> None:
        """The findings of all files."""
        settle(self._found)
        for clients in self._clients:
            clients.imports()
        for changes in self._found:
            changes.report(self.collected)

    def _infos(self, script: Script) -> Iterator[Changes]:
        """Calls of /info of which something is read that vLLM's list of models has, too."""
        for call in script.root.find_all(kind="call_expression") if "/info" in script.source.text else ():
            found = info(self.scripts, script, call) if called(call) in ("fetch", "get", "axios") else None
            if found is None or sure(found.base, script.source.text, self.collected.launched) is not True:
                continue
            changes = Changes(script, call, "/info of TGI becomes /v1/models", address=found.base)
            trail = self._trail(changes, "script-info")
            found.move(changes, "v1/models")
            trail.follow(call, REPLY)
            if trail.walk.read:
                yield changes

    def _trail(self, changes: Changes, answer: str) -> Trail:
        return Trail(self.scripts, changes.script, changes, self.book.members, self.book.statuses, answer)

    def _request(self, one: Sent) -> Iterator[Changes]:
        script, call = one.script, one.call
        found = address(self.scripts, script, call)
        if found is None:
            yield from self._root(one)
            return
        known = sure(found.base, script.source.text, self.collected.launched)
        if known is False or called(call) in RECEIVERS:
            return
        message = f"POST /{found.route} of TGI becomes POST /v1/completions"
        changes = Changes(script, call, message, address=found.base)
        if known is None:
            changes.escape(call, CHECK)
        if called(call) not in SENDERS and function(self.scripts, script, call) is None:
            changes.escape(
                call, f"what {called(call) or 'this call'} does with a path and a body of TGI cannot be seen"
            )
        found.move(changes, "v1/completions")
        self._rest(changes, one, found)
        yield changes

    def _rest(self, changes: Changes, one: Sent, found: Address) -> None:
        """The answer first: what is read of it may need fields of the request."""
        streams = found.route == "generate_stream"
        trail = self._trail(changes, ANSWER)
        retype(trail, one.call, REPLY)
        if streams:
            streamed(trail, one.call)
        elif opens(one.call):
            received(trail, one.call)
        else:
            trail.follow(one.call, REPLY)
            failures(trail, one.call)
            refusals(trail, one.call)
        if not trail.walk.read and not changes.reasons:
            changes.escape(one.call, "where the answer's generated_text is read cannot be seen")
        self._bodies(changes, one, Wanted(streams=streams, budget=self.collected.budget))

    def _bodies(self, changes: Changes, one: Sent, wanted: Wanted) -> None:
        for place, reason in one.unseen:
            changes.at(place.script).escape(place.node, reason)
        for place in one.bodies:
            rewrite(self.scripts, changes.at(place.script), place.node, self.book.parameters, wanted)

    def _root(self, one: Sent) -> Iterator[Changes]:
        """POST / of TGI: its answer is a list, and holds the prompt unless told otherwise."""
        script, call = one.script, one.call
        base = root(self.scripts, script, call)
        if base is None or called(call) not in SENDERS or sure(base, script.source.text, False) is not True:
            return
        if not any("parameters" in entries(place.node) for place in one.bodies):
            return
        if not any("generated_text" in place.script.source.text for place in (Place(script, call), *one.bodies)):
            return
        changes = Changes(script, call, "POST / of TGI becomes POST /v1/completions", address=base)
        trail = self._trail(changes, ANSWERS)
        received(trail, call) if opens(call) else trail.follow(call, REPLY)
        if not trail.walk.read:
            changes.escape(
                call, "POST / of TGI is not on vLLM: POST /v1/completions; where its list is read cannot be seen"
            )
        _extend(changes, call)
        self._bodies(changes, one, Wanted(echo=True, budget=self.collected.budget))
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
