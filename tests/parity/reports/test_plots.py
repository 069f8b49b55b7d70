from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from migrate.parity.reports.plots import HEIGHT, WIDTH, Axis, Chart, Level, Series, svg

X, Y = Axis("load, <requests>", 0, 10), Axis("share, %", 0, 100)


def drawn(*series: Series, level: Level | None = None) -> ET.Element:
    return ET.fromstring(svg(Chart("A & B", 'told "so"', X, Y, series, level)))


def of(root: ET.Element, tag: str, kind: str) -> list[ET.Element]:
    return [one for one in root.iter(tag) if kind in one.attrib["class"].split()]


@pytest.mark.parametrize(
    ("axis", "ticks"),
    [
        (Axis("", 0, 100), [0, 20, 40, 60, 80, 100]),
        (Axis("", 0, 0.7), [0, 0.2, 0.4, 0.6]),
        (Axis("", 3, 8), [3, 4, 5, 6, 7, 8]),
        (Axis("", 0, 4321), [0, 1000, 2000, 3000, 4000]),
        (Axis("", 4, 300, log=True), [5, 10, 20, 50, 100, 200]),
        (Axis("", 1, 10000, log=True), [1, 10, 100, 1000, 10000]),
    ],
)
def test_ticks_are_round(axis: Axis, ticks: list[float]) -> None:
    assert axis.ticks() == ticks


@pytest.mark.parametrize(
    ("axis", "value", "place"),
    [
        (Axis("", 0, 10), 5, 0.5),
        (Axis("", 0, 10), 20, 1.0),
        (Axis("", 0, 10), -1, 0.0),
        (Axis("", 1, 100, log=True), 10, 0.5),
        (Axis("", 1, 100, log=True), 0, 0.0),
    ],
)
def test_values_have_a_place_on_the_axis(axis: Axis, value: float, place: float) -> None:
    assert axis.place(value) == pytest.approx(place)


def test_a_chart_says_what_it_shows() -> None:
    root = drawn()
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == 'A & B. told "so"'
    assert [one.text for one in of(root, "text", "label")] == ["load, <requests>", "share, %"]


def test_a_line_runs_from_corner_to_corner() -> None:
    (line,) = of(drawn(Series("one", "first", [(0, 0), (10, 100)])), "path", "line")[:1]
    start, end = (tuple(map(float, point.split())) for point in line.attrib["d"].removeprefix("M").split("L"))
    assert start[0] < end[0] < WIDTH
    assert 0 < end[1] < start[1] < HEIGHT


def test_an_area_is_closed_on_the_axis() -> None:
    area = of(drawn(Series("one", "first", [(0, 50), (5, 50)], "area")), "path", "area")[0].attrib["d"]
    base = area.removesuffix("Z").rpartition("V")[2]
    assert area.startswith("M")
    assert area.split("L")[0].endswith(base)


@pytest.mark.parametrize(("form", "dots", "lines"), [("dots", 2, 0), ("marked", 2, 1), ("line", 0, 1)])
def test_forms(form: str, dots: int, lines: int) -> None:
    root = drawn(Series("one", "second", [(1, 2), (3, 4)], form))  # type: ignore[arg-type]
    legend = form == "dots", form != "dots"
    assert len(of(root, "circle", "dot")) == dots + legend[0]
    assert len(of(root, "path", "line")) == lines + legend[1]


def test_nothing_is_drawn_of_an_empty_series_but_its_name() -> None:
    root = drawn(Series("empty", "first", []))
    assert [one.text for one in of(root, "text", "name")] == ["empty"]
    assert len(of(root, "path", "line")) == 1


def test_long_names_do_not_run_into_each_other() -> None:
    root = drawn(Series("n" * 80, "first", []), Series("m" * 80, "second", []))
    assert all((one.text or "").endswith("…") and len(one.text or "") < 25 for one in of(root, "text", "name"))


def test_a_limit_is_a_line_with_a_name() -> None:
    root = drawn(level=Level("limit 50", 50))
    assert len(of(root, "path", "level")) == 1
    assert "limit 50" in [one.text for one in of(root, "text", "tick")]
