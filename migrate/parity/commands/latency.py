"""`migrate parity load`."""

from __future__ import annotations

import typer

from migrate.parity.commands import load_options as options
from migrate.parity.commands.choices import Given
from migrate.parity.commands.ending import told
from migrate.parity.commands.loading import Job, report
from migrate.parity.commands.options import (
    USAGE,
    Config,
    FormatOption,
    Inconclusive,
    Key,
    Prompts,
    Timeout,
    end,
    put,
)
from migrate.parity.reports import Format


def load(
    first: options.First,
    second: options.Second = "",
    shape: options.Shape = None,
    sweep: options.Sweep = None,
    blocks: options.Blocks = None,
    size: options.Size = None,
    warm_up: options.WarmUp = None,
    tolerance: options.Tolerance = None,
    slo: options.Limits = None,
    config: Config = None,
    prompts: Prompts = None,
    api_key: Key = "",
    timeout: Timeout = None,
    workers: options.Workers = 1,
    ray: options.Ray = "",
    calibrate: options.Calibrate = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: options.Output = None,
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

    said = options.Given(shape, sweep, slo, tolerance, blocks, size, warm_up, calibrate)
    with told():
        try:
            given = Given.of(config)
            asking = given.asking(prompts, api_key, timeout)
            measured = Job(first, second, asking, said.over(given.plan(asking.timeout)), workers, ray).measured()
        except (BadLoad, options.BadOption, BadUrl, BadShare) as error:
            raise end(USAGE, error) from error
        text = measured.encode() if isinstance(measured, str) else report(measured, format)
        if output is None:
            typer.echo(text, nl=False)
        else:
            put(output, text)
    raise typer.Exit(0 if isinstance(measured, str) else measured.verdict.exit_code(allow_inconclusive))
