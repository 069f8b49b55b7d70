"""One engine or two under load: what is measured, and the report of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from migrate.parity.commands.choices import Asking
from migrate.parity.commands.ending import interruptible
from migrate.parity.commands.load_options import BadOption
from migrate.parity.commands.options import say
from migrate.parity.record import NoEngine
from migrate.parity.reports import Format, render

if TYPE_CHECKING:
    from migrate.parity.comparison import Compared
    from migrate.parity.exchange import Engine
    from migrate.parity.latency.plan import Plan
    from migrate.parity.latency.samples import Latency


@dataclass(frozen=True, slots=True)
class Job:
    """The engines, the second may be none; `workers` clients share the load, on a Ray cluster where one is named."""

    first: str
    second: str
    asking: Asking
    plan: Plan
    workers: int = 1
    ray: str = ""

    def measured(self) -> str | Compared:
        """What one engine came to in words, or two engines compared.

        Raises:
            BadOption: several workers for one engine.
            BadLoad, BadUrl, BadShare, NoEngine, PromptError, OSError: as the load raises them.
        """
        from migrate.parity.latency.loops import run_fast

        spread = self.workers > 1 or bool(self.ray)
        if spread and not self.second:
            raise BadOption("--workers and --ray are for two engines: name the second one")
        if not self.second:
            return run_fast(interruptible(self._alone()))
        return self._spread() if spread else run_fast(interruptible(self._both()))

    async def _alone(self) -> str:
        """
        Raises:
            NoEngine: it answered nothing, as without its key.
        """
        from migrate.parity.latency.measuring import calibrated, load
        from migrate.parity.latency.summary import alone
        from migrate.parity.latency.words import single, sweep

        calibration = await calibrated(self.plan, say)
        (loaded,) = await load((self.first,), self.asking.prompts, self.plan, say, self.asking.api_key)
        if len(loaded.table.failures) == len(loaded.table):
            why = next(iter(loaded.table.failures.values()), "none was sent")
            raise NoEngine(f"{self.first}: no request was answered: {why}")
        metrics, notes = alone(loaded, self.plan, calibration)
        points = ["sweep:", *sweep(loaded.sweep)] if loaded.sweep else []
        return "\n".join([*single(metrics), *points, *(f"- {note}" for note in notes)]) + "\n"

    async def _both(self) -> Compared:
        from migrate.parity.latency.measuring import calibrated, load
        from migrate.parity.latency.summary import latency_of

        calibration = await calibrated(self.plan, say)
        urls = (self.first, self.second)
        one, other = await load(urls, self.asking.prompts, self.plan, say, self.asking.api_key)
        latency = latency_of(one, other, self.plan, calibration, in_turns=True)
        return self._judged(one.engine, other.engine, latency)

    def _spread(self) -> Compared:
        from migrate.parity.latency.crew import processes, ray_workers
        from migrate.parity.latency.spread import measure_spread

        hire = partial(ray_workers, address=None if self.ray == "local" else self.ray) if self.ray else processes
        urls, asking = (self.first, self.second), self.asking
        found = measure_spread(urls, asking.prompts, self.plan, self.workers, hire, say, asking.api_key)
        return self._judged(found.first, found.second, found.latency)

    def _judged(self, first: Engine, second: Engine, latency: Latency) -> Compared:
        from migrate.parity.comparison import Compared
        from migrate.parity.latency.stage import latency_stage
        from migrate.parity.verdict import Verdict

        stage = latency_stage(latency)
        return Compared(first, second, Verdict(stage.outcome, (stage,)), len(self.asking.prompts), latency)


def report(compared: Compared, form: Format) -> bytes:
    """The report; as text the metrics in a table."""
    from migrate.parity.latency.words import comparison

    if form is not Format.TEXT or compared.latency is None:
        return render(compared, form)
    return ("\n".join([compared.verdict.line, *comparison(compared.latency)]) + "\n").encode(errors="backslashreplace")
