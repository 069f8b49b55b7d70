"""Outcomes become one plan: which argument turns into which words, what is added where, which variables go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from migrate.launch.facts import Facts
from migrate.launch.translate import Outcome, Written
from migrate.touchpoints import Change, Plan, Setting, Token


@dataclass
class _Draft:
    image: Token | None = None
    changes: dict[tuple[int, int], Change] = field(default_factory=dict)
    head: list[Token] = field(default_factory=list)
    tail: list[list[Token]] = field(default_factory=list)
    removed: set[int] = field(default_factory=set)
    settings: list[Setting] = field(default_factory=list)


def make_plan(facts: Facts, outcomes: Iterable[Outcome]) -> Plan:
    """Lay the outcomes out: in place where a flag stood, before the first argument for the model, else behind.

    Options that take several values come first behind the old arguments, so that the last word before `"$@"` is never
    part of an open list.
    """
    draft = _Draft()
    for outcome in outcomes:
        _add(facts, outcome, draft)
    draft.removed |= {one.variable for one in facts.overridden if not facts.launch.environment[one.variable].shared}
    draft.settings = _new(facts, draft)
    taken = {setting.replaces for setting in draft.settings}
    tail = sorted(draft.tail, key=lambda words: 0 if len(words) > 2 else 1 if len(words) == 1 else 2)
    return Plan(
        image=draft.image,
        changes=tuple(change for _, change in sorted(draft.changes.items())),
        head=tuple(draft.head),
        tail=tuple(word for words in tail for word in words),
        tail_before=facts.line.foreign[0] if facts.line.foreign else None,
        removed=tuple(sorted(draft.removed - taken)),
        settings=tuple(draft.settings),
    )


def _add(facts: Facts, outcome: Outcome, draft: _Draft) -> None:
    for written in outcome.written:
        if written.result.image and written.words:
            draft.image = written.words[0]
    if outcome.case.keeps:
        return
    flags = [one for one in outcome.given if one.by_flag]
    remark = outcome.remark
    if remark is not None and remark.first >= 0:
        _replace(draft, remark.first, remark.last, outcome.written, outcome)
    elif flags:
        _in_place(facts, outcome, draft, flags[0].first, flags[0].last)
        for one in flags[1:]:
            draft.changes.setdefault((one.first, one.last), Change(one.first, one.last, (), outcome.rule.id))
    else:
        _behind(outcome, draft)
    _settings(facts, outcome, draft)


def _in_place(facts: Facts, outcome: Outcome, draft: _Draft, first: int, last: int) -> None:
    model = [written for written in outcome.written if written.result.positional]
    if model and first > 0:
        draft.head += _ruled(model[0].arguments, outcome)
        _replace(draft, first, last, [one for one in outcome.written if one not in model], outcome)
        return
    if _same(facts, outcome, first, last):
        return
    _replace(draft, first, last, outcome.written, outcome)


def _same(facts: Facts, outcome: Outcome, first: int, last: int) -> bool:
    """Whether the words stay as they are: the same option with its own value."""
    words = [token for written in outcome.written for token in written.arguments]
    old = facts.launch.arguments[first:last]
    values = [word.value for word in old]
    if len(old) == 1 and "=" in values[0]:
        values = list(values[0].partition("=")[::2])
    return [word.value for word in words] == values


def _replace(draft: _Draft, first: int, last: int, written: Sequence[Written], outcome: Outcome) -> None:
    words = tuple(_ruled((token for one in written for token in one.arguments), outcome))
    draft.changes[first, last] = Change(first, last, words, outcome.rule.id)


def _behind(outcome: Outcome, draft: _Draft) -> None:
    for written in outcome.written:
        words = _ruled(written.arguments, outcome)
        if written.result.positional:
            draft.head += words
        elif words:
            draft.tail.append(words)


def _settings(facts: Facts, outcome: Outcome, draft: _Draft) -> None:
    """Variables that the outcome writes; the variable it came from is replaced by the first or goes."""
    new = [written for written in outcome.written if written.result.variable]
    place: int | None = outcome.variable if outcome.variable >= 0 else None
    if place is not None and facts.launch.environment[place].shared:
        place = None
    for written in new:
        name = written.result.variable or ""
        value = written.words[0] if written.words else None
        draft.settings.append(Setting(name, value, place, outcome.rule.id))
        place = None
    if place is not None:
        draft.removed.add(place)


def _new(facts: Facts, draft: _Draft) -> list[Setting]:
    """The settings whose name no variable has that stays; what such a setting would have replaced goes."""
    kept: list[Setting] = []
    for setting in draft.settings:
        existing = next((n for n, one in enumerate(facts.launch.environment) if one.name == setting.name), None)
        if existing in (None, setting.replaces) or existing in draft.removed:
            kept.append(setting)
        elif setting.replaces is not None:
            draft.removed.add(setting.replaces)
    return kept


def _ruled(words: Iterable[Token], outcome: Outcome) -> list[Token]:
    return [Token(w.value, w.raw, w.dialect, w.expression, outcome.rule.id) for w in words]


def command_words(facts: Facts, plan: Plan) -> list[Token]:
    """The vLLM arguments that the plan leaves, in order: what the target's parser will see."""
    changes = {change.first: change for change in plan.changes}
    words = list(plan.head)
    index = 0
    arguments = facts.launch.arguments
    before = plan.tail_before if plan.tail_before is not None else len(arguments)
    while index < len(arguments):
        if index == before:
            words += plan.tail
        change = changes.get(index)
        if change is None:
            words.append(Token.of(arguments[index]))
            index += 1
        else:
            words += change.words
            index = max(change.last, index + 1)
    if before >= len(arguments):
        words += plan.tail
    return words
