"""What was measured: one sample a request, and what two engines' samples came to."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.parity.evidence import Outcome


@dataclass(frozen=True, slots=True)
class Sample:
    """One request under load. Times are seconds on the client's monotonic clock, from the start of its block.

    `block` counts the interleaved blocks (A B A B), `scheduled_s` is when the request was due, `sent_s` when its last
    byte was handed to the kernel. `token_s` are the arrivals of the events that carry tokens; `tokens` is the engine's
    own count of new tokens (0: not told). A request that failed has a `failure` and no times behind the last one seen.
    """

    prompt: str
    block: int
    scheduled_s: float
    sent_s: float
    first_byte_s: float | None = None
    first_event_s: float | None = None
    token_s: tuple[float, ...] = ()
    ended_s: float | None = None
    tokens: int = 0
    prompt_tokens: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its confidence interval, in the unit of the metric.

    Each bound holds with the confidence of the comparison (95 %), both together with 90 %: so an upper bound within the
    tolerance and the one-sided test that says so are the same thing.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of both engines: `name` such as `ttft`, `statistic` such as `p95`, `unit` such as `ms`.

    `ratio` is the second engine's value over the first one's with its interval; PASS: surely within the tolerance,
    FAIL: surely beyond it, INCONCLUSIVE: the sample cannot tell, DIFFERS: told and not judged. `p_slower` and
    `p_within` are the p-values (corrected for the number of judged metrics) of the two one-sided tests, small where the
    second engine is surely slower than the tolerance allows, or surely not; `requests_needed` is how many requests an
    engine would settle an inconclusive one, None where none would.
    """

    name: str
    statistic: str
    unit: str
    first: Interval
    second: Interval
    ratio: Interval
    outcome: Outcome
    p_slower: float | None = None
    p_within: float | None = None
    requests_needed: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One step of a sweep: what was asked for (requests a second, or requests at once) and what came of it.

    `goodput` is requests a second within the SLO, None without one; a percentile is NaN where nothing was answered.
    """

    load: float
    requests_per_s: float
    tokens_per_s: float
    goodput: float | None
    ttft_p95_ms: float
    tpot_p95_ms: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Both engines under the same load: the samples that plots are drawn from, metrics, sweeps, and notes to tell.

    The samples are thinned evenly where there are very many, metrics are over all; `requests` and `failed` count all of
    each engine's. `tolerance` is how much slower the second may be (0.05: 5 %). `limited` says in a sentence why the
    client, not an engine, set the pace; then nothing is judged.
    """

    first: tuple[Sample, ...]
    second: tuple[Sample, ...]
    metrics: tuple[Metric, ...]
    first_sweep: tuple[Point, ...] = ()
    second_sweep: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()
    tolerance: float = 0.05
    requests: tuple[int, int] = (0, 0)
    failed: tuple[int, int] = (0, 0)
    limited: str = ""
