from __future__ import annotations

import asyncio
import math

import pytest

from migrate.parity.evidence import Outcome
from migrate.parity.exchange import Engine
from migrate.parity.latency import calibration, measuring, summary
from migrate.parity.latency.arrivals import Load, Shape, parse_load
from migrate.parity.latency.calibration import Calibration, Spread, calibrate
from migrate.parity.latency.client import Ran
from migrate.parity.latency.judging import Criteria
from migrate.parity.latency.loaded import Loaded
from migrate.parity.latency.loops import run_fast
from migrate.parity.latency.measures import Slo
from migrate.parity.latency.measuring import calibrated, load, measure, measure_apart, measure_both
from migrate.parity.latency.plan import Plan
from migrate.parity.latency.reading import read
from migrate.parity.latency.samples import Latency
from migrate.parity.latency.side import Keeper
from migrate.parity.latency.stage import latency_stage
from migrate.parity.latency.summary import alone, latency_of
from migrate.parity.latency.table import Table
from migrate.parity.latency.words import comparison, single
from migrate.parity.prompts import Prompt
from migrate.parity.record import NoEngine
from tests.parity.latency.engine import Act, FakeEngine, refusal, serving, stream, tgi_stream
from tests.parity.latency.streams import VLLM, arrived, events
from tests.parity.latency.test_measures import table

PROMPTS = (Prompt("a", "x"), Prompt("b", messages=(("user", "y"),)), Prompt("c", "z"))
PLAN = Plan(Load(Shape.CLOSED, 2), blocks=6, calibrate=False, criteria=Criteria(draws=200))
# Single slow answers of a busy machine are no concern of these tests.
MEDIAN = Criteria(judged=(("ttft", "median"),), draws=2000)
SMALL = Plan(Load(Shape.CLOSED, 2), blocks=8, size=2, warm_up=0, calibrate=False, criteria=MEDIAN)
QUIET = Calibration(10_000, 0.1, Spread(0.01, 0.1), Spread(0.01, 0.1))
GAUGES = 'vllm:num_requests_waiting{engine="0"} 3\n'


