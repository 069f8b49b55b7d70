"""From measurements to charts: distributions of times, where answers part, and the throughput of a sweep."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from migrate.parity.comparison import Compared
from migrate.parity.latency.samples import Latency, Point, Sample
from migrate.parity.reports.plots import Axis, Chart, Level, Series
from migrate.parity.reports.words import both, figure
from migrate.parity.seen import Said

# A curve of so many points cannot be told from a finer one at the size that it is drawn in.
POINTS = 160
BINS = 24
# Beyond this many times the median a linear axis would squeeze the half of the values into a corner.
_SPREAD = 20


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds, one value a request (`between`: one for each event after the first)."""

    first_token: tuple[float, ...] = ()
    between: tuple[float, ...] = ()
    whole: tuple[float, ...] = ()

    @classmethod
    def recorded(cls, answers: Iterable[Said]) -> Times:
        """Of streams as they were recorded, one request at a time or as many as the pass had."""
        streams = [one.times_ms for one in answers if one.times_ms and not one.failure]
        return cls(
            tuple(times[0] for times in streams),
            tuple(later - earlier for times in streams for earlier, later in pairwise(times)),
            tuple(times[-1] for times in streams),
        )

    @classmethod
    def loaded(cls, samples: Iterable[Sample]) -> Times:
        """Of requests under load, from the time that each was sent."""
        done = [one for one in samples if one.token_s and one.ended_s is not None and not one.failure]
        return cls(
            tuple((one.token_s[0] - one.sent_s) * 1000 for one in done),
            tuple((later - earlier) * 1000 for one in done for earlier, later in pairwise(one.token_s)),
            tuple((one.ended_s - one.sent_s) * 1000 for one in done if one.ended_s is not None),
        )


def times(compared: Compared) -> tuple[Times, Times]:
    """Both engines' times: under load where that was measured, as recorded otherwise."""
    latency = compared.latency
    if latency and (latency.first or latency.second):
        return Times.loaded(latency.first), Times.loaded(latency.second)
    return Times.recorded(one.first for one in compared.seen), Times.recorded(one.second for one in compared.seen)


_KINDS: tuple[tuple[str, str, Callable[[Times], tuple[float, ...]]], ...] = (
    ("Time to the first token", "TTFT", lambda of: of.first_token),
    ("Time between tokens", "ITL", lambda of: of.between),
    ("Time to the last token", "end to end", lambda of: of.whole),
)


def timing_charts(compared: Compared) -> list[Chart]:
    """The cumulated distribution and the shape of each kind of time."""
    first, second = times(compared)
    names = both(compared.first, compared.second)
    charts = []
    for title, short, pick in _KINDS:
        values = pick(first), pick(second)
        if all(values):
            charts.append(_cumulated(title, short, names, values))
            charts.append(_distribution(title, short, names, values))
    return charts


def _cumulated(
    title: str, short: str, names: tuple[str, str], values: tuple[Sequence[float], Sequence[float]]
) -> Chart:
    x = _time_axis(short, [*values[0], *values[1]])
    series = [
        Series(engine, role, cumulated(of)) for engine, role, of in zip(names, ("first", "second"), values, strict=True)
    ]
    told = "; ".join(
        f"{engine}: median {figure(_quantile(of, 0.5))} ms, p95 {figure(_quantile(of, 0.95))} ms, n = {len(of)}"
        for engine, of in zip(names, values, strict=True)
    )
    return Chart(f"{title}: share of all", told, x, Axis("share within, %", 0, 100), series)


def cumulated(values: Sequence[float], points: int = POINTS) -> list[tuple[float, float]]:
    """Steps of (value, percent of the values that are no larger), ascending, thinned out to about `points`."""
    ascending = sorted(values)
    count = len(ascending)
    step = max(1, count // points)
    places = [*range(0, count - 1, step), count - 1]
    reached = [(ascending[at], 100 * (at + 1) / count) for at in places]
    before = [0.0, *(share for _, share in reached)]
    return [(value, height) for (value, share), low in zip(reached, before, strict=False) for height in (low, share)]


def _distribution(
    title: str, short: str, names: tuple[str, str], values: tuple[Sequence[float], Sequence[float]]
) -> Chart:
    both = [*values[0], *values[1]]
    high = _quantile(both, 0.99) or max(both) or 1.0
    areas = [histogram(of, high) for of in values]
    most = max(share for area in areas for _, share in area)
    series = [
        Series(engine, role, area, "area") for engine, role, area in zip(names, ("first", "second"), areas, strict=True)
    ]
    told = f"How often each time comes, in {BINS} steps up to {figure(high)} ms; the last step holds what is above."
    return Chart(
        f"{title}: how often",
        told,
        Axis(f"{short}, ms (the last step: and above)", 0, high),
        Axis("share, %", 0, most * 1.1 or 1.0),
        series,
    )


def histogram(values: Sequence[float], high: float, bins: int = BINS) -> list[tuple[float, float]]:
    """The outline in steps of (value, percent in the bin), from 0 to `high`; what is above counts in the last bin."""
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, max(0, int(value / high * bins)))] += 1
    width = high / bins
    shares = [100 * count / len(values) for count in counts]
    return [(edge, share) for at, share in enumerate(shares) for edge in (at * width, (at + 1) * width)]


