"""Which rules may have caused a difference: those that the affected prompts have and the others have less often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from migrate.parity.evidence import Stage

Rules = Mapping[str, tuple[str, ...]]


def blame(stage: Stage, rules: Rules) -> Stage:
    """The stage with the rules of each difference, the likeliest first.

    A rule that the unaffected prompts were translated by as often as the affected ones explains nothing: left out.
    """
    affected = {difference.prompt for difference in stage.differences} & rules.keys()
    if not affected:
        return stage
    here, elsewhere = _shares(rules, affected), _shares(rules, rules.keys() - affected)
    lead = {rule: share - elsewhere.get(rule, 0.0) for rule, share in here.items()}
    suspects = sorted((rule for rule in lead if lead[rule] > 0), key=lambda rule: (-lead[rule], rule))
    differences = tuple(
        replace(item, rules=tuple(rule for rule in suspects if rule in rules.get(item.prompt, ())))
        for item in stage.differences
    )
    return replace(stage, differences=differences)


def _shares(rules: Rules, prompts: set[str]) -> dict[str, float]:
    """In which share of the prompts each rule was used."""
    counts = Counter(rule for prompt in prompts for rule in set(rules[prompt]))
    return {rule: count / len(prompts) for rule, count in counts.items()}
