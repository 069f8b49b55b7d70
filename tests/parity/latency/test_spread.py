from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from inspect import iscoroutinefunction
from multiprocessing import active_children
from typing import Any

import pytest

from migrate.parity.latency import spread
from migrate.parity.latency.arrivals import Load, Shape, parse_load
from migrate.parity.latency.connection import clock
from migrate.parity.latency.crew import Crew, WorkerTrouble, processes, ray_workers
from migrate.parity.latency.judging import Criteria
from migrate.parity.latency.measures import Slo
from migrate.parity.latency.measuring import measure
from migrate.parity.latency.plan import Plan
from migrate.parity.latency.samples import Latency
from migrate.parity.latency.spread import Hire, clock_offset, measure_spread
from migrate.parity.latency.worker import Worker, share_of
from migrate.parity.prompts import Prompt
from tests.parity.latency.engine import FakeEngine, in_a_thread

PROMPTS = tuple(Prompt(f"p{number}", "x") for number in range(6))
PLAN = Plan(Load(Shape.CLOSED, 4), 5, 0, 1, 5.0, Slo(ttft_ms=5000), Criteria(draws=200), calibrate=False)


class Threads:
    """Workers of this process: the same calls without the cost of a process; `ahead` is how far their clocks are."""

    def __init__(self, arguments: Sequence[tuple[Any, ...]], ahead: float = 0.0) -> None:
        self.workers = [Worker(*each) for each in arguments]
        self.ahead = ahead
        self.starts: list[float] = []

    def __len__(self) -> int:
        return len(self.workers)

    def all(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        if method == "block":
            self.starts += [each[3] for each in arguments]
            arguments = [(*each[:3], each[3] - self.ahead) for each in arguments]
        return [getattr(worker, method)(*each) for worker, each in zip(self.workers, arguments, strict=True)]

    def one(self, worker: int, method: str) -> Any:
        found = getattr(self.workers[worker], method)()
        return found + self.ahead if method == "now" else found


@contextmanager
def in_threads(arguments: Sequence[tuple[Any, ...]]) -> Iterator[Crew]:
    crew = Threads(arguments)
    try:
        yield crew
    finally:
        for worker in crew.workers:
            worker.close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with in_a_thread(FakeEngine()) as engine:
        yield engine.url


def spread_over(url: str, hire: Hire, workers: int = 2) -> Latency:
    found = measure_spread((url, url), PROMPTS, PLAN, workers, hire, str)
    assert (found.first.name, found.second.name) == ("vllm", "vllm")
    return found.latency


def check(latency: Latency) -> None:
    assert latency.requests == (30, 30)
    assert latency.failed == (0, 0)
    assert {sample.prompt for sample in latency.first} == {prompt.name for prompt in PROMPTS}
    assert {"ttft", "tpot", "e2e_prefix", "itl"} <= {metric.name for metric in latency.metrics}
    assert "in turns, 2 workers whose clocks are known to" in latency.notes[0]
    assert any("goodput" in note for note in latency.notes)


def test_workers_share_the_load(url: str) -> None:
    check(spread_over(url, in_threads))


def test_shares_come_to_what_one_client_measures(url: str) -> None:
    one, shared = measure(url, url, PROMPTS, PLAN, str), spread_over(url, in_threads)
    assert shared.requests == one.requests
    assert {(each.name, each.statistic) for each in shared.metrics} == {
        (each.name, each.statistic) for each in one.metrics if each.unit == "ms"
    }


def test_a_block_starts_at_the_same_moment_on_clocks_that_differ(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "AHEAD_S", 0.0)
    crew = Threads([((url, url), PROMPTS, share_of(PLAN, 0, 2), "")], ahead=1000.0)
    offset = clock_offset(crew, 0)
    assert offset.seconds == pytest.approx(1000.0, abs=0.01)
    assert 0 < offset.error < 0.01
    spread._block(crew, [offset], 0, 0, counts=True)
    assert crew.starts[0] - 1000.0 == pytest.approx(clock(), abs=1.0)
    crew.workers[0].close()


def test_clocks_that_are_not_known_well_are_noted() -> None:
    assert "may begin that far apart" in spread._how([spread.Offset(0, 0.0001), spread.Offset(0, 0.02)])
    assert "apart" not in spread._how([spread.Offset(0, 0.0001)])


@pytest.mark.parametrize(
    ("load", "shares"),
    [
        ("closed:5", ["closed:3", "closed:2"]),
        ("constant:5", ["constant:2.5", "constant:2.5"]),
        ("poisson:5", ["poisson:2.5", "poisson:2.5"]),
        ("ramp:2-10", ["ramp:1-5", "ramp:1-5"]),
    ],
)
def test_a_load_is_divided(load: str, shares: list[str]) -> None:
    assert [str(share_of(Plan(parse_load(load)), worker, 2).load) for worker in range(2)] == shares


def test_a_trace_is_dealt_out() -> None:
    plan = Plan(Load(Shape.TRACE, times=(0.0, 1.0, 2.0)), size=3)
    assert [share_of(plan, worker, 2).load.times for worker in range(2)] == [(0.0, 2.0), (1.0,)]
    assert [share_of(plan, worker, 2).size for worker in range(2)] == [2, 1]


@pytest.mark.parametrize(
    "plan",
    [Plan(Load(Shape.CLOSED, 1)), Plan(Load(Shape.TRACE, times=(0.0,))), Plan(Load(Shape.CONSTANT, 9), size=1)],
    ids=["closed", "trace", "size"],
)
def test_a_load_that_is_too_small(plan: Plan) -> None:
    with pytest.raises(ValueError, match="for each of 2 workers"):
        share_of(plan, 1, 2)


@pytest.mark.slow
def test_processes(url: str) -> None:
    check(spread_over(url, processes))
    assert not active_children()


@pytest.mark.slow
def test_a_worker_that_reaches_no_engine() -> None:
    with pytest.raises(WorkerTrouble, match=r"127\.0\.0\.1:9"):
        spread_over("http://127.0.0.1:9", processes)
    assert not active_children()


@pytest.mark.slow
def test_ray(url: str) -> None:
    if find_spec("ray") is None:
        pytest.skip("ray is not installed: pip install 'tgi-to-vllm[ray]'")
    check(spread_over(url, ray_workers))


def test_a_worker_is_no_asynchronous_actor() -> None:
    assert not [name for name, member in vars(Worker).items() if iscoroutinefunction(member)]
