"""What a program does with an answer: followed from the call to each read, through names, functions and promises."""

from __future__ import annotations

from collections.abc import Mapping

from ast_grep_py import SgNode

from migrate.languages.javascript.changes import Changes
from migrate.languages.javascript.members import ANSWERS, BODY, CHOICE, REPLY, member, subscript
from migrate.languages.javascript.script import FUNCTIONS, QUOTES, Script, arguments, called, patterns, same, span
from migrate.languages.javascript.types import retype
from migrate.rulebook.clients import MemberRule, StatusRule

ANSWER, EVENT, TEXT = "script-answer", "script-event", "text"
THROUGH = frozenset(
    {"await_expression", "parenthesized_expression", "non_null_expression", "ternary_expression", "binary_expression"}
)
TYPED = frozenset({"as_expression", "satisfies_expression"})


class Trail:
    """Follows the value of one call; `answer` is the kind of object that its JSON is."""

    def __init__(
        self, script: Script, changes: Changes, members: Mapping[tuple[str, str], MemberRule],
        statuses: Mapping[str, StatusRule], answer: str,
    ) -> None:  # fmt: skip
        self.script, self.changes, self.members, self.statuses = script, changes, members, statuses
        self.answer = answer
        self.read = 0
        self._seen: set[tuple[int, int, str]] = set()

    def follow(self, node: SgNode, kind: str) -> None:
        """Follows an expression that holds an object of a kind to what is done with it."""
        place = span(node)
        parent = node.parent()
        if kind == TEXT or parent is None or (place.start, place.end, kind) in self._seen:
            return
        self._seen.add((place.start, place.end, kind))
        shape = parent.kind()
        if shape in TYPED:
            retype(self.script, self.changes, parent, kind)
            self.follow(parent, kind)
        elif shape in THROUGH:
            self._through(node, parent, kind)
        elif shape == "member_expression" and same(parent.field("object") or parent, node):
            member(self, node, parent, kind)
        elif shape == "subscript_expression" and same(parent.field("object") or parent, node):
            subscript(self, node, parent, kind)
        elif shape == "variable_declarator":
            retype(self.script, self.changes, parent, kind)
            self.bind(parent.field("name"), kind)
        elif shape == "assignment_expression" and same(parent.field("right") or parent, node):
            self._assign(parent.field("left"), kind)
        elif shape == "for_in_statement" and kind in (ANSWERS, f"list:{EVENT}"):
            self._loop(node, parent, kind)
        elif shape in ("return_statement", "arrow_function", "yield_expression"):
            self._returned(node, parent, kind)
        elif shape == "arguments":
            self._passed(node, parent, kind)
        elif shape != "expression_statement":
            self.lost(node, kind)

    def lost(self, node: SgNode, kind: str) -> None:
        if kind != BODY and (kind != REPLY or self.answer == ANSWERS):
            self.changes.escape(node, "what this program does with TGI's answer here cannot be followed")

    def _through(self, node: SgNode, parent: SgNode, kind: str) -> None:
        if parent.kind() == "binary_expression":
            operator = parent.field("operator")
            if operator is None or operator.text() not in ("||", "??"):
                return
        if parent.kind() == "ternary_expression" and same(parent.field("condition") or parent, node):
            return
        self.follow(parent, kind)

    # --- names ---

    def bind(self, pattern: SgNode | None, kind: str) -> None:
        """A name or a pattern gets the value."""
        if pattern is None:
            return
        shape = pattern.kind()
        if shape in ("identifier", "shorthand_property_identifier_pattern"):
            binding = self.script.binding(pattern)
            for use in self.script.uses(binding) if binding else ():
                self._use(use, kind)
        elif shape in ("required_parameter", "optional_parameter"):
            retype(self.script, self.changes, pattern, kind)
            self.bind(pattern.field("pattern"), kind)
        elif shape == "object_pattern":
            for one in pattern.children():
                self._destructured(one, kind)
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
        if kind == REPLY and name in ("data", "body"):
            self.bind(inner, self.answer if name == "data" else REPLY)
            return
        rule = self.members.get((self.answer if kind == REPLY else kind, name))
        if rule is None:
            if kind != REPLY:
                self.changes.escape(one, f"{name} of the answer has no counterpart that is known here")
            return
        if rule.pattern is None or inner is None or rule.safety == "manual":
            self.changes.escape(one, f"{name}: {rule.why}")
            return
        self.read += 1
        self.changes.needs |= rule.needs
        place = span(one)
        before, after = rule.pattern.split("{name}")
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

    def _loop(self, node: SgNode, loop: SgNode, kind: str) -> None:
        if not same(loop.field("right") or loop, node):
            return
        if kind == ANSWERS:
            plain = node.kind() in ("identifier", "member_expression", "call_expression", "parenthesized_expression")
            self.changes.wrap(node, node, "{base}.choices" if plain else "({base}).choices")
        self.bind(loop.field("left"), CHOICE if kind == ANSWERS else EVENT)

    # --- functions ---

    def _returned(self, node: SgNode, parent: SgNode, kind: str) -> None:
        """The value is what a function gives: it goes on at the function's calls."""
        if parent.kind() == "arrow_function" and not same(parent.field("body") or parent, node):
            return
        function = parent if parent.kind() == "arrow_function" else None
        function = function or next((one for one in parent.ancestors() if one.kind() in FUNCTIONS), None)
        around = function.parent() if function else None
        if function is None or around is None or parent.kind() == "yield_expression":
            self.lost(node, kind)
        elif around.kind() == "arguments" and (call := around.parent()) and called(call) == "then":
            self.follow(call, kind)
        else:
            callers = self.script.callers(function)
            if not callers:
                self.lost(node, kind)
            for caller in callers or ():
                self.follow(caller, kind)

    def _passed(self, node: SgNode, parent: SgNode, kind: str) -> None:
        """The value is an argument: it goes on in a function of this file."""
        call = parent.parent()
        if call is not None and called(call) == "await":  # the grammar takes `await (x).y` for a call
            self.follow(call, kind)
            return
        if call is not None and kind == BODY:
            function = call.field("function")
            if function is not None and function.text() == "JSON.parse":
                self.follow(call, self.answer)
            return
        index = next((i for i, one in enumerate(arguments(call)) if same(one, node)), 0) if call else 0
        function = self._function(called(call)) if call else None
        names = function.field("parameters") if function else None
        given = [one for one in names.children() if one.kind() not in ("(", ",", ")")] if names else []
        if index < len(given):
            self.bind(given[index], kind)
        else:
            self.lost(node, kind)

    def _function(self, name: str) -> SgNode | None:
        for kind in ("function_declaration", "method_definition"):
            for one in self.script.root.find_all(kind=kind):
                if (found := one.field("name")) and found.text() == name:
                    return one
        for one in self.script.root.find_all(kind="variable_declarator"):
            body = one.field("value")
            if (found := one.field("name")) and found.text() == name and body and body.kind() in FUNCTIONS:
                return body
        return None


def _top(child: SgNode) -> list[SgNode]:
    return [child] if child.kind() == "object_pattern" else list(patterns(child))
