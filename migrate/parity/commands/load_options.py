"""The options of `migrate parity load`, and how they are laid over the settings."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrate.parity.commands.options import number

if TYPE_CHECKING:
    from migrate.parity.latency.measures import Slo
    from migrate.parity.latency.plan import Plan

First = Annotated[str, typer.Argument(help="The URL of the engine in use.")]
Second = Annotated[str, typer.Argument(help="The URL of the engine to move to; without it nothing is judged.")]
Shape = Annotated[
    str | None,
    typer.Option("--load", help="closed:8 (without), constant:5, poisson:5 (a second), ramp:1-10 or trace:FILE."),
]
Sweep = Annotated[str | None, typer.Option(help="Further loads to draw a curve of: closed:1,closed:4,closed:16.")]
Blocks = Annotated[int | None, typer.Option(min=1, help="How many blocks each engine gets, in turns; 20 without.")]
Size = Annotated[int | None, typer.Option(min=0, help="Requests a block; 0 (without): every prompt once.")]
WarmUp = Annotated[int | None, typer.Option(min=0, help="Blocks in front that do not count; 1 without.")]
Tolerance = Annotated[
    float | None, typer.Option(min=0, help="How much slower is accepted, in per cent; 5 without.", callback=number)
]
Limits = Annotated[str | None, typer.Option(help="For goodput, in milliseconds: ttft=500,tpot=50,e2e=5000.")]
Workers = Annotated[int, typer.Option(min=1, help="Clients that share the load, for two engines.")]
Ray = Annotated[
    str, typer.Option(help="Run the workers on a Ray cluster: its address, auto, or local to start one here.")
]
Calibrate = Annotated[
    bool | None, typer.Option("--calibrate/--no-calibrate", help="Measure first what this client can do.")
]
Output = Annotated[Path | None, typer.Option(help="The file to write it to; standard output without.")]


class BadOption(ValueError):
    """An option that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says of a load; None where it leaves it to the settings."""

    shape: str | None
    sweep: str | None
    slo: str | None
    tolerance: float | None
    blocks: int | None
    size: int | None
    warm_up: int | None
    calibrate: bool | None

    def over(self, plan: Plan) -> Plan:
        """The settings' plan with what is said here.

        Raises:
            BadLoad: a load that cannot be understood.
            BadOption: an SLO that cannot.
        """
        from migrate.parity.latency.arrivals import parse_load

        plain = {name: getattr(self, name) for name in ("blocks", "size", "warm_up", "calibrate")}
        given: dict[str, Any] = {name: value for name, value in plain.items() if value is not None}
        if self.shape is not None:
            given["load"] = parse_load(self.shape)
        if self.sweep is not None:
            given["sweep"] = tuple(parse_load(each) for each in self.sweep.split(",") if each)
        if self.slo is not None:
            given["slo"] = read_slo(self.slo)
        if self.tolerance is not None:
            given["criteria"] = replace(plan.criteria, tolerance=self.tolerance / 100)
        return replace(plan, **given)


def read_slo(text: str) -> Slo:
    """`ttft=500,tpot=50,e2e=5000`, each in milliseconds and each optional.

    Raises:
        BadOption: anything else.
    """
    from migrate.parity.latency.measures import Slo

    limits: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        try:
            limits[name.strip()] = float(value)
        except ValueError as error:
            raise BadOption(f"{part}: no limit: write ttft=500,tpot=50,e2e=5000 (milliseconds)") from error
    if not set(limits) <= {"ttft", "tpot", "e2e"}:
        raise BadOption(f"{text}: limits are for ttft, tpot and e2e")
    if not all(0 < limit < math.inf for limit in limits.values()):
        raise BadOption(f"{text}: a limit is a number of milliseconds above 0")
    return Slo(**{f"{name}_ms": value for name, value in limits.items()})
