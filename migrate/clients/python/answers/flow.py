"""Where a value goes in a program, by kind (a response, the answer in it, a line), and what is read from it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.clients.python.answers.chunks import cut, joined
from migrate.clients.python.answers.containers import held, keyed, stored
from migrate.clients.python.answers.functions import OPTIONAL, passed, returned
from migrate.clients.python.answers.lookups import apply, compared, widen
from migrate.clients.python.answers.members import member
from migrate.clients.python.answers.names import bind, loop, reads
from migrate.clients.python.answers.provided import defaulted
from migrate.clients.python.answers.trail import LOOPS, Trail
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At

ELEMENTS = "[]"  # the member that stands for the elements of an answer that is a list


@dataclass
class Flow(Trail):
    """Follows values from a call; collects the changes, what it cannot follow, and what the request must ask for."""

    _busy: bool = False

    def follow(self, at: At, kind: str) -> None:
        """Follows a value to all its ends; from within a walk, when its turn comes."""
        super().follow(at, kind)
        self._drain()

    def reads(self, module: Module, target: ast.AST, kind: str) -> None:
        """Follows what a name or a parameter holds."""
        reads(self, module, target, kind)
        self._drain()

    def _drain(self) -> None:
        if self._busy:
            return
        self._busy = True
        while self.waiting:
            self._look(*self.waiting.pop())
        widen(self)
        self._busy = False

    def _look(self, at: At, kind: str) -> None:
        parent = at.module.parents[at.node]
        if (kind, ELEMENTS) in self.members and isinstance(parent, (*LOOPS, ast.comprehension, ast.Subscript)):
            assert isinstance(at.node, ast.expr)
            apply(self, at, at.node, ELEMENTS, kind)
            return
        known = self._kept(at, parent, kind) or self._stored(at, parent, kind) or self._used(at, parent, kind)
        if not known and kind not in OPTIONAL:
            self.escape(at, kind)

    def _kept(self, at: At, parent: ast.AST, kind: str) -> bool:
        """The value is the value of the expression around it, or an element of it."""
        around = At(at.module, parent)
        if isinstance(parent, ast.Await | ast.NamedExpr | ast.Starred | ast.BoolOp):
            self.follow(around, kind)
            if isinstance(parent, ast.NamedExpr):
                reads(self, at.module, parent.target, kind)
        elif isinstance(parent, ast.IfExp) and at.node is not parent.test:
            self.follow(around, kind)
        else:
            return (isinstance(parent, ast.BinOp) and joined(self, at, parent, kind)) or held(self, at, parent, kind)
        return True

    def _stored(self, at: At, parent: ast.AST, kind: str) -> bool:
        """The value gets a name, or leaves the function."""
        if isinstance(parent, ast.Assign | ast.AnnAssign):
            for target in parent.targets if isinstance(parent, ast.Assign) else [parent.target]:
                self._named(at, target, kind)
        elif isinstance(parent, ast.AugAssign) and kind.startswith("chunk:"):
            bind(self, at.module, parent.target, kind)
        elif isinstance(parent, ast.withitem):
            if parent.optional_vars is not None:
                bind(self, at.module, parent.optional_vars, kind)
        elif isinstance(parent, ast.Return | ast.Yield):
            returned(self, at, kind, isinstance(parent, ast.Yield))
        elif isinstance(parent, ast.arguments):
            defaulted(self, at, parent, kind)
        elif isinstance(parent, ast.YieldFrom) and kind.startswith("list:"):
            returned(self, at, kind)
        elif isinstance(parent, LOOPS):
            loop(self, at, parent.target, kind, parent)
        elif isinstance(parent, ast.comprehension):
            if parent.iter is at.node:
                loop(self, at, parent.target, kind, parent)
        else:
            return False
        return True

    def _named(self, at: At, target: ast.expr, kind: str) -> None:
        several = isinstance(target, ast.Tuple | ast.List)
        if several and kind == "answers":
            self.changes.insert(at.module, at.module.span(at.node)[1], '["choices"]')
            bind(self, at.module, target, "list:choice")
        elif isinstance(target, ast.Tuple | ast.List) and kind.startswith("cut:") and cut(self, at, target, kind):
            return
        elif not isinstance(target, ast.Subscript) or not stored(self, at, target, kind):
            bind(self, at.module, target, kind)

    def _used(self, at: At, parent: ast.AST, kind: str) -> bool:
        """Something is read from the value, it is handed on, or only tested."""
        if isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is at.node:
            member(self, at, parent, kind)
        elif isinstance(parent, ast.Subscript) and kind.startswith("future:"):
            if isinstance(parent.ctx, ast.Store):
                return keyed(self, at, parent, kind)
        elif isinstance(parent, ast.Call):
            passed(self, at, parent, at.node, kind)
        elif isinstance(parent, ast.keyword):
            call = at.module.parents[parent]
            if isinstance(call, ast.Call):
                passed(self, at, call, parent, kind)
        elif isinstance(parent, ast.Compare):
            compared(self, at, parent, kind)
        elif isinstance(parent, ast.Match) and kind == "status":
            self.matches.append((at, parent))
        else:
            return isinstance(parent, ast.If | ast.While | ast.IfExp | ast.UnaryOp | ast.Expr | ast.Assert)
        return True
