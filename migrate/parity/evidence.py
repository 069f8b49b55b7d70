"""What a verdict is made of: pairs of answers to the same prompts, thresholds, and the form of a stage's result."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Annotated

from msgspec import Meta

from migrate.parity.answer import Answer
from migrate.parity.decoding import Decoding
from migrate.parity.grammar import Grammar

Share = Annotated[float, Meta(gt=0, lt=1)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]


class Outcome(Enum):
    """`DIFFERS` is worth knowing and breaks nothing by itself; `SKIPPED` means that there was nothing to judge by."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    DIFFERS = "differs"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a difference counts.

    `alpha` is the chance of a false alarm of the whole verdict, shared by its statistical stages. `tolerance` is the
    share of prompts (beyond the noise) that may be affected before a pass is refused, with `confidence`.
    `regret` (nats) is what a greedy engine's own token may lack to its best one: rounding of what is reported.
    `margin` (nats) is how close a call a divergence has to be: bfloat16 has 8 significant bits, so logits from 16 to
    32 move in steps of 0.125, and rounding can move each of the two tokens by one step on each of the two engines.
    `shift` is how many times the noise the log-probabilities of shared tokens may differ, `floor` (nats a token) the
    noise where none was measured: 0.018 between one at a time and batched on vLLM 0.32.0 in bfloat16.
    """

    alpha: Share = 0.01
    confidence: Share = 0.95
    tolerance: Share = 0.15
    regret: NotNegative = 0.01
    margin: NotNegative = 0.5
    shift: Positive = 2.0
    floor: NotNegative = 0.02


# The stages that test a hypothesis: greedy, divergence, shift, finish, sampled.
TESTS = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """Both answers to one prompt."""

    prompt: str
    first: Answer
    second: Answer
    decoding: Decoding = Decoding.GREEDY

    @property
    def answered(self) -> bool:
        return self.first.failure is None and self.second.failure is None

    @property
    def comparable(self) -> bool:
        """Whether the answers can be compared token by token: TGI reports log-probabilities after penalties and
        grammars, vLLM before them, and each engine fills a grammar's freedom in its own way."""
        return self.answered and self.decoding is Decoding.GREEDY and bool(self.first.tokens and self.second.tokens)


@dataclass(frozen=True, slots=True)
class Evidence:
    """`pairs` are the first engine against the second, the noises each engine's answers against its own again.

    `rules` are the ids of the rules that made each prompt's request for the second engine, `optional`
    are the prompts that the second engine may refuse, `grammars` the forms that some ask of their answers.
    """

    pairs: tuple[Pair, ...]
    first_noise: tuple[Pair, ...] = ()
    second_noise: tuple[Pair, ...] = ()
    first_samples: Mapping[str, list[str]] | None = None
    second_samples: Mapping[str, list[str]] | None = None
    thresholds: Thresholds = Thresholds()
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    grammars: Mapping[str, Grammar] = field(default_factory=dict)

    @property
    def noise(self) -> tuple[Pair, ...]:
        return self.first_noise + self.second_noise

    @property
    def alpha(self) -> float:
        """What each statistical stage may use of the whole chance of a false alarm (Bonferroni)."""
        return self.thresholds.alpha / TESTS

    def without(self, prompts: Collection[str]) -> Evidence:
        """The same evidence but for some prompts; the engines' noise is measured on all of them."""
        return replace(
            self,
            pairs=tuple(pair for pair in self.pairs if pair.prompt not in prompts),
            first_samples={name: found for name, found in (self.first_samples or {}).items() if name not in prompts},
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """One prompt's part in a result; `rules` are ids of the rules that may have caused it, the likeliest first."""

    prompt: str
    detail: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowed:
    """A difference that somebody accepted: why, until which day (ISO 8601), and the file and line that say so."""

    prompt: str
    detail: str
    reason: str
    until: str
    place: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage's result: what was found in a sentence, what may have caused it, and on which prompts.

    `prompts_needed` is the number of prompts that could settle an inconclusive one, None where none could. `accepted`
    was left out before the stage was judged.
    """

    name: str
    outcome: Outcome
    summary: str
    cause: str = ""
    differences: tuple[Difference, ...] = ()
    prompts_needed: int | None = None
    accepted: tuple[Allowed, ...] = ()


def pairs(
    first: Mapping[str, Answer], second: Mapping[str, Answer], decodings: Mapping[str, Decoding] | None = None
) -> tuple[Pair, ...]:
    """The prompts that both have, in the first one's order; greedy where nothing else is said."""
    known = decodings or {}
    return tuple(
        Pair(prompt, answer, second[prompt], known.get(prompt, Decoding.GREEDY))
        for prompt, answer in first.items()
        if prompt in second
    )
