from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from migrate.parity.latency import crew
from migrate.parity.latency.crew import Processes, WorkerTrouble, processes, ray_workers


class FakeWorker:
    """Answers with what it was given."""

    def __init__(self, *arguments: object) -> None:
        if "unreachable" in arguments:
            raise ConnectionError("nobody is there")
        self.arguments = arguments
        self.closed = False

    def now(self) -> float:
        return 5.0

    def block(self, *given: object) -> tuple[object, ...]:
        return (*self.arguments, *given)

    def close(self) -> None:
        self.closed = True


class InThreads:
    """A context of multiprocessing whose processes are threads."""

    Pipe = staticmethod(multiprocessing.Pipe)

    class Process(threading.Thread):
        def __init__(self, target: Any, args: Any, daemon: bool) -> None:
            # Both ends live in one process here: the worker's end must outlive its closing by the parent.
            pipe, arguments = args
            twin = multiprocessing.connection.Connection(multiprocessing.connection.os.dup(pipe.fileno()))
            super().__init__(target=target, args=(twin, arguments), daemon=daemon)


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "Worker", FakeWorker)
    monkeypatch.setattr(crew.multiprocessing, "get_context", lambda kind: InThreads)


def test_one_call_reaches_all_workers_each_with_its_own_arguments() -> None:
    with processes([("a",), ("b",)]) as found:
        assert len(found) == 2
        assert found.all("block", [(1,), (2,)]) == [("a", 1), ("b", 2)]
        assert found.one(1, "now") == 5.0


def test_a_worker_that_cannot_start_says_why() -> None:
    with processes([("unreachable",)]) as found, pytest.raises(WorkerTrouble, match="nobody is there"):
        found.one(0, "now")


def test_a_worker_that_went_away() -> None:
    with processes([("a",)]) as found:
        assert isinstance(found, Processes)
        found._pipes[0].close()
        with pytest.raises(WorkerTrouble, match="went away"):
            found.one(0, "now")


def test_a_worker_that_ends_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: FakeWorker) -> float:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeWorker, "now", interrupted)
    ours, theirs = multiprocessing.Pipe()
    ours.send(("now", ()))
    crew._serve(theirs, ("a",))
    theirs.close()
    with pytest.raises(WorkerTrouble, match="a worker went away"):
        crew._receive(ours)


class FakeRay(ModuleType):
    """As much of Ray as is used: actors that run at once."""

    def __init__(self, refuses: bool) -> None:
        super().__init__("ray")
        self.refuses, self.address, self.down = refuses, "", False

    def init(self, address: str | None, **options: object) -> None:
        if self.refuses:
            raise ConnectionError("Could not find any running Ray instance")
        self.address = str(address)

    def remote(self, **options: object) -> Any:
        return lambda kind: SimpleNamespace(remote=lambda *given: Actor(kind(*given)))

    def get(self, pending: Any) -> Any:
        return [self.get(each) for each in pending] if isinstance(pending, list) else pending()

    def shutdown(self) -> None:
        self.down = True


class Actor:
    def __init__(self, worker: FakeWorker) -> None:
        self._worker = worker

    def __getattr__(self, name: str) -> Any:
        return SimpleNamespace(remote=lambda *given: lambda: getattr(self._worker, name)(*given))


def ray(monkeypatch: pytest.MonkeyPatch, refuses: bool = False) -> FakeRay:
    found, errors = FakeRay(refuses), ModuleType("ray.exceptions")
    errors.RayError = type("RayError", (Exception,), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ray", found)
    monkeypatch.setitem(sys.modules, "ray.exceptions", errors)
    return found


def test_ray_workers_are_called_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = ray(monkeypatch)
    arguments: Sequence[tuple[object, ...]] = [("a",), ("b",)]
    with ray_workers(arguments, "auto") as found:
        assert (len(found), cluster.address) == (2, "auto")
        assert found.all("block", [(1,), (2,)]) == [("a", 1), ("b", 2)]
        assert found.one(0, "now") == 5.0
    assert cluster.down


def test_no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    ray(monkeypatch, refuses=True)
    with pytest.raises(WorkerTrouble, match="no Ray cluster at auto: Could not find"), ray_workers([], "auto"):
        pass


def test_a_ray_worker_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    ray(monkeypatch)
    with ray_workers([("a",)]) as found:
        monkeypatch.setattr(FakeWorker, "now", lambda self: (_ for _ in ()).throw(ConnectionError("one\ngone")))
        with pytest.raises(WorkerTrouble, match="gone"):
            found.one(0, "now")


def test_a_ray_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(WorkerTrouble, match=r"tgi-to-vllm\[ray\]"), ray_workers([]):
        pass


@pytest.mark.parametrize("prefix", ["", "ray://"])
def test_an_address_where_nothing_listens(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    cluster = ray(monkeypatch)
    address = f"{prefix}127.0.0.1:9"
    with pytest.raises(WorkerTrouble, match=f"no Ray cluster at {address}: .*refused"), ray_workers([], address):
        pass
    assert cluster.address == ""


def test_the_programs_own_end_stays_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster, before = ray(monkeypatch), signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(cluster, "init", lambda **options: signal.signal(signal.SIGTERM, signal.SIG_IGN))
    with ray_workers([]):
        assert signal.getsignal(signal.SIGTERM) is before
