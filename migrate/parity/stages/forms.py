"""Answers that a grammar or a schema holds: whether the second engine keeps to it."""

from __future__ import annotations

from migrate.parity.answer import Answer
from migrate.parity.evidence import Difference, Evidence, Outcome, Stage


def forms(evidence: Evidence) -> Stage:
    """Each whole answer of the form that was asked for has it on the second engine as well: engines that do not know
    a field leave it out without a word, and answer freely."""
    judged = [
        (pair.prompt, grammar, pair.second)
        for pair in evidence.pairs
        if (grammar := evidence.grammars.get(pair.prompt))
        and pair.answered
        and _whole(pair.first)
        and _whole(pair.second)
        and not grammar.broken_by(pair.first.text)
    ]
    if not judged:
        return Stage("forms", Outcome.SKIPPED, "no whole answer of a form that was asked for")
    broken = [
        Difference(prompt, f"{why}: {second.text[:80]!r}")
        for prompt, grammar, second in judged
        if (why := grammar.broken_by(second.text))
    ]
    if not broken:
        return Stage("forms", Outcome.PASS, f"{len(judged)} answers have the form that was asked for")
    summary = f"{len(broken)} of {len(judged)} answers have not the form that was asked for"
    needed = any(item.prompt not in evidence.optional for item in broken)
    cause = "the grammar does not reach the second engine: a field that it does not know is left out without a word"
    return Stage("forms", Outcome.FAIL if needed else Outcome.DIFFERS, summary, cause, tuple(broken))


def _whole(answer: Answer) -> bool:
    """An answer that was cut off need not be JSON yet; one with a tool call has its text elsewhere."""
    return answer.finish != "length" and not answer.tool_calls
