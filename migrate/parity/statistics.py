"""The few tests that the verdict rests on, exact where that is possible and seeded where it is not."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

SEED = 20240229


def binomial_tail(hits: int, of: int, rate: float) -> float:
    """P(X >= hits) for X ~ Binomial(of, rate)."""
    return math.fsum(_binomial(count, of, rate) for count in range(hits, of + 1))


def _at_most(hits: int, of: int, rate: float) -> float:
    return math.fsum(_binomial(count, of, rate) for count in range(hits + 1))


def _binomial(hits: int, of: int, rate: float) -> float:
    if rate in (0.0, 1.0):
        return float(hits == of * rate)
    logarithm = math.lgamma(of + 1) - math.lgamma(hits + 1) - math.lgamma(of - hits + 1)
    return math.exp(logarithm + hits * math.log(rate) + (of - hits) * math.log1p(-rate))


def upper_bound(hits: int, of: int, confidence: float = 0.95) -> float:
    """The one-sided Clopper-Pearson bound: with `confidence` the true rate is no higher. 1.0 where nothing was seen."""
    if of == 0 or hits == of:
        return 1.0
    low, high = hits / of, 1.0
    for _ in range(50):
        rate = (low + high) / 2
        low, high = (rate, high) if _at_most(hits, of, rate) > 1 - confidence else (low, rate)
    return high


def prompts_needed(hits: int, of: int, allowed: float, confidence: float = 0.95) -> int | None:
    """How many prompts would show a rate within `allowed`, were the rate the one seen; None where none would."""
    rate = hits / of if of else 0.0
    if rate >= allowed:
        return None
    number = max(of, 1)
    while _at_most(round(rate * number), number, allowed) > 1 - confidence:
        number += max(1, number // 50)
    return number


def fisher(hits: int, of: int, reference_hits: int, reference_of: int) -> float:
    """One-sided exact test: how likely so many hits are, or more, if both groups have the same rate."""
    total, all_hits = of + reference_of, hits + reference_hits
    ways = math.comb(total, all_hits)
    tail = sum(
        math.comb(of, count) * math.comb(reference_of, all_hits - count)
        for count in range(hits, min(of, all_hits) + 1)
        if all_hits - count <= reference_of
    )
    return tail / ways


def sign_test(more: int, less: int) -> float:
    """Two-sided exact sign test (McNemar's for discordant pairs); 1.0 where there are none."""
    number = more + less
    return min(1.0, 2 * binomial_tail(max(more, less), number, 0.5)) if number else 1.0


def bootstrap_ratios(sums: Sequence[float], counts: Sequence[int], draws: int = 2000) -> list[float]:
    """Sum / count over clusters (one prompt each), drawn again and again as whole clusters; ascending.

    Needs a cluster with a count.
    """
    chance = random.Random(SEED)
    clusters = list(zip(sums, counts, strict=True))
    ratios: list[float] = []
    while len(ratios) < draws:
        chosen = chance.choices(clusters, k=len(clusters))
        count = sum(count for _, count in chosen)
        if count:
            ratios.append(sum(total for total, _ in chosen) / count)
    return sorted(ratios)


def bounds(ascending: Sequence[float], tail: float) -> tuple[float, float]:
    """Where `tail` of the values lie outside at each side."""
    last = len(ascending) - 1
    return ascending[math.floor(tail * last)], ascending[math.ceil((1 - tail) * last)]
