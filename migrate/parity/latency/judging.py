"""Metrics into outcomes: two one-sided tests against a tolerance, Holm's correction, and how much more would tell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

from migrate.parity.evidence import Outcome
from migrate.parity.latency.bootstrap import DRAWS, Compared, compare_quantiles
from migrate.parity.latency.measures import Values
from migrate.parity.latency.samples import Metric

STATISTICS = {"median": 0.5, "p95": 0.95, "p99": 0.99}
# What a user waits for; the whole answer on equal prefixes, since engines stop at different lengths.
JUDGED = (("ttft", "p95"), ("tpot", "p95"), ("e2e_prefix", "p95"))
# Metrics that are told and not judged need no fine p-values.
TOLD_DRAWS = 2000
POWER = 0.8
# More requests than this many times those seen are no advice.
FAR = 1000


@dataclass(frozen=True, slots=True)
class Criteria:
    """When the second engine is too slow: by more than `tolerance` (0.05: 5 %), told with `confidence`.

    `judged` names metrics and statistics; all others are told. `draws` is how often the bootstrap draws for those.
    """

    tolerance: float = 0.05
    confidence: float = 0.95
    judged: tuple[tuple[str, str], ...] = JUDGED
    draws: int = DRAWS


def metrics(values: Mapping[str, tuple[Values, Values]], criteria: Criteria, requests: int) -> tuple[Metric, ...]:
    """Every metric that both engines have values for in enough blocks; `requests` is how many an engine was sent."""
    found: list[tuple[Metric, Compared]] = []
    for name, (first, second) in values.items():
        judged = any(name == each for each, _ in criteria.judged)
        draws = criteria.draws if judged else min(criteria.draws, TOLD_DRAWS)
        compared = compare_quantiles(first, second, tuple(STATISTICS.values()), criteria.confidence, draws)
        found += [
            (Metric(name, statistic, "ms", item.first, item.second, item.ratio, Outcome.DIFFERS), item)
            for statistic, item in zip(STATISTICS, compared or (), strict=False)
        ]
    return _judge(found, criteria, requests)


def _judge(found: Sequence[tuple[Metric, Compared]], criteria: Criteria, requests: int) -> tuple[Metric, ...]:
    judged = [(metric, item) for metric, item in found if (metric.name, metric.statistic) in criteria.judged]
    edge = 1 + criteria.tolerance
    slower = holm([item.tail(edge, above=False) for _, item in judged])
    within = holm([item.tail(edge, above=True) for _, item in judged])
    outcomes = {
        (metric.name, metric.statistic): _told(metric, item, (p_slower, p_within), criteria, requests)
        for (metric, item), p_slower, p_within in zip(judged, slower, within, strict=True)
    }
    return tuple(outcomes.get((metric.name, metric.statistic), metric) for metric, _ in found)


def _told(metric: Metric, item: Compared, chances: tuple[float, float], criteria: Criteria, requests: int) -> Metric:
    alpha = 1 - criteria.confidence
    p_slower, p_within = chances
    outcome = Outcome.FAIL if p_slower <= alpha else Outcome.PASS if p_within <= alpha else Outcome.INCONCLUSIVE
    needed = requests_needed(item, criteria, requests) if outcome is Outcome.INCONCLUSIVE else None
    return replace(metric, outcome=outcome, p_slower=p_slower, p_within=p_within, requests_needed=needed)


def holm(chances: Sequence[float]) -> list[float]:
    """Holm's correction: p-values that may be held against alpha though there are several."""
    order = sorted(range(len(chances)), key=lambda at: chances[at])
    corrected = [1.0] * len(chances)
    largest = 0.0
    for rank, at in enumerate(order):
        largest = max(largest, min(1.0, chances[at] * (len(chances) - rank)))
        corrected[at] = largest
    return corrected


def requests_needed(item: Compared, criteria: Criteria, requests: int) -> int | None:
    """How many requests would tell in four of five runs, were the ratio the one seen: errors shrink with their root.

    By the strictest of Holm's levels; None where the ratio is so close to the tolerance that no number is realistic.
    """
    distance = abs(math.log(item.ratio.value / (1 + criteria.tolerance)))
    alpha = (1 - criteria.confidence) / max(len(criteria.judged), 1)
    wanted = NormalDist().inv_cdf(1 - alpha) + NormalDist().inv_cdf(POWER)
    factor = (wanted * item.spread / distance) ** 2 if distance else math.inf
    return math.ceil(requests * max(factor, 1.1)) if factor < FAR else None
