"""What the load of one engine left behind."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.parity.exchange import Engine
from migrate.parity.latency.client import Ran
from migrate.parity.latency.samples import Point
from migrate.parity.latency.table import Table


@dataclass(frozen=True, slots=True)
class Loaded:
    """One engine's share: samples, what its blocks took, points of the sweep, and its own metrics in words."""

    engine: Engine
    table: Table
    ran: tuple[Ran, ...]
    sweep: tuple[Point, ...] = ()
    gauges: str = ""
