"""The samples of one engine in columns: the times of 128 tokens take a kilobyte, as objects they would take ten."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.parity.latency.connection import Raw
from migrate.parity.latency.reading import Reading
from migrate.parity.latency.samples import Sample

NEVER = math.nan


def _doubles() -> array[float]:
    return array("d")


def _counts() -> array[int]:
    return array("Q")


@dataclass(slots=True)
class Table:
    """One row a request, times as in `Sample`; a missing time is NaN, `token_end` is where a row's tokens end."""

    prompts: list[str] = field(default_factory=list)
    block: array[int] = field(default_factory=_counts)
    scheduled: array[float] = field(default_factory=_doubles)
    sent: array[float] = field(default_factory=_doubles)
    first_byte: array[float] = field(default_factory=_doubles)
    first_event: array[float] = field(default_factory=_doubles)
    ended: array[float] = field(default_factory=_doubles)
    tokens: array[int] = field(default_factory=_counts)
    prompt_tokens: array[int] = field(default_factory=_counts)
    token_s: array[float] = field(default_factory=_doubles)
    token_end: array[int] = field(default_factory=_counts)
    failures: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.prompts)

    def add(self, prompt: str, block: int, raw: Raw, reading: Reading) -> None:
        """A row, its times from the start of its block."""
        began = raw.began
        if reading.failure:
            self.failures[len(self)] = reading.failure
        self.prompts.append(prompt)
        self.block.append(block)
        self.scheduled.append(raw.due - began)
        self.sent.append(raw.sent - began)
        self.first_byte.append(raw.first_byte - began if raw.first_byte else NEVER)
        self.first_event.append(reading.first_event - began if reading.first_event else NEVER)
        self.ended.append(NEVER if reading.failure else raw.ended - began)
        self.tokens.append(max(reading.tokens, 0))
        self.prompt_tokens.append(max(reading.prompt_tokens, 0))
        self.token_s.extend(at - began for at in reading.token_times)
        self.token_end.append(len(self.token_s))

    def token_times(self, row: int) -> array[float]:
        return self.token_s[self.token_end[row - 1] if row else 0 : self.token_end[row]]

    def sample(self, row: int) -> Sample:
        return Sample(
            self.prompts[row],
            self.block[row],
            self.scheduled[row],
            self.sent[row],
            _known(self.first_byte[row]),
            _known(self.first_event[row]),
            tuple(self.token_times(row)),
            _known(self.ended[row]),
            self.tokens[row],
            self.prompt_tokens[row],
            self.failures.get(row, ""),
        )

    def thinned(self, most: int) -> tuple[Sample, ...]:
        """At most so many samples, evenly over the rows."""
        step = max(1, -(-len(self) // most))
        return tuple(self.sample(row) for row in range(0, len(self), step))

    def whole(self) -> Iterator[int]:
        """The rows of requests that were answered."""
        return (row for row in range(len(self)) if row not in self.failures)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
