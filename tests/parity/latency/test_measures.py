from __future__ import annotations

import math
import tracemalloc
from collections.abc import Sequence

import pytest

from migrate.parity.latency.measures import PER_REQUEST, Slo, equal_prefixes, values, within
from migrate.parity.latency.reading import read
from migrate.parity.latency.samples import Sample
from migrate.parity.latency.table import Table
from tests.parity.latency.streams import TGI, VLLM, arrived, events

LAST = b'data: {"choices":[{"text":"x","finish_reason":"length"}],"usage":{"completion_tokens":%d}}\n\n'


def table(*answers: tuple[str, int, int, Sequence[float]]) -> Table:
    """Rows of (prompt, block, tokens by the engine's count, times of token events); sent at 0.25, ended at the last."""
    found = Table()
    for prompt, block, tokens, times in answers:
        event = b'data: {"choices":[{"text":"x"}]}\n\n'
        last = LAST % tokens
        raw = arrived(*([event] * (len(times) - 1)), last, at=times)
        found.add(prompt, block, raw, read(raw))
    return found


def test_a_row_is_a_sample() -> None:
    found = Table()
    raw = arrived(*events(TGI))
    raw.began = 0.125
    found.add("p", 3, raw, read(raw))
    assert found.sample(0) == Sample("p", 3, -0.125, 0.125, 0.875, 0.875, (0.875, 1.875), 1.875, 2, 7)


def test_a_failed_row_has_what_was_seen() -> None:
    found = table(("a", 0, 1, [1.0]))
    raw = arrived(*events(VLLM)[:2], failure="timeout: x")
    found.add("b", 0, raw, read(raw))
    silent = arrived(failure="connect: x")
    found.add("c", 0, silent, read(silent))
    assert found.sample(1) == Sample("b", 0, 0.0, 0.25, 1.0, 1.0, (2.0,), None, 0, 0, "timeout: x")
    assert found.sample(2) == Sample("c", 0, 0.0, 0.25, failure="connect: x")
    assert list(found.whole()) == [0]
    assert values(found, "ttft").ms.tolist() == [750.0]


@pytest.mark.parametrize(("most", "rows"), [(10, [0, 1, 2, 3]), (4, [0, 1, 2, 3]), (3, [0, 2]), (1, [0])])
def test_samples_are_thinned_evenly(most: int, rows: list[int]) -> None:
    found = table(*((str(number), 0, 1, [1.0]) for number in range(4)))
    assert [sample.prompt for sample in found.thinned(most)] == [str(row) for row in rows]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("first_byte", 750.0),
        ("first_event", 750.0),
        ("ttft", 750.0),
        ("ttft_scheduled", 1000.0),
        ("tpot", 3000.0 / 6),
        ("e2e", 3750.0),
        ("e2e_scheduled", 4000.0),
        ("send_lag", 250.0),
    ],
)
def test_metrics_of_a_request(name: str, expected: float) -> None:
    found = values(table(("p", 2, 7, [1.0, 1.5, 4.0])), name)
    assert found.ms.tolist() == pytest.approx([expected])
    assert found.block.tolist() == [2]
    assert name in PER_REQUEST


def test_gaps_between_tokens() -> None:
    found = values(table(("p", 2, 7, [1.0, 1.5, 4.0]), ("q", 3, 1, [1.0])), "itl")
    assert (found.ms.tolist(), found.block.tolist()) == ([500.0, 2500.0], [2, 2])


def test_an_answer_of_one_token_has_no_time_per_token() -> None:
    assert values(table(("p", 0, 1, [1.0])), "tpot").ms.tolist() == []


def test_without_a_count_events_are_counted() -> None:
    assert values(table(("p", 0, 0, [1.0, 2.0, 4.0])), "tpot").ms.tolist() == [1500.0]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((3, [1.0, 2.0, 3.0]), (3, [1.0, 2.0, 4.0]), (2750.0, 3750.0)),
        ((3, [1.0, 2.0, 3.0]), (2, [1.0, 2.5]), (1750.0, 2250.0)),
        ((1, [1.0]), (3, [2.0, 3.0, 4.0]), (750.0, 1750.0)),
        # Four tokens in two events: the second one came with the first event, the third with the second.
        ((4, [1.0, 3.0]), (2, [1.0, 2.0]), (750.0, 1750.0)),
        ((4, [1.0, 3.0]), (3, [1.0, 2.0, 3.5]), (2750.0, 3250.0)),
    ],
)
def test_answers_are_compared_up_to_their_common_length(
    first: tuple[int, list[float]], second: tuple[int, list[float]], expected: tuple[float, float]
) -> None:
    one, other = equal_prefixes(table(("p", 1, *first)), table(("p", 1, *second)))
    assert (one.ms.tolist(), other.ms.tolist()) == ([expected[0]], [expected[1]])


def test_only_the_same_request_of_the_same_block_is_compared() -> None:
    first = table(("p", 0, 1, [1.0]), ("q", 0, 1, [2.0]), ("p", 0, 1, [3.0]), ("p", 1, 1, [4.0]))
    second = table(("p", 0, 1, [1.5]), ("p", 1, 1, [4.5]), ("r", 0, 1, [9.0]))
    one, other = equal_prefixes(first, second)
    assert (one.ms.tolist(), other.ms.tolist()) == ([750.0, 3750.0], [1250.0, 4250.0])


def test_a_failed_answer_is_not_compared() -> None:
    first, second = table(("p", 0, 1, [1.0])), Table()
    raw = arrived(failure="connect: x")
    second.add("p", 0, raw, read(raw))
    one, other = equal_prefixes(first, second)
    assert (len(one.ms), len(other.ms)) == (0, 0)


@pytest.mark.parametrize(
    ("slo", "kept"),
    [
        (Slo(), [0, 1]),
        (Slo(ttft_ms=750), [0]),
        (Slo(ttft_ms=749), []),
        (Slo(tpot_ms=1000), [0, 1]),
        (Slo(tpot_ms=999), [1]),
        (Slo(e2e_ms=1750), [0, 1]),
        (Slo(e2e_ms=1749), []),
    ],
)
def test_requests_within_the_slo(slo: Slo, kept: list[int]) -> None:
    assert list(within(table(("p", 0, 2, [1.0, 2.0]), ("q", 0, 1, [2.0])), slo)) == kept


def test_an_slo_that_asks_nothing() -> None:
    assert not Slo().asked
    assert Slo(tpot_ms=50).asked
    assert math.isinf(Slo(tpot_ms=50).ttft_ms)


def test_samples_take_little_memory() -> None:
    found = Table()
    event = b'data: {"choices":[{"text":"x"}]}\n\n'
    raw = arrived(*([event] * 127), b'data: {"choices":[{"text":"x","finish_reason":"stop"}]}\n\n')
    tracemalloc.start()
    try:
        for _ in range(200):
            found.add("p", 0, raw, read(raw))
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # 128 times of eight bytes, and room for growth.
    assert used / 200 < 1500
