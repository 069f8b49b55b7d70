from __future__ import annotations

import pytest

from migrate.parity.statistics import (
    binomial_tail,
    bootstrap_ratios,
    bounds,
    fisher,
    prompts_needed,
    sign_test,
    upper_bound,
)


@pytest.mark.parametrize(
    ("hits", "of", "rate", "expected"),
    [(0, 5, 0.3, 1.0), (5, 5, 0.5, 1 / 32), (1, 2, 0.5, 0.75), (1, 3, 0.0, 0.0), (3, 3, 1.0, 1.0)],
)
def test_binomial_tail(hits: int, of: int, rate: float, expected: float) -> None:
    assert binomial_tail(hits, of, rate) == pytest.approx(expected)


@pytest.mark.parametrize(("hits", "of"), [(0, 24), (1, 32), (9, 24), (50, 100)])
def test_the_upper_bound_is_where_so_few_hits_become_unlikely(hits: int, of: int) -> None:
    bound = upper_bound(hits, of)
    assert 1 - binomial_tail(hits + 1, of, bound) == pytest.approx(0.05, abs=1e-9)


def test_no_hit_has_a_bound_in_closed_form() -> None:
    assert upper_bound(0, 24) == pytest.approx(1 - 0.05 ** (1 / 24))


@pytest.mark.parametrize(("hits", "of"), [(0, 0), (5, 5)])
def test_nothing_seen_or_always_seen_bounds_nothing(hits: int, of: int) -> None:
    assert upper_bound(hits, of) == 1.0


@pytest.mark.parametrize(("hits", "of", "needed"), [(0, 5, 19), (0, 30, 30), (5, 10, None)])
def test_prompts_needed(hits: int, of: int, needed: int | None) -> None:
    assert prompts_needed(hits, of, 0.15) == needed


def test_the_prompts_needed_are_enough() -> None:
    number = prompts_needed(1, 16, 0.15)
    assert number is not None
    assert upper_bound(round(number / 16), number) <= 0.15


@pytest.mark.parametrize(
    ("table", "expected"),
    [((3, 3, 0, 3), 1 / 20), ((0, 3, 3, 3), 1.0), ((0, 5, 0, 5), 1.0), ((2, 2, 5, 5), 1.0), ((1, 1, 0, 0), 1.0)],
)
def test_fisher(table: tuple[int, int, int, int], expected: float) -> None:
    assert fisher(*table) == pytest.approx(expected)


@pytest.mark.parametrize(("more", "less", "expected"), [(0, 0, 1.0), (1, 1, 1.0), (5, 0, 1 / 16), (0, 5, 1 / 16)])
def test_sign_test(more: int, less: int, expected: float) -> None:
    assert sign_test(more, less) == pytest.approx(expected)


def test_clusters_that_agree_have_narrow_bounds() -> None:
    assert bounds(bootstrap_ratios([2.0, 4.0, 6.0], [1, 2, 3]), 0.01) == (2.0, 2.0)


def test_bounds_hold_the_ratio_and_repeat() -> None:
    sums, counts = [0.0, 1.0, 2.0, 5.0, 0.0], [4, 4, 4, 4, 0]
    ratios = bootstrap_ratios(sums, counts)
    low, high = bounds(ratios, 0.05)
    assert low < 0.5 < high
    assert bootstrap_ratios(sums, counts) == ratios


@pytest.mark.parametrize(("tail", "expected"), [(0.0, (0.0, 100.0)), (0.05, (5.0, 95.0)), (0.5, (50.0, 50.0))])
def test_bounds(tail: float, expected: tuple[float, float]) -> None:
    assert bounds([float(at) for at in range(101)], tail) == expected
