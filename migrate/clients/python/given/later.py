"""Parameters that are set by key after their dict was made: `p["stop"] = ...`, `body["parameters"]["stop"] = ...`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.clients.parameters import UNKNOWN, Note
from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.changes import Changes
from migrate.clients.python.given.parameters import Parameters, grammar_parts, repeatable
from migrate.clients.python.given.uses import SAMPLING, unreadable

NARROWING = ("top_k", "top_p")


@dataclass
class Later:
    """The stores of one set of parameters."""

    project: Project
    given: Parameters
    changes: Changes

    @property
    def module(self) -> Module:
        assert self.given.main is not None
        return self.given.main.module

    def settle(self, renames: dict[str, str]) -> Iterator[tuple[At, Note]]:
        """Writes every store under vLLM's names; yields what it cannot write."""
        for use in self.given.later:
            self._outwards(use)
            name = key(use)
            statement = self.module.parents[use]
            at = At(self.module, use)
            if isinstance(use.ctx, ast.Load) or name not in (*SAMPLING, "temperature", "grammar"):
                self._rename(use, renames.get(name, name))
            elif not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                yield unreadable(at, name, "it is set in a way that cannot be followed")
            elif not self._set(name, use, statement):
                reason = "do_sample decides what it means" if name == "temperature" else "it decides about sampling"
                yield unreadable(at, name, "its form cannot be read here" if name == "grammar" else reason)

    def _set(self, name: str, use: ast.Subscript, statement: ast.Assign) -> bool:
        if name == "grammar":
            return self._grammar(use, statement.value)
        if name == "temperature":
            return self._temperature(use, statement)
        return self._flag(use, statement) if name == "do_sample" else self._narrow(use, statement)

    # --- single parameters ---

    def _grammar(self, use: ast.Subscript, value: ast.expr) -> bool:
        parts = grammar_parts(self.project, At(self.module, value))
        if parts is not None:
            self._rename(use, parts[0])
            self.changes.replace(self.module, *self.module.span(value), parts[1])
        return parts is not None

    def _temperature(self, use: ast.Subscript, statement: ast.Assign) -> bool:
        """Exactly 1.0 was greedy unless something else made TGI sample."""
        value, text = statement.value, self.module.text(statement.value)
        if self._unknown_flag():
            return False
        before = [one for one in self._sampling() if self.module.span(one) < self.module.span(use)]
        if self._sampled() or any(self._together(one, use) for one in self._sampling()):
            return True
        greedy = "0"
        if before:
            if "temperature" in self.given.given:
                return False
            greedy = f"({self._place(use)} and 1.0)"
        if text == "1.0":
            self.changes.replace(self.module, *self.module.span(value), greedy)
        elif isinstance(value, ast.Name | ast.Attribute):
            self.changes.replace(
                self.module, *self.module.span(value), f"{greedy} if {text} in (None, 1.0) else {text}"
            )
        return not before or isinstance(value, ast.Name | ast.Attribute | ast.Constant)

    def _flag(self, use: ast.Subscript, statement: ast.Assign) -> bool:
        """do_sample: what was greedy so far is sampled at 1.0."""
        said, place = literal(self.project, At(self.module, statement.value)), self._place(use)
        if said is True:
            if not self._goes(use, statement):
                self.changes.replace(self.module, *self.module.span(statement), f"{place} = {place} or 1.0")
            return True
        if self._unknown_flag() or self._sampled():
            return False
        if said is False:
            others = [one for one in self._stores("do_sample") if one is not use]
            around = self.module.around(use, ast.If)
            if any(self.module.around(one, ast.If) is not around or around is None for one in others):
                return False
            self.changes.replace(self.module, *self.module.span(statement), "pass")
            return True
        if not repeatable(statement.value):
            return False
        text = self.module.text(statement.value)
        self.changes.replace(
            self.module, *self.module.span(statement), f"{place} = {place} or 1.0 if {text} else {place}"
        )
        return True

    def _narrow(self, use: ast.Subscript, statement: ast.Assign) -> bool:
        """top_k and top_p make TGI sample."""
        value, place = statement.value, self._place(use)
        if self._sampled() or self._warm():
            return True
        text = f"{place} or 1.0"
        if not isinstance(value, ast.Constant) and not self._guarded(value):
            if not repeatable(value):
                return False
            text = f"{place} if {self.module.text(value)} is None else {text}"
        start, end = self.module.span(statement)
        indent = re.search(r"[ \t]*\Z", self.module.fragment.text[:start])
        line = self.module.fragment.text[: start - len(indent[0] if indent else "")]
        if line and line[-1] not in "\r\n":
            return False
        self.changes.insert(self.module, end, f"\n{indent[0] if indent else ''}{place} = {text}")
        return True

    # --- what is known ---

    def _unknown_flag(self) -> bool:
        flag = self.given.given.get("do_sample")
        return flag is not None and flag[0].literal is UNKNOWN

    def _sampled(self) -> bool:
        """Whether the dict is made so that TGI samples."""
        flag = self.given.given.get("do_sample")
        narrow = [self.given.given[name][0].literal for name in (*NARROWING, "typical_p") if name in self.given.given]
        return (flag is not None and flag[0].literal is True) or any(one not in (None, UNKNOWN) for one in narrow)

    def _warm(self) -> bool:
        """Whether the dict is made with a temperature that is none of the neutral ones."""
        found = self.given.given.get("temperature")
        return found is not None and found[0].literal not in (None, 1.0, UNKNOWN)

    def _stores(self, *names: str) -> list[ast.Subscript]:
        return [one for one in self.given.later if isinstance(one.ctx, ast.Store) and key(one) in names]

    def _sampling(self) -> list[ast.Subscript]:
        """The stores that make TGI sample."""
        return [one for one in self._stores(*SAMPLING) if not self._says(one, False)]

    def _says(self, use: ast.Subscript, word: bool) -> bool:
        statement = self.module.parents[use]
        return isinstance(statement, ast.Assign) and literal(self.project, At(self.module, statement.value)) is word

    def _together(self, one: ast.Subscript, use: ast.Subscript) -> bool:
        """Whether do_sample is set to true in the same block."""
        same = _block(self.module, one) is _block(self.module, use)
        return key(one) == "do_sample" and same and self._says(one, True)

    def _guarded(self, value: ast.expr) -> bool:
        """Whether the value is tested before."""
        around = self.module.around(value, ast.If)
        wanted = ast.dump(value)
        return isinstance(around, ast.If) and any(ast.dump(node) == wanted for node in ast.walk(around.test))

    # --- writing ---

    def _place(self, use: ast.Subscript) -> str:
        quote = self.module.text(use.slice)[-1]
        return f"{self.module.text(_holder(self.given, use))}[{quote}temperature{quote}]"

    def _outwards(self, use: ast.Subscript) -> None:
        """`body["parameters"]["stop"]` is `body["stop"]` now."""
        holder = _holder(self.given, use)
        if holder is not use.value:
            self.changes.replace(self.module, self.module.span(holder)[1], self.module.span(use.value)[1], "")

    def _rename(self, use: ast.Subscript, name: str) -> None:
        start, end = self.module.span(use.slice)
        if name != key(use):
            quote = self.module.fragment.text[start]
            self.changes.replace(self.module, start, end, f"{quote}{name}{quote}")

    def _goes(self, use: ast.Subscript, statement: ast.Assign) -> bool:
        """Whether the line went away: a temperature is set beside it."""
        block = _block(self.module, use)
        others = [one for one in self._stores("temperature") if _block(self.module, one) is block]
        text = self.module.fragment.text
        start, end = self.module.span(statement)
        lead = re.search(r"(?:\A|(?<=[\r\n]))[ \t]*\Z", text[:start])
        tail = re.match(r"[ \t]*(?:\r\n|\r|\n)", text[end:])
        if not others or lead is None or tail is None:
            return False
        self.changes.replace(self.module, start - len(lead[0]), end + tail.end(), "")
        return True


def _holder(given: Parameters, use: ast.Subscript) -> ast.expr:
    inner = use.value
    return inner.value if isinstance(inner, ast.Subscript) and id(inner) in given.nested else inner


def _block(module: Module, use: ast.AST) -> object:
    statement = module.statement(use)
    blocks = [one for one in vars(module.parents[statement]).values() if isinstance(one, list)]
    return next((block for block in blocks if statement in block), None)


def key(use: ast.Subscript) -> str:
    """The constant that a subscript asks for."""
    return str(vars(use.slice)["value"])
