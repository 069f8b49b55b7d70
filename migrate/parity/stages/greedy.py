"""What greedy answers tell with their log-probabilities, beyond being equal or not."""

from __future__ import annotations

from migrate.parity.answer import Answer
from migrate.parity.decoding import Decoding
from migrate.parity.divergence import Comparison, Divergence, compare
from migrate.parity.evidence import Difference, Evidence, Outcome, Pair, Stage
from migrate.parity.stages.rates import rate
from migrate.parity.statistics import (
    binomial_tail,
    bootstrap_ratios,
    bounds,
    fisher,
    sign_test,
)

# How often a divergence may be no close call though nothing is wrong, where the noise has none: a dozen pairs without
# one do not show that there are fewer. None was in 24 to
# 32 prompts of each benign pair recorded (TGI 3.3.7, vLLM 0.32.0, transformers 5.19.0; bfloat16, float32).
BENIGN = 0.05

# How often a greedy engine's answer may hold a token that is not its own best by more than `regret`, where the other
# engine's never do. None was in 400 answers of 64 tokens (the same engines, and vLLM on 24 more chats).
BENIGN_REGRET = 0.01

# The bootstrap over fewer prompts is too sure of itself: benign pairs of one prompt failed in 9 of 100 draws, of two in
# 1, of three and more in none of 3,000.
FEWEST = 5

_CAUSE = (
    "one engine does not decode greedily: a temperature or a penalty that the request did not ask for, such as the "
    "defaults of generation_config.json (on vLLM --generation-config vllm leaves them out)"
)


def greedy(evidence: Evidence) -> Stage:
    """Both engines take the token that they find most probable, the second as often as the first."""
    plain = [pair for pair in evidence.pairs if pair.comparable and pair.decoding is Decoding.GREEDY]
    judged = [pair for pair in plain if _reports(pair.first) and _reports(pair.second)]
    if not judged:
        return Stage("greedy", Outcome.SKIPPED, "no greedy answers with log-probabilities of the alternatives")
    limit = evidence.thresholds.regret
    seen = [Difference(pair.prompt, detail) for pair in judged if (detail := _less_probable(pair.second, limit))]
    own = sum(bool(_less_probable(pair.first, limit)) for pair in judged)
    repeated = [pair for pair in evidence.first_noise if pair.decoding is Decoding.GREEDY and _reports(pair.second)]
    again = [bool(_less_probable(pair.second, limit)) for pair in repeated]
    reference_hits, reference = own + sum(again), len(judged) + len(again)
    what = "answers hold a token that the engine itself finds less probable than another"
    if reference_hits:
        more = fisher(len(seen), len(judged), reference_hits, reference)
        less = (
            fisher(own, len(judged), len(seen), len(judged)) if seen else binomial_tail(own, len(judged), BENIGN_REGRET)
        )
        chance = min(1.0, 2 * min(more, less))
    else:
        chance = binomial_tail(len(seen), len(judged), BENIGN_REGRET)
    return rate("greedy", evidence, seen, len(judged), reference_hits / reference, chance, what, _CAUSE)


def _reports(answer: Answer) -> bool:
    return any(token.regret is not None for token in answer.tokens)


def _less_probable(answer: Answer, limit: float) -> str:
    """The first token that was not the engine's best by more than `limit`."""
    for at, token in enumerate(answer.tokens):
        if token.regret is not None and token.regret > limit and token.top:
            return f"token {at} {token.text!r}: {token.regret:.3f} nats below {token.top[0].text!r}"
    return ""


def divergence(evidence: Evidence) -> Stage:
    """Where greedy answers part, it was a close call."""
    judged = [(pair.prompt, compare(pair.first, pair.second).divergence) for pair in evidence.pairs if pair.comparable]
    if not judged:
        return Stage("divergence", Outcome.SKIPPED, "no greedy answers with tokens on both sides")
    parted = [(prompt, where) for prompt, where in judged if where]
    if parted and all(where.margin is None for _, where in parted):
        summary = f"{len(parted)} of {len(judged)} answers part, and no log-probabilities tell how close a call it was"
        return Stage("divergence", Outcome.INCONCLUSIVE, summary, differences=_list(parted))
    limit = evidence.thresholds.margin + evidence.thresholds.regret
    wide = [(prompt, where) for prompt, where in parted if where.margin is not None and where.margin > limit]
    noise = [item.divergence for item in _moved(evidence.noise)]
    known = sum(1 for where in noise if where and where.margin is not None and where.margin > limit)
    if known:
        chance, benign = fisher(len(wide), len(judged), known, len(noise)), max(known / len(noise), BENIGN)
    else:
        chance, benign = binomial_tail(len(wide), len(judged), BENIGN), BENIGN
    what = f"answers part where it was no close call ({len(parted)} part at all)"
    cause = "the engines compute other logits: another dtype, quantisation, penalty, context or model revision"
    return rate("divergence", evidence, list(_list(wide)), len(judged), benign, chance, what, cause)


