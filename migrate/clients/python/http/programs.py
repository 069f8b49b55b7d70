"""Programs that speak HTTP to TGI's own routes: address, body and what is read from the answer move together."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from migrate.clients.python.addresses.evidence import Sure, judge
from migrate.clients.python.addresses.texts import UNKNOWN
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.answers.handlers import handlers
from migrate.clients.python.answers.statuses import statuses
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.entries import Entries
from migrate.clients.python.edits.report import Group
from migrate.clients.python.given.bodies import body_of, held
from migrate.clients.python.given.request import FIELDS, Wanted, rewrite
from migrate.clients.python.given.uses import UNSEEN
from migrate.clients.python.http.routes import beside, named, undecided, unseen
from migrate.clients.python.http.sites import Site, answered
from migrate.clients.python.http.streams import streamed
from migrate.clients.python.http.target import TARGET, move_address
from migrate.clients.python.http.views import agreed, views
from migrate.clients.rules import Book

ROOTS = ("", "invocations")
GENERATION = ("generate", "generate_stream", *ROOTS)
ROOT_FIELDS = frozenset({"parameters", "stream", "options"})  # beside `inputs`
SHARED = (*ROOTS, "info", "tokenize")  # what other servers have, too
OTHERS = re.compile(
    r"embed(_all|_sparse)?|rerank|predict|similarity|v1/(embeddings|rerank)|api/.*|v2/.*|completion|infill|slots|props"
)
LINES = {"iter_lines": "bytes", "aiter_lines": "str", "content": "bytes"}  # where the library is not known


class Http:
    """Finds the calls of a project and makes a group of each."""

    def __init__(
        self, project: Project, book: Book, budget: str | None, own_routes: frozenset[str], has_tgi: bool
    ) -> None:
        self.project, self.book, self.budget = project, book, budget
        self.own_routes, self.has_tgi = own_routes, has_tgi
        self.parameters = book.parameters
        self.members = book.members
        self.statuses = book.statuses
        self.sent: dict[At, set[bool]] = {}  # by body: whether the calls that send it stream
        self.others: set[tuple[int, str]] = set()  # servers that a module asks for what TGI does not have

    def groups(self, modules: Iterable[Module]) -> list[Group]:
        """A group for each call, or for each caller of a helper that calls for others."""
        found: list[Group] = []
        whole = self.project
        calls = [(module, list(views(whole, module, self.book))) for module in modules]
        self._sent(calls)
        self.others = {site.server for _, several in calls for _, site in several if OTHERS.fullmatch(site.route)}
        for module, several in calls:
            mine: dict[At, list[tuple[Site, Group | None]]] = {}
            for seen, site in several:
                self.project = seen
                mine.setdefault(site.at, []).append((site, self._group(site)))
            self.project = whole
            found += undecided(module)
            found += [group for pairs in mine.values() for group in agreed(pairs)]
        return found

    def _sent(self, calls: list[tuple[Module, list[tuple[Project, Site]]]]) -> None:
        """Bodies that are written once and sent by several calls."""
        whole = self.project
        for self.project, site in (one for _, several in calls for one in several):
            for body in self._readable(site) if site.route in GENERATION else ():
                if body.at.node is not site.body:
                    self.sent.setdefault(body.at, set()).add(site.streams)
        self.project = whole

    def _group(self, site: Site) -> Group | None:
        if site.route in GENERATION:
            return self._generation(site)
        if UNKNOWN in site.route:
            both = [body for body in self._readable(site) if {"inputs", "parameters"} <= body.names()]
            return unseen(site) if both and self._judge(site, "") is Sure.YES else None
        if site.route in ("info", "tokenize"):
            return self._beside(site) if self._judge(site, "") is Sure.YES else None
        if site.route in ("v1/chat/completions", "v1/completions"):
            return self._named(site)
        return None

    def _judge(self, site: Site, text: str) -> Sure:
        if site.route in SHARED and site.server in self.others:
            return Sure.NO
        own = f"/{site.route}" in self.own_routes and UNKNOWN not in site.route
        said = {judge(self.project, site.at.module, one, text, own, self.has_tgi) for one in site.addresses}
        if Sure.NO in said and len(said) > 1:
            return Sure.ASK
        return next(sure for sure in (Sure.SWITCH, Sure.YES, Sure.ASK, Sure.NO) if sure in said)

    def _beside(self, site: Site) -> Group | None:
        flow = self._flow(site, site.route)
        self._start(flow, site)
        return beside(site, self._readable(site), flow)

    def _named(self, site: Site) -> Group | None:
        sure = self._judge(site, "")
        if sure in (Sure.NO, Sure.SWITCH) or _foreign(site):
            return None
        for body in self._readable(site):
            group = named(self.project, site, body, self.book.ignored, launched=self.has_tgi)
            if group is not None:
                return group
        return None

    # --- /generate, /generate_stream, / ---

    def _generation(self, site: Site) -> Group | None:
        bodies = self._bodies(site)
        known = [body for body in bodies if isinstance(body, Entries) and "inputs" in body.names()]
        if not known:
            return self._unreadable(site, bodies)
        if site.route in ROOTS and any(_other_body(body) for body in known):
            return None
        sure = self._judge(site, " ".join(body.module.text(body.at.node) for body in known))
        if sure is Sure.NO:
            return None
        group = Group(
            site.place, "client/http-generate", f"POST /{site.route} of TGI becomes POST /{TARGET}", "endpoint"
        )
        group.address = site.address.base or None
        if sure is not Sure.YES:
            reason = "it has the form of TGI's /generate, which other servers share: check which server answers"
            if sure is Sure.SWITCH:
                reason = "this program supports several engines: its branch for TGI (/generate) is left"
            group.manual.append((site.at, "client/check", reason))
        elif len(known) != len(bodies) or self._open(known, site):
            function = site.at.module.around(site.at.node, ast.FunctionDef, ast.AsyncFunctionDef)
            at = At(site.at.module, function or site.at.node)
            text = "the body (inputs, parameters) is built by callers that cannot all be seen"
            group.manual.append((at, UNSEEN, text))
        else:
            self._translate(site, known, group)
        if group.manual:
            group.claims = {place for body in known for place in held(self.project, body.at)}
        return group

    def _bodies(self, site: Site) -> list[Entries | At]:
        """What the call can send: entries where they are written in the repository."""
        if site.body is None:
            return []
        values = self.project.values(At(site.at.module, site.body), callers=True)
        values = [value for value in values if not isinstance(value.node, ast.arg)] or values
        return [body_of(self.project, value, FIELDS) or value for value in values]

    def _readable(self, site: Site) -> list[Entries]:
        return [body for body in self._bodies(site) if isinstance(body, Entries)]

    def _unreadable(self, site: Site, bodies: list[Entries | At]) -> Group | None:
        """A call to TGI's path whose body cannot be read: told where TGI is sure."""
        sent = (bodies or site.encoded) and not any(isinstance(body, Entries) for body in bodies)
        if not sent or site.route in ROOTS or self._judge(site, "") is not Sure.YES:
            return None
        group = Group(site.place, "client/http-generate", "")
        text = f"POST /{site.route}: the body (inputs, parameters) cannot be seen here"
        group.manual.append((site.at, UNSEEN, text))
        return group

    def _open(self, bodies: list[Entries], site: Site) -> bool:
        """Whether the whole body is a parameter of a function that programs elsewhere may call."""
        module = site.at.module
        inside = all(
            module.around(body.at.node, ast.FunctionDef, ast.AsyncFunctionDef) is not None or body.module is not module
            for body in bodies
        )
        passed = (
            any(isinstance(v.node, ast.arg) for v in self.project.values(At(module, site.body))) if site.body else False
        )
        guard = any(isinstance(node, ast.If) and "__main__" in ast.dump(node.test) for node in module.tree.body)
        return passed and guard and not inside

    def _translate(self, site: Site, bodies: list[Entries], group: Group) -> None:
        stream = bodies[0].get("stream")
        streams = site.streams or (
            stream is not None and isinstance(stream.value, ast.Constant) and stream.value.value is True
        )
        root = site.route in ROOTS
        flow = self._flow(site, "answers" if root and not streams else "answer")
        flow.streams = streams
        self._start(flow, site)
        for at in (site.at, *flow.sources, *flow.raises):
            handlers(flow, at)
        if streams:
            streamed(flow, site, group)
        added = (("stream", "True"),) if site.streams else ()
        if added and site.body is not None and any(len(self.sent.get(body.at, ())) > 1 for body in bodies):
            flow.changes.wrap(site.at.module, site.body, site.body, '{**{base}, "stream": True}')
            added = ()
        wanted = Wanted(added, tuple(flow.needs.items()), root, streams, self.budget)
        for body in bodies:
            self._body(body, wanted, group)
        group.changes.merge(flow.changes)
        group.notes += flow.notes
        group.manual += [(at, "client/reply-unseen", f"/{site.route}: {reason}") for at, reason in flow.escapes]
        modules = (site.at.module, *self.project.imported(site.at.module))
        statuses(flow, self.statuses, group, modules)
        move_address(self.project, site, group)

    def _start(self, flow: Flow, site: Site) -> None:
        """Follows what the call gives; a connection gives the response by a call of its own."""
        method = site.library.answer if site.library else None
        if method is None:
            flow.follow(site.at, "request" if site.prepared else "response")
        elif (given := answered(site.at, method)) is not None:
            flow.follow(given, "response")
        else:
            flow.escapes.append((site.at, f"where {method}() is called cannot be seen"))

    def _body(self, body: Entries, wanted: Wanted, group: Group) -> None:
        done = rewrite(self.project, body, self.parameters, wanted)
        group.changes.merge(done.changes)
        group.adapters += done.names
        for at, note in done.notes:
            (group.manual if note.manual else group.notes).append((at, note.rule, note.message))

    def _flow(self, site: Site, answer: str) -> Flow:
        lines = site.library.lines if site.library else LINES
        chunks = site.library.chunks if site.library else {}
        readers = {name: made for one in self.book.libraries.values() for name, made in one.readers.items()}
        return Flow(self.project, self.members, lines, answer, chunks=chunks, readers=readers)


def _other_body(body: Entries) -> bool:
    """Whether fields stand beside `inputs` that POST / does not have, and none of those that it has."""
    return not body.names() & ROOT_FIELDS and bool(body.names() - {"inputs"})


def _foreign(site: Site) -> bool:
    """Whether OpenAI's routes are asked of a host on the internet, which is no TGI of one's own unless it says so."""
    host = site.address.host
    return "." in host and not site.address.local and "tgi" not in host.lower()
