"""Programs that speak HTTP to TGI's own routes: address, body and what is read from the answer move together."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.clients.python.entries import Draft, Entries, entries_of
from migrate.clients.python.evidence import Sure, judge
from migrate.clients.python.flow import Flow
from migrate.clients.python.module import Module
from migrate.clients.python.project import At, Project
from migrate.clients.python.report import Group
from migrate.clients.python.request import Wanted, change, rewrite
from migrate.clients.python.sites import Site, sites
from migrate.clients.python.streams import streamed
from migrate.clients.python.texts import UNKNOWN
from migrate.clients.rules import Book

GENERATION = ("generate", "generate_stream", "", "invocations")
TARGET = "v1/completions"
BODY_WORDS = frozenset({"inputs"})


class Http:
    """Finds the calls of a project and makes a group of each."""

    def __init__(
        self, project: Project, book: Book, budget: str | None, own_routes: frozenset[str], has_tgi: bool
    ) -> None:
        self.project, self.book, self.budget = project, book, budget
        self.own_routes, self.has_tgi = own_routes, has_tgi
        self.parameters = book.parameters()
        self.members = book.members()
        self.statuses = {str(rule.fields["status"]): rule for rule in book.of("status")}

    def groups(self, modules: Iterable[Module]) -> list[Group]:
        found = []
        for module in modules:
            for site in sites(self.project, module, self.book):
                group = self._group(site)
                if group is not None:
                    found.append(group)
        return found

    def _group(self, site: Site) -> Group | None:
        if site.route in GENERATION:
            return self._generation(site)
        if UNKNOWN in site.route:
            return self._unseen(site)
        if site.route in ("info", "tokenize"):
            return self._other(site)
        if site.route in ("v1/chat/completions", "v1/completions"):
            return self._named(site)
        return None

    # --- /generate, /generate_stream, / ---

    def _generation(self, site: Site) -> Group | None:
        bodies = self._bodies(site)
        known = [body for body in bodies if isinstance(body, Entries) and "inputs" in body.names()]
        if not known:
            return self._unreadable(site, bodies)
        text = " ".join(body.module.text(body.at.node) for body in known)
        sure = judge(
            self.project, site.at.module, site.address, text, f"/{site.route}" in self.own_routes, self.has_tgi
        )
        if sure is Sure.NO:
            return None
        group = Group(site.at, "client/http-generate", f"POST /{site.route} of TGI becomes POST /{TARGET}", "endpoint")
        group.address = site.address.base or None
        if sure is not Sure.YES:
            reason = "it has the form of TGI's /generate, which other servers share: check which server answers"
            if sure is Sure.SWITCH:
                reason = "this program supports several engines: its branch for TGI (/generate) is left"
            group.manual.append((site.at, "client/check", reason))
            return group
        if len(known) != len(bodies) or self._open(known, site):
            function = site.at.module.around(site.at.node, ast.FunctionDef, ast.AsyncFunctionDef)
            at = At(site.at.module, function or site.at.node)
            group.manual.append(
                (
                    at,
                    "client/parameters-unseen",
                    "the body (inputs, parameters) is built by callers that cannot all be seen",
                )
            )
            return group
        self._translate(site, known, group)
        return group

    def _bodies(self, site: Site) -> list[Entries | At]:
        """What the call can send: entries where they are written in the repository."""
        if site.body is None:
            return []
        values = self.project.values(At(site.at.module, site.body), callers=True)
        values = [value for value in values if not isinstance(value.node, ast.arg)] or values
        return [entries_of(value) or value for value in values]

    def _unreadable(self, site: Site, bodies: list[Entries | At]) -> Group | None:
        """A call to TGI's path whose body cannot be read: told where TGI is sure."""
        if (
            site.route not in ("generate", "generate_stream")
            or not (bodies or site.encoded)
            or any(isinstance(body, Entries) for body in bodies)
        ):
            return None
        if (
            judge(self.project, site.at.module, site.address, "", f"/{site.route}" in self.own_routes, self.has_tgi)
            is not Sure.YES
        ):
            return None
        group = Group(site.at, "client/http-generate", "")
        group.manual.append(
            (
                site.at,
                "client/parameters-unseen",
                f"POST /{site.route}: the body (inputs, parameters) cannot be seen here",
            )
        )
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
        root = site.route in ("", "invocations")
        flow = self._flow(site, "answers" if root and not streams else "answer")
        flow.follow(site.at, "request" if self._is_request(site) else "response")
        if streams:
            streamed(flow, site, group)
        added = [("stream", "True")] if site.streams else []
        needs = tuple(flow.needs.items())
        for body in bodies:
            done = rewrite(self.project, body, self.parameters, Wanted(tuple(added), needs, root, streams, self.budget))
            group.changes.merge(done.changes)
            group.names += done.names
            group.needs |= {"lora"} if done.names else set()
            for at, note in done.notes:
                (group.manual if note.manual else group.notes).append((at, note.rule, note.message))
        group.changes.merge(flow.changes)
        group.notes += flow.notes
        group.manual += [(at, "client/reply-unseen", f"/{site.route}: {reason}") for at, reason in flow.escapes]
        self._statuses(flow, group)
        self._address(site, group)

    def _flow(self, site: Site, answer: str) -> Flow:
        lines = (
            site.library.fields.get("lines", {})
            if site.library
            else {"iter_lines": "bytes", "aiter_lines": "str", "content": "bytes"}
        )
        return Flow(self.project, self.members, lines, answer)

    @staticmethod
    def _is_request(site: Site) -> bool:
        func = site.call.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        return name == "Request"

    def _statuses(self, flow: Flow, group: Group) -> None:
        """Codes that a program compares: what vLLM answers in the same case."""
        for at, compare in flow.statuses:
            for operator, other in zip(compare.ops, compare.comparators, strict=True):
                if isinstance(other, ast.Tuple | ast.List | ast.Set) and isinstance(operator, ast.In | ast.NotIn):
                    self._among(at, compare, other.elts, group)
                rule = self.statuses.get(at.module.text(other))
                if rule is None or not isinstance(operator, ast.Eq | ast.NotEq) or len(compare.ops) > 1:
                    continue
                start, end = at.module.span(compare.left)[1], at.module.span(other)[1]
                sign = "in" if isinstance(operator, ast.Eq) else "not in"
                new = rule.fields["becomes"]
                if isinstance(new, list):
                    group.changes.replace(at.module, start, end, f" {sign} ({', '.join(map(str, new))})")
                else:
                    group.changes.replace(at.module, end - len(at.module.text(other)), end, str(new))
                if rule.safety == "review":
                    group.notes.append((At(at.module, compare), rule.id, rule.why))

    def _among(self, at: At, compare: ast.Compare, codes: list[ast.expr], group: Group) -> None:
        """A code in a list: what vLLM answers stands beside it."""
        module = at.module
        there = {module.text(code) for code in codes}
        for code in codes:
            rule = self.statuses.get(module.text(code))
            becomes = rule.fields["becomes"] if rule else []
            missing = [
                str(one) for one in (becomes if isinstance(becomes, list) else [becomes]) if str(one) not in there
            ]
            if rule and missing:
                group.changes.insert(module, module.span(code)[1], "".join(f", {one}" for one in missing))
                if rule.safety == "review":
                    group.notes.append((At(module, compare), rule.id, rule.why))

    # --- the address ---

    def _address(self, site: Site, group: Group) -> None:
        module = site.at.module
        if site.route:
            piece = next((one for one in reversed(site.address.pieces) if one.text.strip("/")), None)
            if piece is None or piece.at is None or not piece.text.rstrip("/").endswith(site.route):
                group.manual.append(
                    (
                        site.at,
                        "client/address-unseen",
                        f"the path /{site.route} is put together in a way that cannot be followed",
                    )
                )
                return
            start, end = piece.at.module.span(piece.at.node)
            around = piece.at.module.parents.get(piece.at.node)
            if isinstance(around, ast.JoinedStr):
                start, end = piece.at.module.span(around)
            at = piece.at.module.fragment.text.rindex(site.route, start, end)
            group.changes.replace(piece.at.module, at, at + len(site.route), TARGET)
            return
        url = site.url
        slash = site.address.words.endswith("/")
        literal = next((one for one in site.address.pieces if one.text), None)
        if isinstance(url, ast.Constant) or (
            literal and literal.at and len(site.address.pieces) == 1 and self._only(literal.at)
        ):
            at_literal = At(module, url) if isinstance(url, ast.Constant) else literal.at if literal else None
            assert at_literal is not None
            end = at_literal.module.span(at_literal.node)[1] - 1
            group.changes.insert(at_literal.module, end, TARGET if slash else f"/{TARGET}")
        elif slash:
            group.changes.wrap(module, url, url, f'{{base}} + "{TARGET}"')
        elif isinstance(url, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
            group.changes.wrap(module, url, url, f'{{base}}.rstrip("/") + "/{TARGET}"')
        else:
            group.changes.wrap(module, url, url, f'({{base}}).rstrip("/") + "/{TARGET}"')

    def _only(self, literal: At) -> bool:
        """Whether the literal's name is read at one place only."""
        parent = literal.module.parents.get(literal.node)
        targets = parent.targets if isinstance(parent, ast.Assign) else []
        if len(targets) != 1 or not isinstance(targets[0], ast.Name):
            return False
        name = targets[0].id
        return sum(len(m.loads.get(name, [])) + len(m.attributes.get(name, [])) for m in self.project.modules) == 1

    def _unseen(self, site: Site) -> Group | None:
        """TGI's body goes to a path that cannot be seen."""
        bodies = [
            body
            for body in self._bodies(site)
            if isinstance(body, Entries) and {"inputs", "parameters"} <= body.names()
        ]
        if not bodies or judge(self.project, site.at.module, site.address, "", False, self.has_tgi) is not Sure.YES:
            return None
        function = site.at.module.around(site.at.node, ast.FunctionDef, ast.AsyncFunctionDef)
        group = Group(site.at, "client/address-unseen", "", "endpoint")
        at = At(site.at.module, function or site.at.node)
        group.manual.append((at, group.rule, "the path that this body (inputs, parameters) is sent to cannot be seen"))
        return group

    # --- /info, /tokenize, /v1 ---

    def _other(self, site: Site) -> Group | None:
        if (
            judge(self.project, site.at.module, site.address, "", f"/{site.route}" in self.own_routes, self.has_tgi)
            is not Sure.YES
        ):
            return None
        flow = self._flow(site, site.route)
        flow.follow(site.at, "response")
        known = any(kind == site.route for kind, _ in flow.read) or site.route == "tokenize"
        if not known and not flow.escapes:
            return None
        group = Group(
            site.at, f"client/http-{site.route}", f"/{site.route} of TGI becomes vLLM's counterpart", "endpoint"
        )
        bodies = [body for body in self._bodies(site) if isinstance(body, Entries)]
        if site.route == "tokenize":
            if not bodies or any("inputs" not in body.names() for body in bodies):
                return None
            for body in bodies:
                self._tokenize(body, group)
        else:
            if not any(kind == "info" for kind, _ in flow.read):
                return None
            self._path(site, group)
        group.changes.merge(flow.changes)
        group.manual += [(at, group.rule, f"/{site.route}: {reason}") for at, reason in flow.escapes]
        return group

    def _tokenize(self, body: Entries, group: Group) -> None:
        draft = Draft(body)
        for entry in body.entries:
            if entry.name == "inputs":
                change(draft, entry, ("prompt", body.module.text(entry.value)))
        for start, end, text in draft.edits():
            group.changes.replace(body.module, start, end, text)

    def _path(self, site: Site, group: Group) -> None:
        piece = next((one for one in reversed(site.address.pieces) if one.text.strip("/")), None)
        if piece is None or piece.at is None:
            group.manual.append((site.at, group.rule, "the path cannot be followed"))
            return
        node: ast.AST = piece.at.node
        around = piece.at.module.parents.get(node)
        start, end = piece.at.module.span(around if isinstance(around, ast.JoinedStr) else node)
        at = piece.at.module.fragment.text.rindex("info", start, end)
        group.changes.replace(piece.at.module, at, at + 4, "v1/models")

    def _named(self, site: Site) -> Group | None:
        """OpenAI's routes stay; only the model's name matters to the launch."""
        for body in self._bodies(site):
            entry = body.get("model") if isinstance(body, Entries) else None
            if isinstance(body, Entries) and entry is not None:
                for value in self.project.values(At(body.module, entry.value)):
                    if isinstance(value.node, ast.Constant) and value.node.value in ("tgi", "dummy"):
                        group = Group(site.at, "client/model-name", "", "model-name")
                        group.names, group.address = [value.node.value], site.address.base or None
                        return group
        return None