def _list(parted: list[tuple[str, Divergence]]) -> tuple[Difference, ...]:
    return tuple(Difference(prompt, _say(where)) for prompt, where in parted)


def _say(where: Divergence) -> str:
    rank = f"rank {where.rank}" if where.rank else "unranked"
    margin = "margin unknown" if where.margin is None else f"margin {where.margin:.3f} nats"
    return f"token {where.position}: {where.second!r} instead of {where.first!r}, {rank}, {margin}"


def shift(evidence: Evidence) -> Stage:
    """Before the answers part, both engines give the same tokens about the same log-probability."""
    sums, counts = _shifts(evidence.pairs)
    told = sum(map(bool, counts))
    if told == 0:
        return Stage("shift", Outcome.SKIPPED, "no shared tokens with log-probabilities on both sides")
    if told < FEWEST:
        summary = f"{told} answers share tokens with log-probabilities: too few to tell"
        return Stage("shift", Outcome.INCONCLUSIVE, summary, prompts_needed=FEWEST * len(sums) // told)
    noise = _moved(evidence.noise)
    measured = _mean([item.shift for item in noise], [item.counted for item in noise])
    floor = max(measured, evidence.thresholds.floor)
    limit = floor * evidence.thresholds.shift
    ratios = bootstrap_ratios(sums, counts)
    low, high = bounds(ratios, evidence.alpha)
    summary = (
        f"log-probabilities of shared tokens differ by {_mean(sums, counts):.3f} nats on average "
        f"({low:.3f} to {high:.3f}), {limit:.3f} is the limit"
    )
    if low > limit:
        cause = "the engines were given other prompts or compute other logits (template, penalty, dtype, quantisation)"
        return Stage("shift", Outcome.FAIL, summary, cause)
    if bounds(ratios, 1 - evidence.thresholds.confidence)[1] <= limit:
        return Stage("shift", Outcome.PASS, summary)
    needed = _shift_needed(_mean(sums, counts), high, limit, len(sums))
    return Stage("shift", Outcome.INCONCLUSIVE, summary, prompts_needed=needed)


def _shifts(pairs: tuple[Pair, ...]) -> tuple[list[float], list[int]]:
    compared = [compare(pair.first, pair.second) for pair in pairs if pair.comparable]
    return [item.shift for item in compared], [item.counted for item in compared]


def _moved(pairs: tuple[Pair, ...]) -> list[Comparison]:
    """An engine against itself, without the answers repeated exactly: they say nothing about the noise of others."""
    compared = [compare(pair.first, pair.second) for pair in pairs if pair.comparable]
    return [item for item in compared if item.shift > 0 or item.divergence]


def _mean(sums: list[float], counts: list[int]) -> float:
    return sum(sums) / sum(counts) if sum(counts) else 0.0


def _shift_needed(mean: float, high: float, limit: float, prompts: int) -> int | None:
    """The bound comes nearer with the square root of the number of prompts."""
    return None if mean >= limit else round(prompts * ((high - mean) / (limit - mean)) ** 2) + 1


def finish(evidence: Evidence) -> Stage:
    """Answers are not cut off more often on one engine than on the other."""
    judged = [pair for pair in evidence.pairs if pair.answered and pair.first.finish and pair.second.finish]
    if not judged:
        return Stage("finish", Outcome.SKIPPED, "the engines did not say why answers ended")
    other = [pair for pair in judged if pair.first.finish != pair.second.finish]
    more = sum(pair.second.finish == "length" for pair in other)
    chance = sign_test(more, len(other) - more)
    summary = f"{len(other)} of {len(judged)} answers end for another reason, {more} of them are cut off now"
    seen = tuple(Difference(pair.prompt, f"{pair.second.finish} instead of {pair.first.finish}") for pair in other)
    if chance < evidence.alpha:
        cause = "answers end earlier or later: max_tokens defaults, stop strings, the end-of-sequence token"
        return Stage("finish", Outcome.FAIL, f"{summary}, p = {chance:.2g}", cause, seen)
    return Stage("finish", Outcome.PASS, summary, "", seen)
