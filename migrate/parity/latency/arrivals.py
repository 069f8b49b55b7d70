"""When requests are due: so many at once, or times on a clock that does not wait for the engine."""

from __future__ import annotations

import csv
import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from migrate.mistakes import text_of
from migrate.parity.exchange import Json
from migrate.parity.protocols.shape import member
from migrate.parity.record import SAMPLES
from migrate.parity.recording import Recording, RecordingError

SEED = 20240229
# What a column or member with a request's time may be called.
TIME_NAMES = ("timestamp", "time", "at", "arrival", "arrived_at", "start_time", "TIMESTAMP")


class BadLoad(ValueError):
    """A load that cannot be understood; the message says what is possible."""


class Shape(StrEnum):
    """How requests arrive."""

    CLOSED = "closed"
    CONSTANT = "constant"
    POISSON = "poisson"
    RAMP = "ramp"
    TRACE = "trace"


@dataclass(frozen=True, slots=True)
class Load:
    """`value` is requests at once (closed) or requests a second; a ramp goes on to `until` requests a second.

    `times` are a trace's, seconds from its first request.
    """

    shape: Shape
    value: float = 1.0
    until: float = 0.0
    times: tuple[float, ...] = ()

    @property
    def open_loop(self) -> bool:
        return self.shape is not Shape.CLOSED

    def __str__(self) -> str:
        if self.shape is Shape.TRACE:
            return f"trace of {len(self.times)} requests"
        tail = f"-{self.until:g}" if self.shape is Shape.RAMP else ""
        return f"{self.shape}:{self.value:g}{tail}"

    def due(self, requests: int, seed: int = SEED) -> tuple[float, ...]:
        """Seconds from the block's start at which each of so many requests is due; all 0 in a closed loop.

        The same seed gives the same times, so that both engines meet the same arrivals. A trace that is shorter than
        `requests` begins again behind its end.
        """
        match self.shape:
            case Shape.CLOSED:
                return (0.0,) * requests
            case Shape.CONSTANT:
                return tuple(at / self.value for at in range(requests))
            case Shape.POISSON:
                return _poisson(self.value, requests, seed)
            case Shape.RAMP:
                return tuple(_ramp(self.value, self.until, requests))
            case Shape.TRACE:
                return _repeated(self.times, requests)


def _poisson(rate: float, requests: int, seed: int) -> tuple[float, ...]:
    chance = random.Random(seed)
    now, times = 0.0, []
    for _ in range(requests):
        times.append(now)
        now += chance.expovariate(rate)
    return tuple(times)


def _ramp(first: float, last: float, requests: int) -> Iterator[float]:
    """Gaps shrink (or grow) as the rate goes evenly, request by request, from the first to the last."""
    now = 0.0
    for at in range(requests):
        yield now
        now += 1 / (first + (last - first) * at / max(requests - 1, 1))


def _repeated(times: Sequence[float], requests: int) -> tuple[float, ...]:
    period = times[-1] + (times[-1] / (len(times) - 1) if len(times) > 1 and times[-1] else 1.0)
    return tuple(times[at % len(times)] + period * (at // len(times)) for at in range(requests))


def parse_load(text: str) -> Load:
    """`closed:8`, `constant:5`, `poisson:5`, `ramp:1-10` or `trace:FILE`.

    Raises:
        BadLoad: anything else, or a file that holds no times.
    """
    name, _, rest = text.partition(":")
    try:
        shape = Shape(name)
        if shape is Shape.TRACE:
            return Load(shape, times=read_trace(Path(rest)))
        first, _, last = rest.partition("-")
        values = float(first), float(last) if shape is Shape.RAMP else 1.0
    except BadLoad:
        raise
    except ValueError as error:
        raise BadLoad(f"{text}: no load: write closed:8, constant:5, poisson:5, ramp:1-10 or trace:FILE") from error
    whole = shape is not Shape.CLOSED or values[0].is_integer()
    if not (0 < values[0] < 1e6 and 0 < values[1] < 1e6 and whole):
        raise BadLoad(f"{text}: the numbers of a load are above 0, and requests at once are a whole number")
    return Load(shape, values[0], values[1] if shape is Shape.RAMP else 0.0)


def read_trace(path: Path) -> tuple[float, ...]:
    """The times of a CSV file with a header or a JSON Lines file (seconds, or ISO 8601), or those of a recording's
    last pass; ascending, from 0.

    Raises:
        BadLoad: no file, no column of times, or a line without one.
    """
    if times := _sent(path):
        return tuple(at - times[0] for at in times)
    if path.exists() and not path.is_file():
        raise BadLoad(f"{path}: is no file")  # a device may have no end
    text = text_of(path, BadLoad)
    rows = _json_rows(path, text) if text.lstrip().startswith("{") else _csv_rows(text)
    times = sorted(_time(path, line, row) for line, row in rows)
    if not times:
        raise BadLoad(f"{path}: no requests")
    return tuple(at - times[0] for at in times)


def _sent(path: Path) -> list[float]:
    """When the last pass of a recording sent its requests, in seconds; nothing where the file is no recording, or holds
    no such times."""
    try:
        passes: dict[str, list[float]] = {}
        for exchange in Recording.open(path):
            if exchange.sent_ms is not None and not exchange.run.startswith(f"{SAMPLES.name}-"):
                passes.setdefault(exchange.run, []).append(exchange.sent_ms / 1000)
    except RecordingError:
        return []
    return sorted(next(reversed(passes.values()), []))


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, Json]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise BadLoad(f"{path}:{number}: no JSON: {error}") from error


def _csv_rows(text: str) -> Iterator[tuple[int, Json]]:
    reader = csv.DictReader(text.splitlines())
    for row in reader:
        yield reader.line_num, {name: value for name, value in row.items() if isinstance(name, str)}


def _time(path: Path, line: int, row: Json) -> float:
    found = next((value for name in TIME_NAMES if (value := member(row, name)) is not None), None)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise BadLoad(f"{path}:{line}: no time: name its column one of {', '.join(TIME_NAMES)}")
    try:
        seconds = _seconds(found) if isinstance(found, str) else float(found)
    except (ValueError, OverflowError) as error:
        raise BadLoad(f"{path}:{line}: {error}") from error
    if not math.isfinite(seconds):
        raise BadLoad(f"{path}:{line}: {found} is no time")
    return seconds


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text).timestamp()
