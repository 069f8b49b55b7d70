"""Sampled answers: whether both engines draw from the same distribution, by an energy-distance permutation test."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from migrate.parity.evidence import Evidence, Outcome, Stage
from migrate.parity.statistics import SEED

PERMUTATIONS = 999
SURE = 20
# The size of the recordings on which TGI 3.3.7 and vLLM 0.32.0 were compared; less is not taken for a pass.
ENOUGH_PROMPTS, ENOUGH_SAMPLES = 8, 32


def sampled(evidence: Evidence) -> Stage:
    """Answers to the same prompt are as far from the other engine's as from each other."""
    first, second = evidence.first_samples or {}, evidence.second_samples or {}
    prompts = [prompt for prompt in first if len(first[prompt]) > 1 and len(second.get(prompt, ())) > 1]
    if not prompts:
        return Stage("sampled", Outcome.SKIPPED, "no prompt has several sampled answers of both engines")
    chance = permutation_test([(first[prompt], second[prompt]) for prompt in prompts])
    fewest = min(min(len(first[prompt]), len(second[prompt])) for prompt in prompts)
    summary = f"{len(prompts)} prompts with at least {fewest} samples each, p = {chance:.2g}"
    if chance < evidence.alpha:
        cause = "temperature, top_p, top_k or a penalty differ, or defaults of generation_config.json are applied"
        return Stage("sampled", Outcome.FAIL, summary, cause)
    if len(prompts) * fewest < ENOUGH_PROMPTS * ENOUGH_SAMPLES:
        needed = -(-ENOUGH_PROMPTS * ENOUGH_SAMPLES // fewest)
        return Stage("sampled", Outcome.INCONCLUSIVE, f"{summary}: too few to tell", prompts_needed=needed)
    return Stage("sampled", Outcome.PASS, summary)


def permutation_test(groups: Sequence[tuple[Sequence[str], Sequence[str]]], permutations: int = PERMUTATIONS) -> float:
    """The chance of an energy distance as large as seen, were the labels exchangeable within each prompt.

    Energy distances (twice the mean distance between, less the mean distances within) are summed over the prompts;
    the smallest value that can come out is 1 / (permutations + 1). Ends early, with as valid a value, once `SURE`
    permutations were as large (Besag and Clifford's sequential test).
    """
    chance = random.Random(SEED)
    prompts = [(_Distances.of([*first, *second]), len(first)) for first, second in groups]
    seen = sum(distances.energy(range(size)) for distances, size in prompts)
    as_large = 0
    for number in range(1, permutations + 1):
        total = sum(distances.energy(chance.sample(range(len(distances.rows)), size)) for distances, size in prompts)
        as_large += total >= seen - 1e-12
        if as_large == SURE:
            return as_large / number
    return (as_large + 1) / (permutations + 1)


@dataclass(frozen=True, slots=True)
class _Distances:
    """Between all samples of a prompt: Jaccard's on pairs of adjacent words, 0 for the same, 1 for none shared."""

    rows: list[list[float]]
    sums: list[float]
    total: float

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Distances:
        sets = [_features(text) for text in texts]
        rows = [[1 - len(one & other) / len(one | other) for other in sets] for one in sets]
        sums = [sum(row) for row in rows]
        return cls(rows, sums, sum(sums))

    def energy(self, first: Sequence[int]) -> float:
        """The energy distance of the samples at these places to the others."""
        size, other = len(first), len(self.rows) - len(first)
        pick = itemgetter(*first)
        within: float = sum(sum(pick(self.rows[at])) for at in first)
        between: float = sum(pick(self.sums)) - within
        rest = self.total - within - 2 * between
        return 2 * between / (size * other) - within / size**2 - rest / other**2


def _features(text: str) -> frozenset[tuple[str, str]]:
    words = ["", *text.split(), ""]
    return frozenset(pairwise(words))
