"""Charts as SVG: axes with units, legends, both themes by CSS classes, readable at the width of a phone.

The styles of the classes stand in page.css; a chart holds no colour, so that it follows the theme of its page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

# Units of the drawing: about the pixels that it gets in a column of the page or on a phone, so text of 13 is readable.
WIDTH, HEIGHT = 360, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 30, 44
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Axis:
    """`low` to `high` in the unit that the label names; both above 0 where it is logarithmic."""

    label: str
    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value lies, 0 at the low end and 1 at the high one; what is outside goes to the edge."""
        low, high, at = self.low, self.high, value
        if self.log:
            low, high, at = math.log10(low), math.log10(high), math.log10(max(value, self.low))
        return min(1.0, max(0.0, (at - low) / (high - low)))

    def ticks(self) -> list[float]:
        """Round values inside the axis: powers of ten with 2 and 5 between, or steps of 1, 2 or 5."""
        return _powers(self.low, self.high) if self.log else _steps(self.low, self.high)


def _steps(low: float, high: float) -> list[float]:
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(step * number, 10) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _powers(low: float, high: float) -> list[float]:
    wide = math.log10(high / low) > 2
    factors = (1,) if wide else (1, 2, 5)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = (factor * 10.0**power for power in powers for factor in factors)
    return [value for value in values if low <= value <= high]


@dataclass(frozen=True, slots=True)
class Series:
    """Points (x, y) under a name. `role` is a CSS class: `first` and `second` are the engines.

    `form`: a line through the points, a line with dots, dots alone, or an area from the axis up in steps.
    """

    name: str
    role: str
    points: Sequence[tuple[float, float]]
    form: Literal["line", "marked", "dots", "area"] = "line"


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line with a name: a limit."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing. `told` says in a sentence what it shows, for those who do not see it."""

    title: str
    told: str
    x: Axis
    y: Axis
    series: Sequence[Series]
    level: Level | None = None


def svg(chart: Chart) -> str:
    """The chart as an element of a page."""
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_said(chart)}">',
        *_x_axis(chart.x),
        *_y_axis(chart.y),
        *_level(chart),
        *(part for series in chart.series for part in _drawn(series, chart)),
        *_legend(chart.series),
        "</svg>",
    ]
    return "".join(parts)


def _said(chart: Chart) -> str:
    return escape(f"{chart.title}. {chart.told}", quote=True)


def _x(axis: Axis, value: float) -> float:
    return _LEFT + axis.place(value) * (WIDTH - _LEFT - _RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - _BOTTOM - axis.place(value) * (HEIGHT - _TOP - _BOTTOM)


def _x_axis(axis: Axis) -> Iterator[str]:
    base = HEIGHT - _BOTTOM
    yield f'<path class="axis" d="M{_LEFT} {base}H{WIDTH - _RIGHT}"/>'
    for tick in axis.ticks():
        x = _x(axis, tick)
        yield f'<path class="axis" d="M{x:.1f} {base}v4"/>'
        yield f'<text class="tick" x="{x:.1f}" y="{base + 17}" text-anchor="middle">{_number(tick)}</text>'
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    yield f'<text class="label" x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">{escape(axis.label)}</text>'


def _y_axis(axis: Axis) -> Iterator[str]:
    for tick in axis.ticks():
        y = _y(axis, tick)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>'
        yield f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(tick)}</text>'
    middle = (_TOP + HEIGHT - _BOTTOM) / 2
    turned = f'transform="rotate(-90 12 {middle})"'
    yield f'<text class="label" x="12" y="{middle}" text-anchor="middle" {turned}>{escape(axis.label)}</text>'


def _number(value: float) -> str:
    return f"{value:,.10g}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _level(chart: Chart) -> Iterator[str]:
    if chart.level:
        y = _y(chart.y, chart.level.value)
        yield f'<path class="level" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>'
        place = f'x="{WIDTH - _RIGHT}" y="{y - 5:.1f}"'
        yield f'<text class="tick" {place} text-anchor="end">{escape(chart.level.name)}</text>'


def _drawn(series: Series, chart: Chart) -> Iterator[str]:
    places = [(_x(chart.x, x), _y(chart.y, y)) for x, y in series.points]
    if not places:
        return
    if series.form == "area":
        base = _y(chart.y, 0)
        yield f'<path class="area {series.role}" d="{_path([(places[0][0], base), *places])}V{base:.1f}Z"/>'
    if series.form in ("line", "marked"):
        yield f'<path class="line {series.role}" d="{_path(places)}"/>'
    if series.form in ("dots", "marked"):
        yield from (f'<circle class="dot {series.role}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in places)


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _legend(series: Sequence[Series]) -> Iterator[str]:
    """In one row above the drawing, names cut so that they fit."""
    room = (WIDTH - _LEFT - _RIGHT) / max(len(series), 1)
    for number, one in enumerate(series):
        x = _LEFT + number * room
        if one.form == "dots":
            yield f'<circle class="dot {one.role}" cx="{x + 9:.1f}" cy="12" r="3.5"/>'
        else:
            yield f'<path class="{"area" if one.form == "area" else "line"} {one.role}" d="{_swatch(x, one.form)}"/>'
        fitting = int(room / 6.8) - 4
        name = one.name if len(one.name) <= fitting else one.name[: fitting - 1] + "…"
        yield f'<text class="name" x="{x + 24:.1f}" y="16">{escape(name)}</text>'


def _swatch(x: float, form: str) -> str:
    return f"M{x:.1f} 7h18v10h-18Z" if form == "area" else f"M{x:.1f} 12h18"
