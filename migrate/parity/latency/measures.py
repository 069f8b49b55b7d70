"""What the samples of an engine say: one value a request (or a gap between tokens) for each metric, by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from numpy.typing import NDArray

from migrate.parity.latency.arrays import np
from migrate.parity.latency.table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Values:
    """Values of one metric in milliseconds, the block that each belongs to and how often it was seen (None: once)."""

    ms: Floats
    block: Ints
    count: Ints | None = None


@dataclass(frozen=True, slots=True)
class Slo:
    """What a request must keep to count for goodput, in milliseconds; infinite where nothing is asked."""

    ttft_ms: float = float("inf")
    tpot_ms: float = float("inf")
    e2e_ms: float = float("inf")

    @property
    def asked(self) -> bool:
        return min(self.ttft_ms, self.tpot_ms, self.e2e_ms) < float("inf")


def _first_byte(table: Table, row: int) -> float:
    return table.first_byte[row] - table.sent[row]


def _first_event(table: Table, row: int) -> float:
    return table.first_event[row] - table.sent[row]


def ttft(table: Table, row: int) -> float:
    """Seconds from sent to the first token; NaN where no token came."""
    times = table.token_times(row)
    return times[0] - table.sent[row] if times else float("nan")


def _ttft_scheduled(table: Table, row: int) -> float:
    """From when the request was due: what a user waits, also where the client or a queue held it up."""
    return ttft(table, row) + table.sent[row] - table.scheduled[row]


def e2e(table: Table, row: int) -> float:
    return table.ended[row] - table.sent[row]


def _e2e_scheduled(table: Table, row: int) -> float:
    return table.ended[row] - table.scheduled[row]


def tpot(table: Table, row: int) -> float:
    """Seconds a token after the first one, by the engine's own count of tokens where it gave one; NaN for one token."""
    times = table.token_times(row)
    tokens = table.tokens[row] or len(times)
    return (table.ended[row] - times[0]) / (tokens - 1) if times and tokens > 1 else float("nan")


def _send_lag(table: Table, row: int) -> float:
    return table.sent[row] - table.scheduled[row]


PER_REQUEST: Mapping[str, Callable[[Table, int], float]] = {
    "first_byte": _first_byte,
    "first_event": _first_event,
    "ttft": ttft,
    "ttft_scheduled": _ttft_scheduled,
    "tpot": tpot,
    "e2e": e2e,
    "e2e_scheduled": _e2e_scheduled,
    "send_lag": _send_lag,
}


def values(table: Table, name: str) -> Values:
    """A metric of the requests that were answered; `itl` has a value for each gap between token events."""
    if name == "itl":
        return _gaps(table)
    measure = PER_REQUEST[name]
    pairs = [(measure(table, row), table.block[row]) for row in table.whole()]
    return _values(pairs)


def _gaps(table: Table) -> Values:
    return _values(
        (later - earlier, table.block[row])
        for row in table.whole()
        for earlier, later in pairwise(table.token_times(row))
    )


def _values(pairs: list[tuple[float, int]] | Iterator[tuple[float, int]]) -> Values:
    found = np.array([pair for pair in pairs if pair[0] == pair[0]], dtype=np.float64).reshape(-1, 2)
    return Values(found[:, 0] * 1000, found[:, 1].astype(np.int64))


def p95(found: Values) -> float:
    """The smallest value that 95 % do not exceed, NaN where there are none."""
    return float(np.quantile(found.ms, 0.95, method="inverted_cdf")) if len(found.ms) else float("nan")


def equal_prefixes(first: Table, second: Table) -> tuple[Values, Values]:
    """Milliseconds from sent to the last token that both engines' answers to the same request of a block have.

    Engines stop at different lengths, and a longer answer takes longer; up to the same token they are comparable.
    """
    others = {key: row for row, key in _keyed(second)}
    one: list[tuple[float, int]] = []
    other: list[tuple[float, int]] = []
    for row, key in _keyed(first):
        match = others.get(key)
        if match is None:
            continue
        common = min(tokens_of(first, row), tokens_of(second, match))
        if common:
            one.append((_until(first, row, common), first.block[row]))
            other.append((_until(second, match, common), second.block[match]))
    return _values(one), _values(other)


def _keyed(table: Table) -> Iterator[tuple[int, tuple[int, str, int]]]:
    """Answered rows with what names a request: its block, its prompt, and which time in the block it was asked."""
    seen: dict[tuple[int, str], int] = {}
    order = sorted(range(len(table)), key=lambda row: (table.block[row], table.scheduled[row]))
    for row in order:
        key = table.block[row], table.prompts[row]
        seen[key] = seen.get(key, -1) + 1
        if row not in table.failures:
            yield row, (*key, seen[key])


def tokens_of(table: Table, row: int) -> int:
    """By the engine's own count, else by the events that brought any."""
    return table.tokens[row] or len(table.token_times(row))


def _until(table: Table, row: int, tokens: int) -> float:
    """The event that brings the token with this number, where an event may bring several, evenly."""
    times = table.token_times(row)
    if not times:
        return e2e(table, row)
    at = -(-tokens * len(times) // tokens_of(table, row))
    return times[min(max(at, 1), len(times)) - 1] - table.sent[row]


def within(table: Table, slo: Slo) -> Iterator[int]:
    """The rows of answered requests that keep the SLO; what could not be measured (TPOT of one token) is kept."""
    for row in table.whole():
        parts = ((ttft, slo.ttft_ms), (tpot, slo.tpot_ms), (e2e, slo.e2e_ms))
        if not any(measure(table, row) * 1000 > limit for measure, limit in parts):
            yield row
