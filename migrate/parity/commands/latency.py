"""`migrate parity load`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrate.parity.commands.choices import Given
from migrate.parity.commands.ending import interruptible, told
from migrate.parity.commands.options import (
    USAGE,
    Config,
    FormatOption,
    Inconclusive,
    Key,
    Prompts,
    Timeout,
    end,
    say,
)
from migrate.parity.prompts import Prompt
from migrate.parity.reports import WRITERS, Format

if TYPE_CHECKING:
    from migrate.parity.comparison import Compared
    from migrate.parity.exchange import Engine
    from migrate.parity.latency.measures import Slo
    from migrate.parity.latency.plan import Plan
    from migrate.parity.latency.samples import Latency


class BadOption(ValueError):
    """An option that cannot be understood."""


def load(
    first: Annotated[str, typer.Argument(help="The URL of the engine in use.")],
    second: Annotated[str, typer.Argument(help="The URL of the engine to move to; without it nothing is judged.")] = "",
    shape: Annotated[
        str | None,
        typer.Option("--load", help="closed:8 (without), constant:5, poisson:5 (a second), ramp:1-10 or trace:FILE."),
    ] = None,
    sweep: Annotated[
        str | None, typer.Option(help="Further loads to draw a curve of: closed:1,closed:4,closed:16.")
    ] = None,
    blocks: Annotated[
        int | None, typer.Option(min=1, help="How many blocks each engine gets, in turns; 20 without.")
    ] = None,
    size: Annotated[int | None, typer.Option(min=0, help="Requests a block; 0 (without): every prompt once.")] = None,
    warm_up: Annotated[int | None, typer.Option(min=0, help="Blocks in front that do not count; 1 without.")] = None,
    tolerance: Annotated[
        float | None, typer.Option(min=0, help="How much slower is accepted, in per cent; 5 without.")
    ] = None,
    slo: Annotated[str | None, typer.Option(help="For goodput, in milliseconds: ttft=500,tpot=50,e2e=5000.")] = None,
    config: Config = None,
    prompts: Prompts = None,
    api_key: Key = "",
    timeout: Timeout = None,
    workers: Annotated[int, typer.Option(min=1, help="Clients that share the load, for two engines.")] = 1,
    ray: Annotated[
        str, typer.Option(help="Run the workers on a Ray cluster: its address, auto, or local to start one here.")
    ] = "",
    calibrate: Annotated[
        bool | None, typer.Option("--calibrate/--no-calibrate", help="Measure first what this client can do.")
    ] = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Annotated[Path | None, typer.Option(help="The file to write it to; standard output without.")] = None,
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Put one engine, or both in turns, under load and measure how fast they answer.

    The load, the SLO and the prompts may stand in parity.yaml; options go before it. Ends with 0 when the second is
    surely not slower than the tolerance, 1 when it surely is or that cannot be told, 2 for unusable options or prompts,
    4 where an engine cannot be reached, 130 when interrupted.
    """
    from migrate.parity.latency.arrivals import BadLoad
    from migrate.parity.latency.wire import BadUrl
    from migrate.parity.latency.worker import BadShare

    with told():
        try:
            given = Given.of(config)
            asking = given.asking(prompts, api_key, timeout)
            plain = {"blocks": blocks, "size": size, "warm_up": warm_up, "calibrate": calibrate}
            plan = _over(given.plan(asking.timeout), (shape, sweep, slo), tolerance, plain)
            measured = _measured((first, second), asking.prompts, plan, api_key, (workers, ray))
        except (BadLoad, BadOption, BadUrl, BadShare) as error:
            raise end(USAGE, error) from error
    report, code = (measured, 0) if isinstance(measured, str) else _report(measured, format, allow_inconclusive)
    with told():
        if output is None:
            typer.echo(report, nl=False)
        else:
            output.write_text(report, encoding="utf-8")
    raise typer.Exit(code)


def _over(
    plan: Plan, texts: tuple[str | None, str | None, str | None], tolerance: float | None, plain: dict[str, int | None]
) -> Plan:
    """The settings' plan below what the command line says: its load, sweep and SLO, and the `plain` options.

    Raises:
        BadLoad: a load that cannot be understood.
        BadOption: an SLO that cannot.
    """
    from migrate.parity.latency.arrivals import parse_load

    shape, sweep, slo = texts
    given: dict[str, Any] = {name: value for name, value in plain.items() if value is not None}
    if shape is not None:
        given["load"] = parse_load(shape)
    if sweep is not None:
        given["sweep"] = tuple(parse_load(each) for each in sweep.split(",") if each)
    if slo is not None:
        given["slo"] = read_slo(slo)
    if tolerance is not None:
        given["criteria"] = replace(plan.criteria, tolerance=tolerance / 100)
    return replace(plan, **given)


def _measured(
    urls: tuple[str, str], prompts: tuple[Prompt, ...], plan: Plan, api_key: str, share: tuple[int, str]
) -> str | Compared:
    """What one engine came to in words, or two engines compared."""
    from migrate.parity.latency.loops import run_fast

    workers, ray = share
    if not urls[1]:
        return run_fast(interruptible(_alone(urls[0], prompts, plan, api_key)))
    if workers == 1 and not ray:
        return run_fast(interruptible(_both(urls, prompts, plan, api_key)))
    from functools import partial

    from migrate.parity.latency.crew import processes, ray_workers
    from migrate.parity.latency.spread import measure_spread

    hire = partial(ray_workers, address=None if ray == "local" else ray) if ray else processes
    found = measure_spread(urls, prompts, plan, workers, hire, say, api_key)
    return _judged(found.first, found.second, found.latency, len(prompts))


async def _alone(url: str, prompts: tuple[Prompt, ...], plan: Plan, api_key: str) -> str:
    from migrate.parity.latency.measuring import calibrated, load
    from migrate.parity.latency.summary import alone
    from migrate.parity.latency.words import single, sweep

    calibration = await calibrated(plan, say)
    (loaded,) = await load((url,), prompts, plan, say, api_key)
    metrics, notes = alone(loaded, plan, calibration)
    points = ["sweep:", *sweep(loaded.sweep)] if loaded.sweep else []
    return "\n".join([*single(metrics), *points, *(f"- {note}" for note in notes)]) + "\n"


async def _both(urls: tuple[str, str], prompts: tuple[Prompt, ...], plan: Plan, api_key: str) -> Compared:
    from migrate.parity.latency.measuring import calibrated, load
    from migrate.parity.latency.summary import latency_of

    calibration = await calibrated(plan, say)
    first, second = await load(urls, prompts, plan, say, api_key)
    latency = latency_of(first, second, plan, calibration, in_turns=True)
    return _judged(first.engine, second.engine, latency, len(prompts))


def _judged(first: Engine, second: Engine, latency: Latency, prompts: int) -> Compared:
    from migrate.parity.comparison import Compared
    from migrate.parity.latency.stage import latency_stage
    from migrate.parity.verdict import Verdict

    stage = latency_stage(latency)
    return Compared(first, second, Verdict(stage.outcome, (stage,)), prompts, latency)


def _report(compared: Compared, form: Format, allow_inconclusive: bool) -> tuple[str, int]:
    """The report and the exit code."""
    from migrate.parity.latency.words import comparison

    code = compared.verdict.exit_code(allow_inconclusive)
    if form is not Format.TEXT or compared.latency is None:
        return WRITERS[form](compared), code
    return "\n".join([compared.verdict.line, *comparison(compared.latency)]) + "\n", code


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
    return Slo(**{f"{name}_ms": value for name, value in limits.items()})
