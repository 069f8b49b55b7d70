from __future__ import annotations

import math
from dataclasses import replace

import pytest

from migrate.parity.divergence import Divergence
from migrate.parity.exchange import Engine
from migrate.parity.latency.samples import Latency, Point, Sample
from migrate.parity.reports.curves import (
    BINS,
    POINTS,
    Times,
    cumulated,
    divergence_charts,
    histogram,
    sweep_charts,
    timing_charts,
)
from migrate.parity.reports.words import both
from migrate.parity.seen import Said, Seen
from tests.parity.reports.results import COMPARED, latency


def test_recorded_times_are_those_of_whole_streams() -> None:
    streams = [Said("a", times_ms=(10, 15, 25)), Said("b"), Said("c", failure="broke off", times_ms=(1, 2))]
    assert Times.recorded(streams) == Times((10,), (5, 10), (25,))


def test_times_under_load_count_from_when_a_request_was_sent() -> None:
    whole = Sample("a", 0, 1.0, 1.5, token_s=(2.0, 2.25), ended_s=2.5)
    broken = [replace(whole, failure="x"), replace(whole, token_s=()), replace(whole, ended_s=None)]
    assert Times.loaded([whole, *broken]) == Times((500,), (250,), (1000,))


def test_a_cumulated_curve_rises_in_steps_from_0_to_100() -> None:
    assert cumulated([2, 1]) == [(1, 0), (1, 50), (2, 50), (2, 100)]


def test_a_cumulated_curve_of_many_values_is_thinned_out_and_keeps_its_ends() -> None:
    curve = cumulated([float(value) for value in range(100_000)])
    assert (curve[0], curve[-1]) == ((0.0, 0.0), (99_999.0, 100.0))
    assert len(curve) < 2 * POINTS + 5
    assert all(abs(share - value / 1000) < 1 for value, share in curve)


def test_a_histogram_holds_all_values_the_last_bin_what_is_above() -> None:
    bins = histogram([0, 1, 9, 100], 10, bins=2)
    assert bins == [(0, 50), (5, 50), (5, 50), (10, 50)]
    assert sum(share for _, share in histogram([float(x) for x in range(99)], 50)[::2]) == pytest.approx(100)


def test_each_kind_of_time_has_two_charts() -> None:
    samples = tuple(Sample("a", 0, 0, 0, token_s=(0.01 * at, 1), ended_s=1.5) for at in range(1, 21))
    charts = timing_charts(replace(COMPARED, latency=Latency(samples, samples[:1], ())))
    assert len(charts) == 6
    assert charts[0].told == "tgi 3.3.7: median 100 ms, p95 190 ms, n = 20; vllm: median 10 ms, p95 10 ms, n = 1"
    assert {len(series.points) for series in charts[1].series} == {2 * BINS}


def test_without_times_there_are_no_charts() -> None:
    assert timing_charts(COMPARED) == []
    assert timing_charts(replace(COMPARED, latency=Latency((), (), ()))) == []


def test_a_wide_spread_makes_the_axis_logarithmic() -> None:
    said = [Said("a", times_ms=(first, first + 1)) for first in (1.0, 2.0, 3.0, 500.0)]
    seen = tuple(Seen("p", "", (), one, one, 0) for one in said)
    assert [chart.x.log for chart in timing_charts(replace(COMPARED, seen=seen))][:3] == [True, False, False]


def parted(*margins: float | None) -> tuple[Seen, ...]:
    where = [Divergence(at + 1, "a", "b", 2, margin) for at, margin in enumerate(margins)]
    return tuple(Seen("p", "", (), Said("a"), Said("b"), 0, one) for one in (*where, None))


def test_a_close_call_is_told_from_others() -> None:
    margins, share = divergence_charts(replace(COMPARED, seen=parted(0.1, 0.51, 0.52, None)))
    assert [series.points for series in margins.series] == [[(1, 0.1), (2, 0.51)], [(3, 0.52)]]
    assert [series.name for series in margins.series] == ["close call (2)", "no close call (1)"]
    assert margins.level is not None
    assert margins.level.value == 0.51
    assert share.series[0].points[-1] == (4, 80)


def test_without_margins_there_is_only_the_share() -> None:
    assert [chart.title for chart in divergence_charts(replace(COMPARED, seen=parted(None)))] == ["Parted by token"]


def test_where_nothing_parts_there_is_no_chart() -> None:
    assert divergence_charts(COMPARED) == []


def test_a_sweep_of_both_engines_is_drawn_goodput_where_there_is_an_slo() -> None:
    titles = [chart.title for chart in sweep_charts(replace(COMPARED, latency=latency(1)))]
    assert titles == ["Throughput over load", "TTFT p95 over load"]
    sweep = (Point(1, 1, 60, 0.9, 80, 30),)
    charts = sweep_charts(replace(COMPARED, latency=Latency((), (), (), sweep, sweep)))
    assert [chart.series[0].points for chart in charts] == [[(1, 60)], [(1, 0.9)], [(1, 80)]]


def test_a_step_at_which_nothing_was_answered_is_left_out() -> None:
    sweep = (Point(1, 1, 60, None, 80, 30), Point(2, 0, 0, None, math.nan, math.nan))
    charts = sweep_charts(replace(COMPARED, latency=Latency((), (), (), sweep, sweep)))
    assert [chart.series[0].points for chart in charts] == [[(1, 60), (2, 0)], [(1, 80)]]


def test_a_sweep_of_one_engine_is_no_comparison() -> None:
    assert sweep_charts(COMPARED) == []
    assert sweep_charts(replace(COMPARED, latency=Latency((), (), (), (Point(1, 1, 60, 0.9, 80, 30),)))) == []


def test_engines_of_one_kind_are_told_apart() -> None:
    one = Engine("vllm", "0.32.0")
    assert both(one, one) == ("first vllm 0.32.0", "second vllm 0.32.0")
    assert both(Engine("tgi", "3.3.7"), one) == ("tgi 3.3.7", "vllm 0.32.0")
