"""Made-up results of comparisons: a small one that holds a case of everything, and one of many prompts."""

from __future__ import annotations

import random

from migrate.parity.comparison import Compared
from migrate.parity.divergence import Divergence
from migrate.parity.evidence import Allowed, Difference, Outcome, Stage
from migrate.parity.exchange import Engine
from migrate.parity.latency.samples import Interval, Latency, Metric, Point, Sample
from migrate.parity.seen import Said, Seen
from migrate.parity.verdict import Verdict

# Nothing of this may act, wherever it is printed.
NASTY = "</script><img src=x onerror=alert(1)>|`x`\x07\ud800 @someone #1 ]]> &amp; \u202e"
MANY = tuple(Difference(f"p{at}", f"{NASTY}\n{at}") for at in range(7))
ALLOWED = Allowed("p1", "finish stop instead of length", "TGI counts the end token", "2027-01-31", "accepted.yaml:3")
STAGES = (
    Stage("accepted", Outcome.PASS, "all 7 requests are answered", differences=(Difference("hidden", "x"),)),
    Stage("prompt", Outcome.FAIL, "7 of 7 differ", "a template", MANY),
    Stage("shift", Outcome.INCONCLUSIVE, "too few", prompts_needed=40),
    Stage("errors", Outcome.SKIPPED, "none"),
    Stage("shapes", Outcome.DIFFERS, "1 member is gone", differences=(Difference("p0", "lost: error_type"),)),
    Stage("endings", Outcome.PASS, "6 end alike; 1 accepted", accepted=(ALLOWED,)),
)
SEEN = tuple(
    Seen(f"p{at}", NASTY, ("messages", "stop"), Said("a b"), Said(f"a {NASTY}"), 2, lines=(at + 2, at + 12))
    for at in range(7)
)
NOTE = "accepted.yaml:9: fits no difference of stage finish; take it out"
COMPARED = Compared(
    Engine("tgi", "3.3.7", "model", ("--max-total-tokens", "4096")),
    Engine("vllm"),
    Verdict(Outcome.FAIL, STAGES),
    7,
    seen=SEEN,
    notes=(NOTE,),
    places=("a.jsonl", "folder/b c.jsonl"),
)


def latency(requests: int) -> Latency:
    """Both engines under load: the second one's times are 0.8 of the first one's."""
    return Latency(
        _samples(requests, 1.0), _samples(requests, 0.8), METRICS, SWEEP, SWEEP, ("the client was no limit",)
    )


def _samples(requests: int, scale: float) -> tuple[Sample, ...]:
    chance = random.Random(1)
    return tuple(_sample(f"p{at}", at % 4, chance, scale) for at in range(requests))


def _sample(prompt: str, block: int, chance: random.Random, scale: float) -> Sample:
    sent = chance.uniform(0, 100)
    arrivals = [sent + chance.lognormvariate(-2.5, 0.5) * scale]
    while len(arrivals) < 64:
        arrivals.append(arrivals[-1] + max(0.005, chance.gauss(0.03, 0.006)) * scale)
    return Sample(prompt, block, sent, sent, arrivals[0], arrivals[0], tuple(arrivals), arrivals[-1], 64, 20)


SLOWER, MORE = Interval(1.17, 1.11, 1.24), Interval(1.3, 1.2, 1.4)
METRICS = (
    Metric("ttft", "p95", "ms", Interval(180, 171, 191), Interval(210, 200, 223), SLOWER, Outcome.FAIL),
    Metric(
        "throughput", "mean", "tokens/s", Interval(2300, 2200, 2400), Interval(3100, 3000, 3200), MORE, Outcome.PASS
    ),
)
SWEEP = tuple(Point(load, load * 0.98, load * 60.0, None, 80.0 + load, 30.0) for load in (1.0, 10.0, 40.0))


def many(prompts: int) -> Compared:
    """So many prompts, three of five with different texts, under load; the texts hold what takes most room."""
    chance = random.Random(2)
    seen = tuple(_seen(at, chance) for at in range(prompts))
    differences = tuple(Difference(one.prompt, "21 tokens instead of 20") for one in seen)
    stages = (Stage("prompt", Outcome.FAIL, f"{prompts} of {prompts} differ", "a template", differences), *STAGES)
    first, second = COMPARED.first, COMPARED.second
    return Compared(first, second, Verdict(Outcome.FAIL, stages), prompts, latency(prompts), seen)


def _seen(at: int, chance: random.Random) -> Seen:
    words = [chance.choice(("<b>", "größe", "日本の", "🌧️", "token", "</script>")) for _ in range(200)]
    text = " ".join(words)
    if at % 5 < 2:
        return Seen(f"prompt-{at}", text, (), Said(text), Said(text), len(text))
    where = Divergence(chance.randrange(64), "a", "b", 2, abs(chance.gauss(0, 0.25)))
    return Seen(f"prompt-{at}", text, (), Said(text), Said(text[:100] + text), 100, where)
