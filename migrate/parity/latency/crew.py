"""Several workers at once: processes of this machine, or Ray's on a cluster."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, Protocol

from migrate.parity.latency.worker import Worker

# How long an address of a cluster may take to answer.
ANSWERS_S = 5.0


class WorkerTrouble(ConnectionError):
    """A worker that did not start or went away."""


class Crew(Protocol):
    """Calls one method on all workers at once and waits for all, or on a single one."""

    def __len__(self) -> int: ...

    def all(self, method: str, arguments: Sequence[tuple[object, ...]]) -> list[Any]:
        """One tuple of arguments a worker.

        Raises:
            WorkerTrouble: one of them failed.
        """

    def one(self, worker: int, method: str) -> Any:
        """Without arguments."""


class Processes:
    """Workers in processes of this machine."""

    def __init__(self, arguments: Sequence[tuple[object, ...]]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for each in arguments:
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, each), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def __len__(self) -> int:
        return len(self._pipes)

    def all(self, method: str, arguments: Sequence[tuple[object, ...]]) -> list[Any]:
        for pipe, each in zip(self._pipes, arguments, strict=True):
            _send(pipe, (method, each))
        return [_receive(pipe) for pipe in self._pipes]

    def one(self, worker: int, method: str) -> Any:
        _send(self._pipes[worker], (method, ()))
        return _receive(self._pipes[worker])

    def close(self) -> None:
        """End all; none stays behind."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()


def _send(pipe: Connection, message: object) -> None:
    try:
        pipe.send(message)
    except OSError as error:
        raise WorkerTrouble(f"a worker went away: {error}") from error


def _receive(pipe: Connection) -> Any:
    try:
        fine, value = pipe.recv()
    except (EOFError, OSError) as error:
        raise WorkerTrouble("a worker went away") from error
    if not fine:
        raise WorkerTrouble(value)
    return value


def _serve(pipe: Connection, arguments: tuple[Any, ...]) -> None:
    """A worker's process: one answer for each message, until the other end is closed or it is interrupted."""
    worker: Worker | None = None
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            method, given = pipe.recv()
            try:
                worker = worker or Worker(*arguments)
                pipe.send((True, getattr(worker, method)(*given)))
            except BrokenPipeError:
                raise
            except (OSError, ValueError) as error:
                pipe.send((False, str(error)))
    if worker is not None:
        worker.close()


class RayWorkers:
    """Workers on a Ray cluster, as many as there are arguments, spread over its machines."""

    def __init__(self, arguments: Sequence[tuple[object, ...]], address: str | None) -> None:
        """Join the cluster at an address (`auto`, `ray://HOST:10001`), or start one here without.

        Raises:
            WorkerTrouble: Ray is not installed, or there is no such cluster.
        """
        try:
            import ray
            from ray.exceptions import RayError
        except ImportError as error:
            raise WorkerTrouble("Ray is not installed: pip install 'tgi-to-vllm[ray]'") from error
        self._ray, self._errors = ray, (RayError, ConnectionError)
        handler = signal.getsignal(signal.SIGTERM)
        try:
            _must_answer(address)
            ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False, include_dashboard=False)
        except (OSError, ValueError, RuntimeError) as error:
            raise WorkerTrouble(f"no Ray cluster at {address or 'this machine'}: {error}") from error
        finally:
            # Ray ends the program at SIGTERM in its own way; the command's way says what happened.
            signal.signal(signal.SIGTERM, handler)
        actor = ray.remote(num_cpus=1, scheduling_strategy="SPREAD")(Worker)
        self._actors = [actor.remote(*each) for each in arguments]

    def __len__(self) -> int:
        return len(self._actors)

    def all(self, method: str, arguments: Sequence[tuple[object, ...]]) -> list[Any]:
        pending = [getattr(actor, method).remote(*each) for actor, each in zip(self._actors, arguments, strict=True)]
        return list(self._get(pending))

    def one(self, worker: int, method: str) -> Any:
        return self._get(getattr(self._actors[worker], method).remote())

    def _get(self, pending: Any) -> Any:
        try:
            return self._ray.get(pending)
        except self._errors as error:
            raise WorkerTrouble(str(error).strip().splitlines()[-1]) from error

    def close(self) -> None:
        self._ray.shutdown()


def _must_answer(address: str | None) -> None:
    """Ray itself tries for minutes.

    Raises:
        OSError: nothing listens at HOST:PORT.
    """
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), ANSWERS_S).close()


@contextmanager
def processes(arguments: Sequence[tuple[object, ...]]) -> Iterator[Crew]:
    """Workers on this machine, gone when the block is left."""
    crew = Processes(arguments)
    try:
        yield crew
    finally:
        crew.close()


@contextmanager
def ray_workers(arguments: Sequence[tuple[object, ...]], address: str | None = None) -> Iterator[Crew]:
    """Workers on Ray, gone when the block is left."""
    crew = RayWorkers(arguments, address)
    try:
        yield crew
    finally:
        crew.close()
