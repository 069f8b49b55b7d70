"""`migrate parity load`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.parity.commands.options import (
    INTERRUPTED,
    TROUBLE,
    USAGE,
    FormatOption,
    Inconclusive,
    Key,
    Patience,
    Prompts,
    end,
    say,
)
from migrate.parity.prompts import SUITE, Prompt, PromptError
from migrate.parity.prompts import load as load_prompts
from migrate.parity.reports import WRITERS, Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.parity.latency.calibration import Calibration
    from migrate.parity.latency.measures import Slo
    from migrate.parity.latency.plan import Plan
    from migrate.parity.latency.summary import Loaded


class BadOption(ValueError):
    """An option that cannot be understood."""


def load(
    first: Annotated[str, typer.Argument(help="The URL of the engine in use.")],
    second: Annotated[str, typer.Argument(help="The URL of the engine to move to; without it nothing is judged.")] = "",
    shape: Annotated[
        str, typer.Option("--load", help="closed:8, constant:5, poisson:5 (a second), ramp:1-10 or trace:FILE.")
    ] = "closed:8",
    sweep: Annotated[str, typer.Option(help="Further loads to draw a curve of: closed:1,closed:4,closed:16.")] = "",
    blocks: Annotated[int, typer.Option(min=1, help="How many blocks each engine gets, in turns.")] = 20,
    size: Annotated[int, typer.Option(min=0, help="Requests a block; 0: every prompt once.")] = 0,
    warm_up: Annotated[int, typer.Option(min=0, help="Blocks in front that do not count.")] = 1,
    tolerance: Annotated[float, typer.Option(min=0, help="How much slower is accepted, in per cent.")] = 5,
    slo: Annotated[str, typer.Option(help="For goodput, in milliseconds: ttft=500,tpot=50,e2e=5000.")] = "",
    prompts: Prompts = None,
    api_key: Key = "",
    timeout: Patience = 300,
    calibrate: Annotated[bool, typer.Option(help="Measure first what this client can do.")] = True,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Annotated[Path | None, typer.Option(help="The file to write it to; standard output without.")] = None,
    allow_inconclusive: Inconclusive = False,
) -> None:
    """Put one engine, or both in turns, under load and measure how fast they answer.

    Ends with 0 when the second is surely not slower than the tolerance, 1 when it surely is or that cannot be told,
    2 for unusable options or prompts, 4 where an engine cannot be reached, 130 when interrupted.
    """
    from migrate.parity.latency.arrivals import BadLoad, parse_load
    from migrate.parity.latency.judging import Criteria
    from migrate.parity.latency.loops import run_fast
    from migrate.parity.latency.plan import Plan
    from migrate.parity.latency.wire import BadUrl

    try:
        chosen = SUITE if prompts is None else load_prompts(prompts)
        plan = Plan(
            parse_load(shape),
            blocks,
            size,
            warm_up,
            timeout,
            read_slo(slo),
            Criteria(tolerance / 100),
            tuple(parse_load(each) for each in sweep.split(",") if each),
            calibrate,
        )
        urls = (first, second) if second else (first,)
        calibration, loaded = run_fast(_loaded(urls, chosen, plan, api_key))
    except (PromptError, BadLoad, BadOption, BadUrl) as error:
        raise end(USAGE, error) from error
    except OSError as error:
        raise end(TROUBLE, error) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error
    report, code = _report(loaded, plan, calibration, format, allow_inconclusive)
    if output is None:
        typer.echo(report, nl=False)
    else:
        output.write_text(report, encoding="utf-8")
    raise typer.Exit(code)


async def _loaded(
    urls: Sequence[str], prompts: tuple[Prompt, ...], plan: Plan, api_key: str
) -> tuple[Calibration | None, list[Loaded]]:
    from migrate.parity.latency.measuring import calibrated, load

    calibration = await calibrated(plan, say)
    return calibration, await load(urls, prompts, plan, say, api_key)


def _report(
    loaded: Sequence[Loaded], plan: Plan, calibration: Calibration | None, form: Format, allow_inconclusive: bool
) -> tuple[str, int]:
    """The report and the exit code."""
    from migrate.parity.comparison import Compared
    from migrate.parity.latency.stage import latency_stage
    from migrate.parity.latency.summary import alone, latency_of
    from migrate.parity.latency.words import comparison, single, sweep
    from migrate.parity.verdict import Verdict

    if len(loaded) == 1:
        metrics, notes = alone(loaded[0], plan, calibration)
        points = ["sweep:", *sweep(loaded[0].sweep)] if loaded[0].sweep else []
        return "\n".join([*single(metrics), *points, *(f"- {note}" for note in notes)]) + "\n", 0
    first, second = loaded
    latency = latency_of(first, second, plan, calibration, in_turns=True)
    stage = latency_stage(latency)
    verdict = Verdict(stage.outcome, (stage,))
    compared = Compared(first.engine, second.engine, verdict, len(set(first.table.prompts)), latency)
    lines = [verdict.line, *comparison(latency)]
    report = "\n".join(lines) + "\n" if form is Format.TEXT else WRITERS[form](compared)
    return report, verdict.exit_code(allow_inconclusive)


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