def _time_axis(short: str, values: Sequence[float]) -> Axis:
    most, middle, least = max(values), _quantile(values, 0.5), min(values)
    if least > 0 and most > _SPREAD * middle:
        return Axis(f"{short}, ms (logarithmic)", least, most, log=True)
    return Axis(f"{short}, ms", 0, most or 1.0)


def _quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def divergence_charts(compared: Compared) -> list[Chart]:
    """Where answers part, how close a call that was, and how many are still the same after so many tokens."""
    parted = [one.parted for one in compared.seen if one.parted]
    if not parted:
        return []
    x = Axis("token at which the answers part", 0, max(1.0, *(one.position for one in parted)))
    told = f"{len(parted)} of {len(compared.seen)} answers part, the others stay the same or cannot be compared."
    share = len(parted) / len(compared.seen)
    curve = [(at, percent * share) for at, percent in cumulated([float(one.position) for one in parted])]
    series = [Series("answers that part", "first", [(0.0, 0.0), *curve])]
    return [
        *_margins(compared, x),
        Chart("Parted by token", told, x, Axis("share of all, %", 0, 100), series),
    ]


def _margins(compared: Compared, x: Axis) -> Iterator[Chart]:
    limit = compared.thresholds.margin + compared.thresholds.regret
    parted = [(one.parted.position, one.parted.margin) for one in compared.seen if one.parted]
    points = [(float(position), margin) for position, margin in parted if margin is not None]
    if not points:
        return
    close = [point for point in points if point[1] <= limit]
    wide = [point for point in points if point[1] > limit]
    told = f"Of {len(points)} answers that part with a known margin, {len(wide)} do so where it was no close call."
    series = [
        Series(f"close call ({len(close)})", "close", close, "dots"),
        Series(f"no close call ({len(wide)})", "wide", wide, "dots"),
    ]
    y = Axis("margin, nats", 0, max(limit * 1.5, *(margin * 1.05 for _, margin in points)))
    yield Chart("How close a call it was", told, x, y, series, Level(f"limit {limit:g}", limit))


def sweep_charts(compared: Compared) -> list[Chart]:
    """Throughput, goodput and TTFT over the load that was asked for."""
    latency = compared.latency
    if latency is None or not (latency.first_sweep and latency.second_sweep):
        return []
    kinds: tuple[tuple[str, str, Callable[[Point], float | None]], ...] = (
        ("Throughput", "tokens/s", lambda point: point.tokens_per_s),
        ("Goodput", "requests/s within the SLO", lambda point: point.goodput),
        ("TTFT p95", "ms", lambda point: point.ttft_p95_ms),
    )
    charts = (_sweep(compared, latency, *kind) for kind in kinds)
    return [chart for chart in charts if chart]


def _sweep(
    compared: Compared, latency: Latency, title: str, unit: str, pick: Callable[[Point], float | None]
) -> Chart | None:
    curves = [
        [(point.load, value) for point in sweep if (value := pick(point)) is not None and not math.isnan(value)]
        for sweep in (latency.first_sweep, latency.second_sweep)
    ]
    if not all(curves):
        return None
    names = both(compared.first, compared.second)
    series = [
        Series(engine, role, curve, "marked")
        for engine, role, curve in zip(names, ("first", "second"), curves, strict=True)
    ]
    points = [point for curve in curves for point in curve]
    told = "; ".join(
        f"{engine}: at most {figure(max(y for _, y in curve))} {unit}"
        for engine, curve in zip(names, curves, strict=True)
    )
    x = Axis("load that was asked for", 0, max(load for load, _ in points) or 1.0)
    return Chart(f"{title} over load", told, x, Axis(unit, 0, max(y for _, y in points) * 1.1 or 1.0), series)
