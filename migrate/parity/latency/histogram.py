"""Values in buckets of equal relative width: small enough to be sent between machines, and added without loss.

The idea is that of HdrHistogram (https://hdrhistogram.org): a bounded relative error over the whole range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from migrate.parity.latency.arrays import np
from migrate.parity.latency.measures import Values

# A bucket is 0.2 % wide; its middle is at most 0.1 % off.
WIDTH = 0.002
SMALLEST_MS = 1e-3


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values fell into each bucket of each block: `counts[block, bucket]`."""

    counts: Mapping[tuple[int, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Values) -> Histogram:
        """What is below a microsecond counts as one."""
        bucket = np.floor(np.log(np.maximum(values.ms, SMALLEST_MS) / SMALLEST_MS) / WIDTH).astype(np.int64)
        keys, counts = np.unique(np.stack([values.block, bucket], axis=1), axis=0, return_counts=True)
        return cls({(int(block), int(at)): int(count) for (block, at), count in zip(keys, counts, strict=True)})

    def __add__(self, other: Histogram) -> Histogram:
        added = dict(self.counts)
        for key, count in other.counts.items():
            added[key] = added.get(key, 0) + count
        return Histogram(added)

    def values(self) -> Values:
        """Each bucket's middle with its count."""
        rows = np.array([(*key, count) for key, count in sorted(self.counts.items())], dtype=np.int64).reshape(-1, 3)
        ms = SMALLEST_MS * np.exp((rows[:, 1] + 0.5) * WIDTH)
        return Values(ms, rows[:, 0], rows[:, 2])
