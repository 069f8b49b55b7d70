"""Paired block bootstrap of quantiles: how far two engines' medians and tails are apart, and how sure that is.

Whole blocks are drawn, the same ones for both engines: requests in a block share the machine's state and the prompts,
so single requests are not independent. With few blocks the plain percentile interval is too narrow; it is widened as
Hesterberg's expanded percentile interval does (The American Statistician 69, 2015, section 5.3): the normal quantile
becomes sqrt(b / (b - 1)) times Student's with b - 1 degrees of freedom, for b blocks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from migrate.parity.latency.arrays import np
from migrate.parity.latency.measures import Floats, Ints, Values
from migrate.parity.latency.samples import Interval
from migrate.parity.latency.student import student_quantile, student_tail
from migrate.parity.statistics import SEED

DRAWS = 10_000
# Different values that are told apart; more are put into so many groups of equal size (rank error below 0.03 %).
GROUPS = 2048
AT_ONCE = 500
# With fewer blocks nothing is judged.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Cumulative:
    """`below[b, k]` is how many values of block b are at most `grid[k]` (ascending)."""

    grid: Floats
    below: Floats

    @classmethod
    def of(cls, values: Values, blocks: Ints) -> Cumulative:
        """Over these blocks; needs a value."""
        grid = np.unique(values.ms)
        if len(grid) > GROUPS and values.count is None:
            grid = np.unique(np.quantile(values.ms, np.linspace(0, 1, GROUPS), method="higher"))
        place = np.searchsorted(grid, values.ms)
        row = np.searchsorted(blocks, values.block)
        counts = np.zeros((len(blocks), len(grid)))
        np.add.at(counts, (row, place), 1 if values.count is None else values.count)
        return cls(grid, counts.cumsum(axis=1))

    def quantiles(self, weights: Floats, shares: Sequence[float]) -> Floats:
        """For each row of weights (how often each block counts) its quantiles: one row a draw, one column a share.

        The smallest value that at least the share of the values does not exceed; NaN where no block has a value.
        """
        cumulative = weights @ self.below
        total = cumulative[:, -1].copy()
        # Each row ascends; with an offset from row to row all of them do, and one search finds every quantile.
        offset = np.arange(len(weights)) * (total.max() + 1)
        cumulative += offset[:, None]
        rising = cumulative.ravel()
        columns = []
        for share in shares:
            wanted = np.maximum(np.ceil(total * share - 1e-6), 1)
            place = np.searchsorted(rising, wanted + offset) - np.arange(len(weights)) * len(self.grid)
            found = self.grid[np.minimum(place, len(self.grid) - 1)]
            columns.append(np.where(total > 0, found, np.nan))
        return np.stack(columns, axis=1)


@dataclass(frozen=True, slots=True)
class Compared:
    """One quantile of both engines and of their ratio; `logs` are the bootstrap's logarithms of the ratio."""

    first: Interval
    second: Interval
    ratio: Interval
    logs: Floats
    blocks: int

    def tail(self, ratio: float, above: bool) -> float:
        """A p-value: the chance of a ratio so far to one side, were the true one `ratio`.

        `above` is for the hypothesis that the true ratio is at least `ratio`: small where it is surely below.
        """
        edge = math.log(ratio)
        beyond = (self.logs >= edge) if above else (self.logs <= edge)
        share = (np.count_nonzero(beyond) + 1) / (len(self.logs) + 2)
        return _widened(share, self.blocks)

    @property
    def spread(self) -> float:
        """The standard error of the ratio's logarithm."""
        return float(np.std(self.logs)) * math.sqrt(self.blocks / (self.blocks - 1))


def compare_quantiles(
    first: Values, second: Values, shares: Sequence[float], confidence: float = 0.95, draws: int = DRAWS
) -> list[Compared] | None:
    """Both engines' quantiles for each share; None where too few blocks are common to judge.

    Each bound of an interval holds with `confidence`.
    """
    blocks = np.intersect1d(first.block, second.block)
    if len(blocks) < FEWEST:
        return None
    one, other = (Cumulative.of(_of_blocks(values, blocks), blocks) for values in (first, second))
    weights = draw_blocks(len(blocks), draws)
    drawn_first, drawn_second = (_in_parts(each, weights, shares) for each in (one, other))
    everything = np.ones((1, len(blocks)))
    seen_first, seen_second = (each.quantiles(everything, shares)[0] for each in (one, other))
    tail = widened_tail(1 - confidence, len(blocks))
    found = []
    for at in range(len(shares)):
        with np.errstate(divide="ignore"):
            logs = np.log(np.maximum(drawn_second[:, at], TINY)) - np.log(np.maximum(drawn_first[:, at], TINY))
        ratio = max(seen_second[at], TINY) / max(seen_first[at], TINY)
        low, high = np.exp(np.quantile(logs, (tail, 1 - tail)))
        found.append(
            Compared(
                _interval(seen_first[at], drawn_first[:, at], tail),
                _interval(seen_second[at], drawn_second[:, at], tail),
                Interval(float(ratio), float(low), float(high)),
                logs,
                len(blocks),
            )
        )
    return found


# Milliseconds: a nanosecond stands for 0 where a logarithm is taken.
TINY = 1e-6


@lru_cache(maxsize=4)
def draw_blocks(blocks: int, draws: int) -> Floats:
    """How often each block is drawn, one row a draw; the same numbers for every metric and every run."""
    chance = np.random.default_rng(SEED)
    return chance.multinomial(blocks, np.full(blocks, 1 / blocks), size=draws).astype(np.float64)


def _in_parts(each: Cumulative, weights: Floats, shares: Sequence[float]) -> Floats:
    """Some draws at a time: memory stays at a few megabytes."""
    parts = [each.quantiles(weights[at : at + AT_ONCE], shares) for at in range(0, len(weights), AT_ONCE)]
    return np.concatenate(parts)


def _of_blocks(values: Values, blocks: Ints) -> Values:
    kept = np.isin(values.block, blocks)
    return Values(values.ms[kept], values.block[kept], None if values.count is None else values.count[kept])


def _interval(seen: float, drawn: Floats, tail: float) -> Interval:
    low, high = np.quantile(drawn, (tail, 1 - tail))
    return Interval(float(seen), float(low), float(high))


def widened_tail(tail: float, blocks: int) -> float:
    """The percentile to read so that the interval leaves `tail` outside."""
    factor = math.sqrt(blocks / (blocks - 1))
    return NormalDist().cdf(factor * student_quantile(tail, blocks - 1))


def _widened(share: float, blocks: int) -> float:
    """The p-value that belongs to a share of the draws: the reverse of `widened_tail`."""
    factor = math.sqrt(blocks / (blocks - 1))
    return student_tail(NormalDist().inv_cdf(share) / factor, blocks - 1)
