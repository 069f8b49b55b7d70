"""All stages over the evidence, and the one line that they come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from migrate.parity.accepted import NOTHING, Accepted
from migrate.parity.blame import blame
from migrate.parity.evidence import Evidence, Outcome, Stage
from migrate.parity.stages import exact, greedy
from migrate.parity.stages.forms import forms
from migrate.parity.stages.sampled import sampled
from migrate.parity.stages.streams import streams

_STAGES = (
    exact.translated,
    exact.accepted,
    exact.prompt,
    greedy.greedy,
    greedy.divergence,
    greedy.shift,
    greedy.finish,
    exact.endings,
    forms,
    sampled,
    streams,
    exact.errors,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome` is FAIL where a stage failed, else INCONCLUSIVE where one could not tell or nothing was judged."""

    outcome: Outcome
    stages: tuple[Stage, ...]

    @property
    def line(self) -> str:
        """The verdict in one line: what failed, or what could not be told."""
        decisive = [stage for stage in self.stages if stage.outcome is self.outcome]
        if self.outcome is Outcome.PASS:
            noted = sum(stage.outcome is Outcome.DIFFERS for stage in self.stages)
            tail = f", {noted} noted {'difference' if noted == 1 else 'differences'}" if noted else ""
            return f"PASS: {len(decisive)} stages, no difference beyond the noise{tail}"
        if not decisive:
            return "INCONCLUSIVE: there was nothing to judge by"
        names = "; ".join(f"{stage.name}: {stage.summary}{_needed(stage)}" for stage in decisive)
        return f"{self.outcome.name}: {names}"

    def exit_code(self, allow_inconclusive: bool = False) -> int:
        """0 within the thresholds, 1 beyond them or where it cannot be told."""
        passed = self.outcome is Outcome.PASS or (allow_inconclusive and self.outcome is Outcome.INCONCLUSIVE)
        return 0 if passed else 1


def _needed(stage: Stage) -> str:
    if stage.outcome is not Outcome.INCONCLUSIVE or stage.name == "latency":
        return ""  # latency tells how many requests it takes
    if stage.prompts_needed is None:
        return " (no number of prompts like these would tell)"
    return f" (about {stage.prompts_needed} prompts would tell)"


def judge(evidence: Evidence, *more: Stage, accepted: Accepted = NOTHING) -> Verdict:
    """Every stage over the evidence, `more` are stages that were judged elsewhere (shapes, latency).

    What is `accepted` is left out before a stage is judged.
    """
    judged = (*(accepted.judge(stage, evidence) for stage in _STAGES), *(accepted.settle(stage) for stage in more))
    return conclude(blame(stage, evidence.rules) for stage in judged)


def conclude(results: Iterable[Stage]) -> Verdict:
    """What the stages come to."""
    stages = tuple(results)
    outcomes = {stage.outcome for stage in stages}
    if Outcome.FAIL in outcomes:
        return Verdict(Outcome.FAIL, stages)
    if Outcome.INCONCLUSIVE in outcomes or Outcome.PASS not in outcomes:
        return Verdict(Outcome.INCONCLUSIVE, stages)
    return Verdict(Outcome.PASS, stages)
