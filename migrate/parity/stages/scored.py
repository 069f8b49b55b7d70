"""What a teacher-forced score tells: whether the other engine would have chosen the recorded tokens, or nearly so."""

from __future__ import annotations

from collections.abc import Sequence

from migrate.parity.divergence import compare
from migrate.parity.evidence import Difference, Evidence, Outcome, Pair, Stage, Thresholds
from migrate.parity.score import Scored
from migrate.parity.stages.rates import rate
from migrate.parity.statistics import binomial_tail

# How often an answer may hold a token beyond the margin though nothing is wrong: none did in the answers of each benign
# pair that was scored (TGI 3.3.7 and vLLM 0.32.0 under vLLM 0.32.0; bfloat16 and float32).
BENIGN = 0.05


# The least margin: bfloat16 logits from 16 to 32 move in steps of 0.125, and each of two tokens can move by one.
CLOSE = 0.25


def margin(noise: Sequence[Pair], thresholds: Thresholds) -> float:
    """How much a token may lack to the best one: twice the largest change of a log-probability that the recorded engine
    showed against itself (a regret is the difference of two), that of a close call where it showed none."""
    largest = max((compare(pair.first, pair.second).largest for pair in noise if pair.comparable), default=0.0)
    return (max(CLOSE, 2 * largest) if largest else thresholds.margin) + thresholds.regret


def scored(answers: Sequence[Scored], noise: Sequence[Pair], thresholds: Thresholds) -> Stage:
    """Share of answers that hold a token beyond the margin."""
    judged = [answer for answer in answers if answer.regrets]
    left = tuple(Difference(answer.prompt, f"not scored: {answer.why}") for answer in answers if answer.why)
    if not judged:
        return Stage("score", Outcome.INCONCLUSIVE, "no answer could be scored", "", left)
    limit = margin(noise, thresholds)
    seen = [Difference(answer.prompt, detail) for answer in judged if (detail := _beyond(answer, limit))]
    tokens = sum(len(answer.regrets) for answer in judged)
    beyond = sum(regret > limit for answer in judged for regret in answer.regrets)
    what = (
        f"answers hold a token that lacks more than {limit:.2f} nats to the engine's best one "
        f"({beyond} of {tokens} tokens{_mean(judged)})"
    )
    cause = "the engines compute other logits: another template, dtype, quantisation, penalty or model revision"
    chance = binomial_tail(len(seen), len(judged), BENIGN)
    stage = rate("score", Evidence((), thresholds=thresholds), seen, len(judged), BENIGN, chance, what, cause)
    if left and stage.outcome is Outcome.PASS:
        return _with(stage, left, Outcome.INCONCLUSIVE if len(left) > len(judged) else Outcome.PASS)
    return _with(stage, left, stage.outcome)


def _with(stage: Stage, left: tuple[Difference, ...], outcome: Outcome) -> Stage:
    summary = f"{stage.summary}; {len(left)} answers could not be scored" if left else stage.summary
    return Stage(stage.name, outcome, summary, stage.cause, stage.differences + left, stage.prompts_needed)


def _beyond(answer: Scored, limit: float) -> str:
    worst = max(range(len(answer.regrets)), key=lambda at: answer.regrets[at])
    if answer.regrets[worst] <= limit:
        return ""
    return f"token {worst} {answer.texts[worst]!r}: {answer.regrets[worst]:.3f} nats below the best"


def _mean(judged: Sequence[Scored]) -> str:
    shifts = [shift for answer in judged for shift in answer.shifts]
    return f"; log-probabilities differ by {sum(shifts) / len(shifts):.3f} nats on average" if shifts else ""
