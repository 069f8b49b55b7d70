"""What a program does with an answer: followed from the call to each read, through names, functions and promises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from migrate.languages.javascript.changes import Changes
from migrate.languages.javascript.details import taken
from migrate.languages.javascript.handing import passed, returned
from migrate.languages.javascript.lists import LIST, listed, looped
from migrate.languages.javascript.members import ANSWERS, BODY, CHOICE, REPLY, member, subscript
from migrate.languages.javascript.modules import Scripts
from migrate.languages.javascript.script import QUOTES, Script, patterns, same, span
from migrate.languages.javascript.statuses import STATUS, status
from migrate.languages.javascript.types import retype
from migrate.languages.javascript.whole import Whole
from migrate.rulebook.clients import MemberRule, StatusRule
from migrate.source import Span

EVENT, TEXT = "script-event", "text"
FAILURE = "failure"  # what a client throws: it holds the reply
REPLIES = frozenset({"data", "body", "status"})
THROUGH = frozenset(
    {"await_expression", "parenthesized_expression", "non_null_expression", "ternary_expression", "binary_expression"}
)
TYPED = frozenset({"as_expression", "satisfies_expression"})


@dataclass
class Walk:
    """What the trails of one call share, in every file."""

    read: int = 0
    seen: set[tuple[str, Span, str]] = field(default_factory=set)
    dead: list[tuple[str, Span]] = field(default_factory=list)  # branches that go
    wholes: list[Whole] = field(default_factory=list)


class Trail:
    """Follows the value of one call; `answer` is the kind of object that its JSON is."""

    def __init__(
        self, scripts: Scripts, script: Script, changes: Changes, members: Mapping[tuple[str, str], MemberRule],
        statuses: Mapping[str, StatusRule], answer: str, walk: Walk | None = None,
    ) -> None:  # fmt: skip
        self.scripts, self.script, self.members, self.statuses = scripts, script, members, statuses
        self.changes, self.answer = changes, answer
        self.walk = walk or Walk()
        self.only: frozenset[str] | None = None  # the members that are looked at; None: all

    def at(self, script: Script) -> Trail:
        """The same walk in another file."""
        if script is self.script:
            return self
        changes = self.changes.at(script)
        there = Trail(self.scripts, script, changes, self.members, self.statuses, self.answer, self.walk)
        there.only = self.only
        return there

    def refusing(self) -> Trail:
        """The same walk with an eye on refusals only: where a value goes besides is none of its business."""
        there = Trail(self.scripts, self.script, self.changes, self.members, self.statuses, self.answer, Walk())
        there.only = frozenset({"error"})
        return there

    def follow(self, node: SgNode, kind: str) -> None:
        """Follows an expression that holds an object of a kind to what is done with it."""
        key = (self.script.source.path, span(node), kind)
        parent = node.parent()
        if kind == TEXT or parent is None or key in self.walk.seen or self._dead(node):
            return
        self.walk.seen.add(key)
        if not self._named(node, parent, kind):
            self._used(node, parent, kind)

    def _named(self, node: SgNode, parent: SgNode, kind: str) -> bool:
        """Whether the value goes on as what stands around it, or under a name."""
        shape = parent.kind()
        if shape in TYPED:
            retype(self, parent, kind)
            self.follow(parent, kind)
        elif shape in THROUGH:
            self._through(node, parent, kind)
        elif shape == "variable_declarator":
            retype(self, parent, kind)
            self.bind(parent.field("name"), kind)
        elif shape == "assignment_expression" and same(parent.field("right") or parent, node):
            self._assign(parent.field("left"), kind)
        else:
            return False
        return True

    def _used(self, node: SgNode, parent: SgNode, kind: str) -> None:
        shape = parent.kind()
        inside = same(parent.field("object") or parent, node)
        if kind == STATUS:
            status(self, node)
        elif shape in ("return_statement", "arrow_function", "yield_expression"):
            returned(self, node, parent, kind)
        elif shape == "arguments":
            passed(self, node, parent, kind)
        elif kind.startswith(LIST):
            listed(self, node, parent, kind)
        elif shape == "member_expression" and inside:
            self._member(node, parent, kind)
        elif shape == "subscript_expression" and inside:
            subscript(self, node, parent, kind)
        elif shape == "for_in_statement" and kind == ANSWERS:
            self._loop(node, parent)
        elif shape == "array":
            looped(self, node, parent, kind)
        elif shape != "expression_statement":
            self.lost(node, kind)

    def _dead(self, node: SgNode) -> bool:
        at = span(node).start
        return any(path == self.script.source.path and at in place for path, place in self.walk.dead)

    def _member(self, node: SgNode, parent: SgNode, kind: str) -> None:
        prop = parent.field("property")
        if kind != FAILURE:
            member(self, node, parent, kind)
        elif prop is not None and prop.text() == "response":
            self.follow(parent, REPLY)
        elif prop is not None and prop.text() in ("status", "statusCode"):
            self.follow(parent, STATUS)

    def lost(self, node: SgNode, kind: str) -> None:
        if self.only is not None:
            return
        if kind not in (BODY, FAILURE, STATUS) and (kind != REPLY or self.answer == ANSWERS):
            self.changes.escape(node, "what this program does with TGI's answer here cannot be followed")

    def _through(self, node: SgNode, parent: SgNode, kind: str) -> None:
        if parent.kind() == "binary_expression":
            operator = parent.field("operator")
            sign = operator.text() if operator else ""
            if sign == "in":
                self._named_in(parent)
            if sign not in ("||", "??"):
                if kind == STATUS:
                    status(self, node)
                return
        if parent.kind() == "ternary_expression" and same(parent.field("condition") or parent, node):
            return
        self.follow(parent, kind)

    def _named_in(self, test: SgNode) -> None:
        """`"generated_text" in answer` asks for what vLLM's answer has."""
        left = test.field("left")
        if left is not None and left.text().strip(QUOTES) == "generated_text":
            self.changes.replace(span(left).start + 1, span(left).end - 1, "choices")

    # --- names ---

    def bind(self, pattern: SgNode | None, kind: str) -> None:
        """A name or a pattern gets the value."""
        if pattern is None or kind == TEXT:
            return
        shape = pattern.kind()
        if shape in ("identifier", "shorthand_property_identifier_pattern"):
            binding = self.script.binding(pattern)
            for use in self.script.uses(binding) if binding else ():
                self._use(use, kind)
        elif shape in ("required_parameter", "optional_parameter"):
            retype(self, pattern, kind)
            self.bind(pattern.field("pattern"), kind)
        elif shape == "object_pattern":
            for one in pattern.children():
                self._destructured(one, kind)
        elif shape == "array_pattern" and kind.startswith(LIST):
            for name in (name for child in pattern.children() for name in _top(child)):
                self.bind(name, kind.removeprefix(LIST))
        elif shape == "array_pattern" and kind == ANSWERS:
            place = span(pattern)
            self.changes.replace(place.start, place.start, "{ choices: ")
            self.changes.replace(place.end, place.end, " }")
            for name in (name for child in pattern.children() for name in _top(child)):
                self.bind(name, CHOICE)
        elif kind not in (REPLY, BODY):
            self.changes.escape(pattern, "what this program takes out of TGI's answer here cannot be followed")

    def _use(self, use: SgNode, kind: str) -> None:
        if use.kind() == "shorthand_property_identifier":
            self.lost(use, kind)
        else:
            self.follow(use, kind)

    def _destructured(self, one: SgNode, kind: str) -> None:
        """One entry of an object pattern."""
        if one.kind() not in ("shorthand_property_identifier_pattern", "pair_pattern"):
            return
        key = one.field("key")
        name = (key or one).text().strip(QUOTES)
        inner = one.field("value") if key else one
        if kind == REPLY and name in REPLIES:
            self.bind(inner, {"data": self.answer, "body": REPLY, "status": STATUS}[name])
            return
        if kind == FAILURE:
            self.bind(inner, REPLY) if name == "response" else None
            return
        rule = self.members.get((self.answer if kind == REPLY else kind, name))
        if self.only is not None and name not in self.only:
            return
        if rule is None:
            if kind != REPLY:
                self.changes.escape(one, f"{name} of the answer has no counterpart that is known here")
            return
        if rule.pattern is None and inner is not None and rule.safety == "safe" and taken(self, one, inner, rule):
            return
        if rule.pattern is None or inner is None or rule.safety == "manual":
            self.changes.escape(one, f"{name}: {rule.why}")
            return
        self.walk.read += 1
        self.changes.needs |= rule.needs
        place = span(one)
        before, after = rule.pattern.split("{name}")
        before = re.sub(rf"(?<!\w){re.escape(inner.text())}: \Z", "", before)
        self.changes.replace(place.start, span(inner).start, before)
        self.changes.replace(span(inner).end, place.end, after)
        self.bind(inner, rule.gives)

    def _assign(self, left: SgNode | None, kind: str) -> None:
        if left is not None and left.kind() == "identifier":
            self.bind(left, kind) if self.script.binding(left) is None else self._again(left, kind)
        elif left is not None:
            self.lost(left, kind)

    def _again(self, left: SgNode, kind: str) -> None:
        binding = self.script.binding(left)
        for use in self.script.uses(binding) if binding else ():
            if span(use).start > span(left).end:
                self._use(use, kind)

    def _loop(self, node: SgNode, loop: SgNode) -> None:
        if not same(loop.field("right") or loop, node):
            return
        plain = node.kind() in ("identifier", "member_expression", "call_expression", "parenthesized_expression")
        self.changes.wrap(node, node, "{base}.choices" if plain else "({base}).choices")
        self.bind(loop.field("left"), CHOICE)


def _top(child: SgNode) -> list[SgNode]:
    return [child] if child.kind() == "object_pattern" else list(patterns(child))
