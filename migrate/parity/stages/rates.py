"""A share of prompts as a stage's result."""

from __future__ import annotations

from migrate.parity.evidence import Difference, Evidence, Outcome, Stage
from migrate.parity.statistics import prompts_needed, upper_bound


def rate(
    name: str,
    evidence: Evidence,
    seen: list[Difference],
    of: int,
    benign: float,
    chance: float,
    what: str,
    cause: str,
) -> Stage:
    """A share of prompts against the benign one: fail beyond chance, pass when surely within the tolerance."""
    summary = f"{len(seen)} of {of} {what}"
    if chance < evidence.alpha:
        detail = f"{summary}, against {benign:.1%} without a difference, p = {chance:.2g}"
        return Stage(name, Outcome.FAIL, detail, cause, tuple(seen))
    confidence = evidence.thresholds.confidence
    allowed = benign + evidence.thresholds.tolerance
    bound = upper_bound(len(seen), of, confidence)
    if bound <= allowed:
        return Stage(
            name, Outcome.PASS, f"{summary}: at most {bound:.0%} with {confidence:.0%} confidence", "", tuple(seen)
        )
    needed = prompts_needed(len(seen), of, allowed, confidence)
    detail = f"{summary}: as many as {bound:.0%} may do so, {allowed:.0%} would pass"
    return Stage(name, Outcome.INCONCLUSIVE, detail, "", tuple(seen), needed)
