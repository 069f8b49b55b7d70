"""Both engines of a run: started, recorded, scored and put under load, one after the other or both up at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.parity.commands.choices import Asking
from migrate.parity.commands.options import say
from migrate.parity.commands.record import record_url, up
from migrate.parity.commands.score import score_at
from migrate.parity.comparison import own_noise
from migrate.parity.evidence import Outcome, Stage, Thresholds
from migrate.parity.launchers import Launcher
from migrate.parity.record import complete
from migrate.parity.recording import Recording
from migrate.parity.redact import Redactor
from migrate.parity.score import CannotScore
from migrate.parity.stages.scored import scored

if TYPE_CHECKING:
    from migrate.parity.latency.loaded import Loaded
    from migrate.parity.latency.plan import Plan
    from migrate.parity.latency.samples import Latency


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is done with both engines besides asking them: a load, and whether the second scores the first."""

    asking: Asking
    plan: Plan | None = None
    score: bool = True
    thresholds: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, slots=True)
class Ran:
    """How many requests got no whole answer, and what was judged while the engines were up."""

    failed: int
    stages: tuple[Stage, ...] = ()
    latency: Latency | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """An engine and the file that it is recorded to."""

    engine: Launcher
    file: Path

    @property
    def log(self) -> Path:
        return self.file.with_suffix(".log")


def make_room(sides: tuple[Side, Side], asking: Asking) -> None:
    """A run that was cut short goes on. One that was finished, or an engine that is started in another way, is
    recorded anew: the old recording stays beside the new one.

    Raises:
        RecordingError: a file that is no recording is in the way.
    """
    there = [Recording.open(side.file) if side.file.exists() else None for side in sides]
    finished = all(one and _complete(one, asking) for one in there)
    for side, one in zip(sides, there, strict=True):
        if one and (finished or one.engine.arguments != Redactor((asking.api_key,)).arguments(side.engine.words)):
            side.file.replace(side.file.with_suffix(".previous.jsonl"))


def _complete(recording: Recording, asking: Asking) -> bool:
    done = {exchange.key for exchange in recording if not exchange.reply.failure}
    return complete(asking.prompts, asking.passes, done)


async def in_turn(sides: tuple[Side, Side], wanted: Wanted) -> Ran:
    """One engine at a time: one GPU is enough.

    Raises:
        as `record_started`.
    """
    failed = 0
    stages: tuple[Stage, ...] = ()
    loaded: list[Loaded] = []
    for side in sides:
        asking = wanted.asking if side is sides[0] else wanted.asking.like(Recording.open(sides[0].file).engine)
        async with up(side.engine, side.log, asking) as url:
            failed += await record_url(url, side.file, asking, side.engine)
            if side is sides[1]:
                stages = await _score(url, sides[0].file, wanted)
            loaded += await _load([url], wanted)
    if wanted.plan is None:
        return Ran(failed, stages)
    from migrate.parity.latency.measuring import measure_apart

    first, second = loaded
    return Ran(failed, stages, await measure_apart(first, second, wanted.plan, say))


async def together(sides: tuple[Side, Side], wanted: Wanted) -> Ran:
    """Both engines up at once, asked one after the other, and put under load in turns.

    Raises:
        as `record_started`.
    """
    first, second = (up(side.engine, side.log, wanted.asking) for side in sides)
    async with first as one, second as other:
        failed = await record_url(one, sides[0].file, wanted.asking, sides[0].engine)
        like = wanted.asking.like(Recording.open(sides[0].file).engine)
        failed += await record_url(other, sides[1].file, like, sides[1].engine)
        stages = await _score(other, sides[0].file, wanted)
        if wanted.plan is None:
            return Ran(failed, stages)
        from migrate.parity.latency.measuring import measure_both

        asking = wanted.asking
        latency = await measure_both(one, other, asking.prompts, wanted.plan, say, asking.api_key)
        return Ran(failed, stages, latency)


async def _load(urls: list[str], wanted: Wanted) -> list[Loaded]:
    if wanted.plan is None:
        return []
    from migrate.parity.latency.measuring import load

    return await load(urls, wanted.asking.prompts, wanted.plan, say, wanted.asking.api_key)


async def _score(url: str, file: Path, wanted: Wanted) -> tuple[Stage, ...]:
    """The first engine's tokens before the second, where that takes token ids."""
    if not wanted.score:
        return ()
    recording = Recording.open(file)
    try:
        _, answers = await score_at(url, recording, wanted.asking)
    except CannotScore:
        return ()
    if not any(answer.regrets for answer in answers):
        return (Stage("score", Outcome.SKIPPED, "the second engine scored no answer of the first"),)
    return (scored(answers, own_noise(recording), wanted.thresholds),)
