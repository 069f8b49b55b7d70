"""Student's distribution for whole degrees of freedom, in closed form (Abramowitz and Stegun 26.7.3 and 26.7.4)."""

from __future__ import annotations

import math


def student_tail(value: float, freedom: int) -> float:
    """P(T <= value) with `freedom` degrees of freedom, at least 1."""
    angle = math.atan2(value, math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term = total = cosine if odd else 1.0
    for step in range(3 if odd else 2, freedom - 1, 2):
        term *= cosine * cosine * (step - 1) / step
        total += term
    if odd:
        inner = angle + (sine * total if freedom > 1 else 0.0)
        return 0.5 + inner / math.pi
    return 0.5 + sine * total / 2


def student_quantile(share: float, freedom: int) -> float:
    """Where P(T <= value) is `share`, between 0 and 1."""
    low, high = -1e4, 1e4
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if student_tail(middle, freedom) < share else (low, middle)
    return high
