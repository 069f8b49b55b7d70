from __future__ import annotations

import pytest

from migrate.parity.evidence import Outcome
from migrate.parity.latency.samples import Interval, Latency, Metric
from migrate.parity.latency.stage import latency_stage


def metric(name: str, outcome: Outcome, needed: int | None = None) -> Metric:
    values = Interval(100.0, 90.0, 110.0), Interval(112.0, 100.0, 120.0), Interval(1.12, 1.08, 1.16)
    return Metric(name, "p95", "ms", *values, outcome, requests_needed=needed)


def latency(*metrics: Metric, failed: tuple[int, int] = (0, 0), limited: str = "") -> Latency:
    return Latency((), (), metrics, requests=(500, 500), failed=failed, limited=limited)


PASS, FAIL, TOLD = (metric("ttft", each) for each in (Outcome.PASS, Outcome.FAIL, Outcome.DIFFERS))


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([Outcome.PASS, Outcome.DIFFERS], Outcome.PASS),
        ([Outcome.PASS, Outcome.INCONCLUSIVE], Outcome.INCONCLUSIVE),
        ([Outcome.INCONCLUSIVE, Outcome.FAIL, Outcome.PASS], Outcome.FAIL),
        ([Outcome.DIFFERS], Outcome.INCONCLUSIVE),
        ([], Outcome.INCONCLUSIVE),
    ],
)
def test_the_worst_judged_metric_decides(outcomes: list[Outcome], expected: Outcome) -> None:
    assert latency_stage(latency(*(metric("ttft", each) for each in outcomes))).outcome is expected


def test_a_slower_engine_is_told_in_a_sentence() -> None:
    stage = latency_stage(latency(FAIL, PASS, TOLD))
    assert stage.summary == "ttft p95 +12.0 % [+8.0 % to +16.0 %] (at most 5 % slower is allowed)"
    assert [each.detail for each in stage.differences] == ["100 ms became 112 ms: fail"]


def test_the_most_demanding_metric_says_how_many_requests_would_tell() -> None:
    found = [
        metric(name, Outcome.INCONCLUSIVE, needed) for name, needed in (("ttft", 900), ("tpot", 4000), ("e2e", None))
    ]
    stage = latency_stage(latency(*found))
    assert stage.summary.endswith("(at most 5 % slower is allowed; about 4,000 requests to each would tell)")
    assert stage.differences[0].detail.endswith("about 900 requests would tell")


@pytest.mark.parametrize(
    ("failed", "outcome"),
    [
        ((0, 0), Outcome.PASS),
        ((0, 2), Outcome.PASS),
        ((0, 20), Outcome.FAIL),
        ((40, 20), Outcome.PASS),
        ((20, 24), Outcome.PASS),
    ],
)
def test_requests_that_fail_more_often(failed: tuple[int, int], outcome: Outcome) -> None:
    assert latency_stage(latency(PASS, failed=failed)).outcome is outcome


def test_where_the_client_was_the_limit_nothing_is_judged() -> None:
    stage = latency_stage(latency(FAIL, failed=(0, 100), limited="the client computed 99 % of the time"))
    assert (stage.outcome, stage.summary) == (Outcome.INCONCLUSIVE, "the client computed 99 % of the time")
