"""One launch in, findings with edits out: rules decide, the plan is held against the catalog, the format writes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from migrate.catalog import vllm
from migrate.findings import Finding, Safety
from migrate.launch.facts import Facts, Setting, read_facts
from migrate.launch.plan import command_words, make_plan
from migrate.launch.translate import Outcome, outcomes
from migrate.rulebook import Rulebook
from migrate.source import Edit, Span
from migrate.touchpoints import CannotWrite, Launch, Plan

REFUSED = "launch/refused"
UNWRITABLE = "launch/unwritable"


def stays(found: Sequence[Finding] | None) -> bool:
    """Whether nothing of a launch is written; None: it could not be converted."""
    if found is None:
        return True
    return any(one.safety is Safety.MANUAL for one in found) and not any(one.edits for one in found)


@dataclass(frozen=True)
class _Converted:
    """The findings of a launch, or of words that it gets besides. `blocked`: a rule forbids to write them."""

    findings: list[Finding]
    written: bool = False
    blocked: bool = False


def convert(launch: Launch, setting: Setting, rulebook: Rulebook, group: str) -> list[Finding]:
    """The findings of one launch; their edits together are its translation, and are written whole or not at all."""
    engine = launch.image or launch.runs_in
    added = [_converted(replace(one, runs_in=engine), setting, rulebook, group) for one in launch.additions]
    if blocking := [finding for one in added if one.blocked for finding in one.findings]:
        return blocking
    translated = tuple(words for words, one in zip(launch.additions, added, strict=True) if one.written)
    found = _converted(replace(launch, additions=translated), setting, rulebook, group)
    return [*found.findings, *(finding for one in added if found.written for finding in one.findings)]


def _converted(launch: Launch, setting: Setting, rulebook: Rulebook, group: str) -> _Converted:
    facts = read_facts(launch, setting, rulebook)
    found = list(outcomes(facts, rulebook))
    if launch.unsupported is not None:
        return _Converted([_whole(launch, group, UNWRITABLE, launch.unsupported)])
    blocking = [outcome for outcome in found if outcome.case.blocks]
    if blocking:
        return _Converted([_finding(outcome, launch, group) for outcome in blocking], blocked=True)
    plan = make_plan(facts, found)
    if refusals := refused(facts, plan):
        texts = [f"vLLM {setting.target} would refuse the result: {text}" for text in refusals]
        return _Converted([_whole(launch, group, REFUSED, text) for text in texts])
    try:
        edits = launch.write(plan)
    except CannotWrite as error:
        return _Converted([_whole(launch, group, UNWRITABLE, str(error))])
    spoken = [_finding(outcome, launch, group) for outcome in found if not outcome.case.quiet]
    return _Converted(_with_edits(spoken, edits), written=True)


def refused(facts: Facts, plan: Plan) -> list[str]:
    """What the target's own command line would refuse of the plan."""
    words = ["$EXPRESSION" if token.expression else token.value for token in command_words(facts, plan)]
    if facts.launch.template:
        words = ["MODEL", *words]
    through = facts.launch.through_entrypoint and not facts.launch.template
    invocation: Literal["image", "serve"] = "image" if through else "serve"
    return [one.message for one in vllm.check_command(words, facts.setting.target, invocation=invocation)]


def _whole(launch: Launch, group: str, rule: str, message: str) -> Finding:
    return Finding(rule, launch.path, launch.anchor, launch.kind, Safety.MANUAL, message, launch.text, group)


def _finding(outcome: Outcome, launch: Launch, group: str) -> Finding:
    rule = outcome.rule
    match = rule.match
    kind = rule.kind or (
        "option" if match.option else "environment" if match.variable else "image" if match.image else "launch"
    )
    return Finding(
        rule=rule.id,
        path=outcome.path or launch.path,
        span=outcome.span or launch.anchor,
        kind=kind,
        safety=outcome.safety,
        message=outcome.message,
        text=outcome.subject or launch.text,
        group=group,
        advisory=outcome.case.advisory,
    )


def _with_edits(findings: Sequence[Finding], edits: Iterable[Edit]) -> list[Finding]:
    """Each edit goes to the finding whose rule asked for it, else to the one whose place it changes."""
    owned: dict[int, list[Edit]] = {}
    for edit in _joined(dict.fromkeys(edits)):
        owned.setdefault(_owner(findings, edit), []).append(edit)
    return [replace(finding, edits=tuple(owned.get(number, ()))) for number, finding in enumerate(findings)]


def _joined(edits: Iterable[Edit]) -> list[Edit]:
    """Insertions at one place as one edit, in the writer's order, which findings do not keep."""
    insertions: dict[tuple[str, int], Edit] = {}
    changes: list[Edit] = []
    for edit in edits:
        place = (edit.path, edit.start)
        if edit.end > edit.start:
            changes.append(edit)
        elif place in insertions:
            insertions[place] = replace(insertions[place], replacement=insertions[place].replacement + edit.replacement)
        else:
            insertions[place] = edit
    return [*insertions.values(), *changes]


def _owner(findings: Sequence[Finding], edit: Edit) -> int:
    by_rule = [n for n, finding in enumerate(findings) if edit.rule and finding.rule == edit.rule]
    by_place = [n for n, finding in enumerate(findings) if finding.path == edit.path and _inside(finding.span, edit)]
    return next(iter([*by_rule, *by_place]), 0)


def _inside(span: Span, edit: Edit) -> bool:
    return span.start <= edit.start and edit.end <= span.end
