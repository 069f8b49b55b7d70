"""The rules for clients, looked up by what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from migrate.rulebook import load
from migrate.rulebook.client_rule import ClientRule
from migrate.rulebook.clients import (
    ExceptionRule,
    LibraryRule,
    MemberRule,
    ParameterRule,
    ReportRule,
    ScriptRule,
    StatusRule,
)
from migrate.rulebook.constructors import ConstructorRule
from migrate.rulebook.model import as_list
from migrate.rulebook.openai import DiffersRule, IgnoredRule, RequiresRule, SpeaksRule

_Rule = TypeVar("_Rule", bound=ClientRule)


@dataclass(frozen=True)
class Book:
    """The rules for clients; every look-up is a mapping that is made once.

    `wrappers` are dotted names that the user's own rules name: a class of the repository itself may be meant.
    """

    rules: tuple[ClientRule, ...]
    wrappers: frozenset[str] = frozenset()

    def _all(self, kind: type[_Rule]) -> Iterable[_Rule]:
        return (rule for rule in self.rules if isinstance(rule, kind))

    @cached_property
    def parameters(self) -> dict[str, ParameterRule]:
        """By the name on TGI's own routes."""
        return {name: rule for rule in self._all(ParameterRule) for name in as_list(rule.parameter)}

    @cached_property
    def members(self) -> dict[tuple[str, str], MemberRule]:
        """By the kind of object and the member's name."""
        return {(rule.of, rule.member): rule for rule in self._all(MemberRule)}

    @cached_property
    def libraries(self) -> dict[str, LibraryRule]:
        """HTTP libraries by the top name of their module."""
        return {name: rule for rule in self._all(LibraryRule) for name in rule.library}

    @cached_property
    def constructors(self) -> dict[str, ConstructorRule]:
        """By dotted name."""
        return {name: rule for rule in self._all(ConstructorRule) for name in rule.constructor}

    @cached_property
    def scripts(self) -> tuple[ScriptRule, ...]:
        """Client libraries of other languages."""
        return tuple(self._all(ScriptRule))

    @cached_property
    def reports(self) -> dict[str, ReportRule]:
        """By dotted name."""
        return {name: rule for rule in self._all(ReportRule) for name in rule.report if not rule.calls}

    @cached_property
    def watched(self) -> dict[str, ReportRule]:
        """Objects of which only certain calls are reported, by the dotted name of what makes them."""
        return {name: rule for rule in self._all(ReportRule) for name in rule.report if rule.calls}

    @cached_property
    def speaks(self) -> dict[str, SpeaksRule]:
        """By dotted name."""
        return {name: rule for rule in self._all(SpeaksRule) for name in rule.speaks}

    @cached_property
    def ignored(self) -> dict[str, IgnoredRule]:
        """By the field's name, on the chat route."""
        return {name: rule for (route, name), rule in self.unread.items() if route == "chat"}

    @cached_property
    def unread(self) -> dict[tuple[str, str], IgnoredRule]:
        """By the route (`chat`, `text`) and the field's name."""
        return {(rule.route, name): rule for rule in self._all(IgnoredRule) for name in rule.ignored}

    @cached_property
    def differs(self) -> dict[str, DiffersRule]:
        """By the field's name."""
        return {name: rule for rule in self._all(DiffersRule) for name in rule.differs}

    @cached_property
    def requires(self) -> dict[str, RequiresRule]:
        """By the field's name."""
        return {name: rule for rule in self._all(RequiresRule) for name in rule.requires}

    @cached_property
    def exceptions(self) -> dict[str, ExceptionRule]:
        """By dotted name."""
        return {name: rule for rule in self._all(ExceptionRule) for name in as_list(rule.exception)}

    @cached_property
    def statuses(self) -> dict[str, StatusRule]:
        """By the code as text."""
        return {str(rule.status): rule for rule in self._all(StatusRule)}

    @cached_property
    def triggers(self) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
        """What a program that uses a class of the rules holds: the top name of its package, and one of its names."""
        found: dict[bytes, dict[bytes, None]] = {}
        for name in (*self.constructors, *self.reports, *self.watched, *self.speaks):
            top, _, rest = name.partition(".")
            found.setdefault(top.encode(), {})[rest.rpartition(".")[2].encode()] = None
        return tuple((top, tuple(names)) for top, names in found.items())


@cache
def book(folders: tuple[Path, ...] = ()) -> Book:
    """The rules that come with the program, with those of the user's folders over them.

    Raises:
        RulesInvalid: a rule file has mistakes.
    """
    rulebook = load(folders)
    rules = tuple(rulebook.clients.values())
    own = {id(rule) for rule in load().clients.values()}
    mine = Book(tuple(rule for rule in rules if id(rule) not in own))
    return Book(rules, frozenset((*mine.constructors, *mine.reports)))
