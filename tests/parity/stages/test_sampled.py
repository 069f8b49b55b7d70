from __future__ import annotations

import random

import pytest

from migrate.parity.evidence import Evidence, Outcome
from migrate.parity.stages.sampled import permutation_test, sampled
from tests.parity import material


def draw(seed: int, words: str, number: int = 16) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(words, k=4)) for _ in range(number)]


def test_the_same_distribution() -> None:
    assert permutation_test([(draw(1, "abc"), draw(2, "abc"))], 199) > 0.05


def test_another_distribution() -> None:
    assert permutation_test([(draw(1, "abc"), draw(2, "aaaaaabc"))], 199) <= 0.02


def test_groups_of_different_size() -> None:
    assert permutation_test([(draw(1, "abc", 30), draw(2, "abc", 8))], 99) > 0.05


@pytest.mark.parametrize(
    ("first", "second"),
    [(None, None), ({"p": ["a"]}, {"p": ["a"]}), ({"p": ["a", "b"]}, {"q": ["a", "b"]})],
    ids=["none", "one-sample", "other-prompts"],
)
def test_nothing_to_judge(first: dict[str, list[str]] | None, second: dict[str, list[str]] | None) -> None:
    assert sampled(Evidence((), first_samples=first, second_samples=second)).outcome is Outcome.SKIPPED


def test_the_real_engines_draw_alike() -> None:
    stage = sampled(Evidence((), first_samples=material.sampled("tgi"), second_samples=material.sampled("vllm")))
    assert stage.outcome is Outcome.PASS


@pytest.mark.parametrize(("samples", "repeated"), [(32, 7), (16, 5), (3, 3)])
def test_answers_that_repeat_themselves(samples: int, repeated: int) -> None:
    """An engine that is colder, or that leaves the seed out: one text again and again."""
    first = {prompt: texts[:samples] for prompt, texts in material.sampled("tgi").items()}
    second = {
        prompt: texts[: samples - repeated] + [texts[-1]] * repeated
        for prompt, texts in material.sampled("vllm").items()
    }
    assert sampled(Evidence((), first_samples=first, second_samples=second)).outcome is Outcome.FAIL


@pytest.mark.parametrize("first", ["0.8", "0.8-again"])
@pytest.mark.parametrize(
    ("second", "outcome"),
    [
        *(("0.6", Outcome.FAIL), ("1.0", Outcome.FAIL)),
        *(("0.8", Outcome.PASS), ("0.8-again", Outcome.PASS)),
        *(("0.7", Outcome.PASS), ("0.9", Outcome.PASS)),
    ],
)
def test_how_small_a_change_of_temperature_is_found(first: str, second: str, outcome: Outcome) -> None:
    """One of 0.2 is; of one of 0.1 these 256 samples do not tell, which the documentation says."""
    samples = material.temperatures()
    stage = sampled(Evidence((), first_samples=samples[first], second_samples=samples[second]))
    assert stage.outcome is outcome


def test_few_samples_cannot_tell() -> None:
    stage = sampled(Evidence((), first_samples={"p": draw(1, "abc", 4)}, second_samples={"p": draw(2, "abc", 4)}))
    assert stage.outcome is Outcome.INCONCLUSIVE
    assert stage.prompts_needed == 64


def test_few_samples_can_still_fail() -> None:
    stage = sampled(Evidence((), first_samples={"p": ["a b"] * 16}, second_samples={"p": ["c d"] * 16}))
    assert stage.outcome is Outcome.FAIL
