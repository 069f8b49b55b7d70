"""What is measured, and when a difference counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrate.parity.latency.arrivals import Load, Shape
from migrate.parity.latency.judging import Criteria
from migrate.parity.latency.measures import Slo


@dataclass(frozen=True, slots=True)
class Plan:
    """`blocks` of `size` requests each go to an engine (0: every prompt once), after `warm_up` blocks that are cut.

    `sweep` are further loads, one block each, whose points are told and not judged. `patience_s` is what one answer may
    take. Without `calibrate` nothing is known about the client but its own send lag and CPU.
    """

    load: Load = field(default_factory=lambda: Load(Shape.CLOSED, 8))
    blocks: int = 20
    size: int = 0
    warm_up: int = 1
    patience_s: float = 300.0
    slo: Slo = field(default_factory=Slo)
    criteria: Criteria = field(default_factory=Criteria)
    sweep: tuple[Load, ...] = ()
    calibrate: bool = True
