from __future__ import annotations

import pytest

from migrate.parity.latency.student import student_quantile, student_tail

# Two-sided 95 % points as printed in tables of Student's distribution.
TABLE = [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (19, 2.093), (30, 2.042)]


@pytest.mark.parametrize(("freedom", "value"), TABLE)
def test_quantiles_are_those_of_the_tables(freedom: int, value: float) -> None:
    assert student_quantile(0.975, freedom) == pytest.approx(value, abs=6e-4)
    assert student_quantile(0.025, freedom) == pytest.approx(-value, abs=6e-4)


@pytest.mark.parametrize("freedom", [1, 2, 7, 100])
def test_the_middle_and_the_ends(freedom: int) -> None:
    assert student_tail(0.0, freedom) == 0.5
    assert student_tail(1e9, freedom) == pytest.approx(1.0)
    assert student_tail(-1e9, freedom) == pytest.approx(0.0, abs=1e-6)


def test_one_degree_is_the_cauchy_distribution() -> None:
    assert student_tail(1.0, 1) == pytest.approx(0.75)
