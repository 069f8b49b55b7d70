"""What the reports have in common."""

from __future__ import annotations

from migrate.markup.visible import visible
from migrate.parity.evidence import Outcome, Stage
from migrate.parity.exchange import Engine
from migrate.parity.latency.samples import Interval, Metric

MARKS = {
    Outcome.PASS: "✅",
    Outcome.FAIL: "❌",
    Outcome.INCONCLUSIVE: "❔",
    Outcome.DIFFERS: "ℹ️",
    Outcome.SKIPPED: "➖",
}
# What a reader has to look at; what passed or had nothing to judge by is not listed prompt by prompt.
TOLD = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.DIFFERS)


def name(engine: Engine) -> str:
    """The engine and its version, as far as it told."""
    return visible(f"{engine.name} {engine.version}".strip())


def both(first: Engine, second: Engine) -> tuple[str, str]:
    """Names that tell two engines apart, also where they are of one kind and version."""
    one, other = name(first), name(second)
    return (one, other) if one != other else (f"first {one}", f"second {other}")


def found(stage: Stage) -> str:
    """What a stage found, what may have caused it and how many prompts would tell, in sentences."""
    cause = f" Perhaps {stage.cause}." if stage.cause else ""
    needed = f" About {stage.prompts_needed} prompts would tell." if stage.prompts_needed else ""
    return visible(f"{stage.summary}.{cause}{needed}")


def measured(interval: Interval, unit: str) -> str:
    """A value with its interval and unit."""
    return f"{figure(interval.value)} {unit} ({figure(interval.low)} to {figure(interval.high)})"


def figure(value: float) -> str:
    """Three figures are as much as a measurement of this kind holds; never in powers of ten below a million."""
    return f"{float(f'{value:.3g}'):g}"


def judged(metric: Metric) -> str:
    """What a metric came to; most are only told, which says nothing about a difference."""
    return "not judged" if metric.outcome is Outcome.DIFFERS else metric.outcome.value


def ratio(metric: Metric) -> str:
    """The second engine's value over the first one's, with its interval."""
    return f"{metric.ratio.value:.2f} ({metric.ratio.low:.2f} to {metric.ratio.high:.2f})"
