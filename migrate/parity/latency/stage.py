"""Latency as a stage of the verdict."""

from __future__ import annotations

from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.latency.samples import Latency, Metric
from migrate.parity.statistics import fisher

# The chance of calling a few failures more than the first engine's a fault though both fail alike.
ALPHA = 0.01


def latency_stage(latency: Latency) -> Stage:
    """One stage: FAIL where a judged metric is surely slower than the tolerance allows, or where requests fail more."""
    judged = [metric for metric in latency.metrics if metric.outcome is not Outcome.DIFFERS]
    differences = tuple(_difference(metric) for metric in judged if metric.outcome is not Outcome.PASS)
    failed = _failing(latency)
    if latency.limited:
        return Stage(
            "latency", Outcome.INCONCLUSIVE, latency.limited, "the client is too slow for this load", differences
        )
    if failed:
        return Stage(
            "latency", Outcome.FAIL, failed, "the second engine is overloaded or refuses requests", differences
        )
    if not judged:
        return Stage("latency", Outcome.INCONCLUSIVE, "too few blocks were answered by both engines to judge by")
    outcome = _worst(judged)
    return Stage(
        "latency",
        outcome,
        "; ".join(_sentence(metric) for metric in judged if metric.outcome is outcome) + _limit(latency, outcome),
        differences=differences,
    )


def _worst(judged: list[Metric]) -> Outcome:
    outcomes = {metric.outcome for metric in judged}
    return next(each for each in (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.PASS) if each in outcomes)


def _limit(latency: Latency, outcome: Outcome) -> str:
    needed = [metric.requests_needed for metric in latency.metrics if metric.requests_needed]
    more = f"; about {max(needed):,} requests to each would tell" if needed and outcome is Outcome.INCONCLUSIVE else ""
    return f" (at most {latency.tolerance * 100:g} % slower is allowed{more})"


def _sentence(metric: Metric) -> str:
    ratio = metric.ratio
    return f"{metric.name} {metric.statistic} {_change(ratio.value)} [{_change(ratio.low)} to {_change(ratio.high)}]"


def _change(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+.1f} %"


def _difference(metric: Metric) -> Difference:
    first, second = metric.first.value, metric.second.value
    needed = f", about {metric.requests_needed:,} requests would tell" if metric.requests_needed else ""
    detail = f"{first:.4g} {metric.unit} became {second:.4g} {metric.unit}: {metric.outcome.value}{needed}"
    return Difference(f"{metric.name} {metric.statistic}", detail)


def _failing(latency: Latency) -> str:
    """A sentence where the second engine surely fails more often than the first."""
    (first, second), (one, other) = latency.requests, latency.failed
    if not other or other * first <= one * second or fisher(other, second, one, first) >= ALPHA:
        return ""
    return f"{other} of {second} requests failed, with the first engine {one} of {first}"
