"""Latency as lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from migrate.parity.evidence import Outcome
from migrate.parity.latency.samples import Interval, Latency, Metric, Point

MARKS = {
    Outcome.PASS: "within",
    Outcome.FAIL: "SLOWER",
    Outcome.INCONCLUSIVE: "cannot tell",
    Outcome.DIFFERS: "",
    Outcome.SKIPPED: "",
}


def comparison(latency: Latency) -> list[str]:
    """A line a metric: both engines in its unit, the change with its bounds, and what that comes to."""
    rows = [["metric", "", "first", "second", "change", "bounds", ""]]
    rows += [_row(metric) for metric in latency.metrics]
    return [*_aligned(rows), *_sweeps(latency), *(f"- {note}" for note in latency.notes)]


def single(metrics: Sequence[Metric]) -> list[str]:
    """A line a metric of one engine, with its bounds."""
    rows = [["metric", "", "ms", "bounds"]]
    rows += [[metric.name, metric.statistic, _number(metric.first.value), _range(metric.first)] for metric in metrics]
    return _aligned(rows)


def sweep(points: Sequence[Point]) -> list[str]:
    """A line a step."""
    rows = [["load", "requests/s", "tokens/s", "goodput", "ttft p95 ms", "tpot p95 ms"]]
    rows += [
        [
            f"{each.load:g}",
            _number(each.requests_per_s),
            _number(each.tokens_per_s),
            "" if each.goodput is None else _number(each.goodput),
            _number(each.ttft_p95_ms),
            _number(each.tpot_p95_ms),
        ]
        for each in points
    ]
    return _aligned(rows)


def _row(metric: Metric) -> list[str]:
    change = f"{(metric.ratio.value - 1) * 100:+.1f} %"
    interval = f"{(metric.ratio.low - 1) * 100:+.1f} to {(metric.ratio.high - 1) * 100:+.1f} %"
    values = [_number(each.value) for each in (metric.first, metric.second)]
    return [metric.name, f"{metric.statistic}, {metric.unit}", *values, change, interval, MARKS[metric.outcome]]


def _sweeps(latency: Latency) -> list[str]:
    lines = []
    for which, points in (("first", latency.first_sweep), ("second", latency.second_sweep)):
        lines += [f"sweep, {which}:", *sweep(points)] if points else []
    return lines


def _number(value: float) -> str:
    return f"{value:.4g}"


def _range(interval: Interval) -> str:
    return f"{_number(interval.low)} to {_number(interval.high)}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