def slow(seconds: float, then: Act = stream) -> Act:
    async def act(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await then(writer)

    return act


async def both(first: FakeEngine, second: FakeEngine, plan: Plan = PLAN) -> tuple[Latency, list[str]]:
    said: list[str] = []
    async with serving(first), serving(second):
        return await measure_both(first.url, second.url, PROMPTS, plan, said.append), said


def test_engines_are_asked_in_turns_the_same() -> None:
    order: list[str] = []

    def noting(name: str, act: Act) -> Act:
        async def noted(writer: asyncio.StreamWriter) -> None:
            order.append(name)
            await act(writer)

        return noted

    tgi = FakeEngine([noting("A", tgi_stream)], info={"model_id": "m", "version": "3.3.7"})
    vllm = FakeEngine([noting("B", stream)])
    latency, said = asyncio.run(both(tgi, vllm))
    assert "".join(order) == "AAABBB" + "AAABBB" + "BBBAAA" + "AAABBB" + "BBBAAA" + "AAABBB" + "BBBAAA"
    assert latency.requests == (18, 18)
    assert latency.failed == (0, 0)
    assert [sample.prompt for sample in latency.first if sample.block == 2] == ["a", "b", "c"]
    assert {head.split()[1] for head in tgi.heads} == {"/generate_stream", "/v1/chat/completions"}
    assert said[:2] == ["tgi: warm-up block 1 of 1", "vllm: warm-up block 1 of 1"]
    assert said[-1].startswith("tgi: block 6 of 6, ")


def test_a_slower_engine_fails() -> None:
    latency, _ = asyncio.run(both(FakeEngine([slow(0.01)]), FakeEngine([slow(0.06)]), SMALL))
    stage = latency_stage(latency)
    assert stage.outcome is Outcome.FAIL
    assert "ttft median +" in stage.summary
    assert comparison(latency)[0].split() == ["metric", "first", "second", "change", "bounds"]
    assert any("SLOWER" in line for line in comparison(latency))


def test_an_engine_that_refuses_requests_fails() -> None:
    latency, _ = asyncio.run(both(FakeEngine([slow(0.01)]), FakeEngine([slow(0.01, refusal)]), SMALL))
    assert latency.failed == (0, 16)
    assert latency.second[0].failure == "status 429: busy"
    assert latency_stage(latency).outcome is Outcome.FAIL
    assert "second: 16 of 16 requests failed: 16x status 429: busy" in latency.notes


def test_a_sweep_has_a_point_for_each_load() -> None:
    sweep = parse_load("closed:1"), parse_load("constant:500")
    plan = Plan(PLAN.load, 5, 2, 0, 5.0, Slo(ttft_ms=10_000), PLAN.criteria, sweep, calibrate=False)
    latency, _ = asyncio.run(both(FakeEngine(), FakeEngine(), plan))
    assert [point.load for point in latency.first_sweep] == [1, 500]
    for point in (*latency.first_sweep, *latency.second_sweep):
        assert point.goodput == point.requests_per_s > 0
        assert point.tokens_per_s == pytest.approx(2 * point.requests_per_s)
        assert point.ttft_p95_ms > 0
    assert sum(line.startswith("sweep, ") for line in comparison(latency)) == 2
    assert any("goodput" in note for note in latency.notes)


def test_samples_of_the_sweep_and_the_warm_up_do_not_count() -> None:
    plan = Plan(PLAN.load, 5, 2, 3, sweep=(parse_load("closed:1"),), calibrate=False, criteria=PLAN.criteria)
    latency, _ = asyncio.run(both(FakeEngine(), FakeEngine(), plan))
    assert latency.requests == (10, 10)


def test_blocks_smaller_than_the_prompts_go_round() -> None:
    first = FakeEngine()
    latency, _ = asyncio.run(both(first, FakeEngine(), Plan(PLAN.load, 3, 2, 0, calibrate=False)))
    assert [sample.prompt for sample in latency.first] == ["a", "b", "c", "a", "b", "c"]
    assert latency.metrics == ()


def test_an_open_loop_tells_times_from_when_requests_were_due() -> None:
    plan = Plan(Load(Shape.POISSON, 400), 5, 3, 0, calibrate=False, criteria=PLAN.criteria)
    latency, _ = asyncio.run(both(FakeEngine(), FakeEngine(), plan))
    assert {"ttft_scheduled", "e2e_scheduled", "send_lag"} <= {metric.name for metric in latency.metrics}
    assert [sample.scheduled_s for sample in latency.first] == pytest.approx(
        [sample.scheduled_s for sample in latency.second]
    )


def test_the_engines_own_metrics_are_told() -> None:
    latency, _ = asyncio.run(both(FakeEngine(metrics=GAUGES), FakeEngine()))
    assert "first, its own metrics: queue up to 3" in latency.notes


def test_one_engine_after_the_other() -> None:
    async def apart() -> Latency:
        loaded = []
        for engine in (FakeEngine(), FakeEngine()):
            async with serving(engine):
                loaded += await load([engine.url], PROMPTS, PLAN, str)
        return await measure_apart(loaded[0], loaded[1], PLAN, str)

    latency = asyncio.run(apart())
    assert latency.requests == (18, 18)
    assert "one engine after the other" in latency.notes[0]


def test_an_engine_that_is_not_there() -> None:
    with pytest.raises(NoEngine):
        measure("http://127.0.0.1:9", "http://127.0.0.1:9", PROMPTS, PLAN, str)


def test_one_engine_alone_has_values_and_bounds() -> None:
    async def one() -> Loaded:
        async with serving(FakeEngine()) as engine:
            return (await load([engine.url], PROMPTS, PLAN, str))[0]

    metrics, notes = alone(run_fast(one()), PLAN, None)
    assert {metric.outcome for metric in metrics} == {Outcome.DIFFERS}
    assert "e2e_scheduled" not in {metric.name for metric in metrics}
    assert single(metrics)[1].startswith("first_byte")
    assert notes[1].startswith("vllm: ")


def loaded(wall_s: float = 10.0, cpu_s: float = 0.1, rows: int = 10, lag_s: float = 0.0) -> Loaded:
    found = Table()
    for row in range(rows):
        raw = arrived(*events(VLLM))
        raw.due = raw.sent - lag_s
        found.add("p", row, raw, read(raw))
    return Loaded(Engine("vllm"), found, (Ran(0.0, wall_s, cpu_s),))


@pytest.mark.parametrize(
    ("share", "limit"),
    [
        (loaded(), ""),
        (loaded(cpu_s=8.6), "the client computed 86 % of the time"),
        (loaded(lag_s=0.2), "were sent 200.0 ms late"),
        (loaded(lag_s=0.001), ""),
        (loaded(wall_s=0.001, cpu_s=0.0), "close to what this client can do"),
    ],
    ids=["idle", "busy", "late", "a-timer", "fast"],
)
def test_when_the_client_is_the_limit_it_says_so(share: Loaded, limit: str) -> None:
    plan = Plan(Load(Shape.CONSTANT, 1), criteria=PLAN.criteria)
    latency = latency_of(loaded(), share, plan, QUIET, in_turns=True)
    assert limit in latency.limited
    assert bool(latency.limited) == bool(limit)


def test_a_closed_loop_has_no_lag() -> None:
    assert latency_of(loaded(), loaded(lag_s=0.2), PLAN, QUIET, in_turns=True).limited == ""


def test_answers_of_other_lengths_are_noted() -> None:
    longer = loaded()
    shorter = Loaded(longer.engine, table(*(("p", row, 1, [1.0]) for row in range(10))), longer.ran)
    assert any("2.0 and 1.0 tokens" in note for note in latency_of(longer, shorter, PLAN, None, True).notes)
    assert not any("tokens:" in note for note in latency_of(longer, longer, PLAN, None, True).notes)


def test_a_point_without_answers_is_not_a_number() -> None:
    found = summary.point(PLAN.load, Table(), Ran(0.0, 1.0, 0.0), Slo())
    assert math.isnan(found.ttft_p95_ms)
    assert (found.requests_per_s, found.goodput) == (0.0, None)


def test_a_point_of_a_trace_has_its_mean_rate() -> None:
    assert summary.point(Load(Shape.TRACE, times=(0.0, 1.0, 2.0)), Table(), Ran(0, 1, 0), Slo()).load == 1.5


def test_many_waiting_bytes_are_read_early() -> None:
    found, raws = Table(), [arrived(*events(VLLM)) for _ in range(4)]
    keeper = Keeper(found, 0, ["p"] * 4, most=2 * raws[0].size)
    lengths = []
    for number, raw in enumerate(raws):
        keeper.keep(number, raw)
        lengths.append(len(found))
    assert lengths == [0, 0, 1, 2]
    keeper.flush()
    assert len(found) == 4


def test_the_client_is_calibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BURST", "PACED", "TICKS"):
        monkeypatch.setattr(calibration, name, 10)
    said: list[str] = []
    found = run_fast(calibrated(Plan(), said.append))
    assert found is not None
    assert found.requests_per_s > 10
    assert found.cpu_ms > 0
    assert abs(found.ttft_error.median) < 50
    assert 0 <= found.jitter.median <= found.jitter.p99
    assert said == [str(found)]


def test_no_calibration_without_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration.sys, "executable", "/bin/true")
    with pytest.raises(OSError, match="did not start"):
        asyncio.run(calibrate())


def test_the_default_plan_calibrates() -> None:
    assert Plan().calibrate
    assert asyncio.run(measuring.calibrated(PLAN, str)) is None
