from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from migrate.parity.answer import Answer, Candidate, Token
from migrate.parity.decoding import Decoding
from migrate.parity.evidence import Evidence, Outcome, Pair, Stage
from migrate.parity.stages import greedy

A, B = Candidate("a", -0.5), Candidate("b", -1.0)
BEST = Token("a", None, -0.5, (A, B))
SECOND = Token("b", None, -1.0, (A, B))


def answer(*tokens: Token, finish: str = "stop") -> Answer:
    return Answer("".join(token.text for token in tokens), tokens, finish)


def evidence(
    *both: tuple[Answer, Answer], noise: tuple[Pair, ...] = (), decoding: Decoding = Decoding.GREEDY
) -> Evidence:
    return Evidence(tuple(Pair(f"p{at}", *pair, decoding) for at, pair in enumerate(both)), noise)


GREEDY = (answer(BEST), answer(BEST))
NOT_GREEDY = (answer(BEST), answer(SECOND))


def test_an_engine_that_does_not_take_its_best_token() -> None:
    stage = greedy.greedy(evidence(*[GREEDY] * 12, *[NOT_GREEDY] * 12))
    assert stage.outcome is Outcome.FAIL
    assert stage.differences[0].detail == "token 0 'b': 0.500 nats below 'a'"
    assert "generation_config.json" in stage.cause


@pytest.mark.parametrize(("hits", "fails"), [(0, False), (1, False), (2, False), (3, True), (6, True)])
def test_a_greedy_engine_hardly_ever_does_so(hits: int, fails: bool) -> None:
    stage = greedy.greedy(evidence(*[GREEDY] * (24 - hits), *[NOT_GREEDY] * hits))
    assert (stage.outcome is Outcome.FAIL) is fails


def test_what_the_first_engine_does_itself_is_no_fault_of_the_second() -> None:
    both = [(answer(SECOND), answer(BEST))] * 2 + [(answer(BEST), answer(SECOND))] * 4
    assert greedy.greedy(evidence(*both, *[GREEDY] * 18)).outcome is not Outcome.FAIL


@pytest.mark.parametrize("stage", [greedy.divergence, greedy.shift], ids=["divergence", "shift"])
def test_answers_after_a_grammar_or_penalty_are_not_held_token_by_token(stage: Callable[[Evidence], Stage]) -> None:
    assert stage(evidence(*[GREEDY] * 24)).outcome is Outcome.PASS
    assert stage(evidence(*[GREEDY] * 24, decoding=Decoding.SHAPED)).outcome is Outcome.SKIPPED


def test_it_may_be_the_first_engine_as_well() -> None:
    assert greedy.greedy(evidence(*[GREEDY] * 12, *[NOT_GREEDY[::-1]] * 12)).outcome is Outcome.FAIL


@pytest.mark.parametrize(("hits", "fails"), [(0, False), (1, False), (3, False), (4, True), (6, True)])
def test_a_first_engine_that_hardly_ever_does_so(hits: int, fails: bool) -> None:
    """A penalty that nobody asked for is a difference whichever engine has it."""
    stage = greedy.greedy(evidence(*[GREEDY] * (24 - hits), *[NOT_GREEDY[::-1]] * hits))
    assert (stage.outcome is Outcome.FAIL) is fails


def test_two_engines_that_do_so_alike_are_alike() -> None:
    both = (answer(SECOND), answer(SECOND))
    assert greedy.greedy(evidence(*[both] * 12)).outcome is not Outcome.FAIL


def test_rounding_is_no_regret() -> None:
    near = Token("b", None, -0.505, (A, Candidate("b", -0.505)))
    assert greedy.greedy(evidence(*[(answer(BEST), answer(near))] * 24)).outcome is Outcome.PASS


@pytest.mark.parametrize(("number", "outcome"), [(24, Outcome.PASS), (18, Outcome.INCONCLUSIVE)])
def test_few_prompts_cannot_tell(number: int, outcome: Outcome) -> None:
    stage = greedy.greedy(evidence(*[GREEDY] * number))
    assert stage.outcome is outcome
    assert stage.prompts_needed == (None if outcome is Outcome.PASS else 19)


@pytest.mark.parametrize("decoding", [Decoding.SAMPLED, Decoding.SHAPED])
def test_answers_that_were_not_asked_to_be_greedy_are_not_judged(decoding: Decoding) -> None:
    assert greedy.greedy(evidence(*[NOT_GREEDY] * 24, decoding=decoding)).outcome is Outcome.SKIPPED


def test_sampled_answers_of_the_noise_are_no_reference() -> None:
    noise = tuple(Pair("n", *NOT_GREEDY, Decoding.SAMPLED) for _ in range(24))
    assert greedy.greedy(evidence(*[GREEDY] * 12, *[NOT_GREEDY] * 12, noise=noise)).outcome is Outcome.FAIL


@pytest.mark.parametrize("stage", [greedy.greedy, greedy.divergence, greedy.shift, greedy.finish])
def test_nothing_is_judged_without_evidence(stage: object) -> None:
    assert callable(stage)
    assert stage(evidence((Answer("a"), Answer("b")))).outcome is Outcome.SKIPPED


def test_close_calls_are_no_difference() -> None:
    close = Token("b", None, -0.6, (Candidate("b", -0.6), Candidate("a", -0.7)))
    near = replace(BEST, top=(A, Candidate("b", -0.6)))
    stage = greedy.divergence(evidence(*[(answer(near), answer(close))] * 24))
    assert stage.outcome is Outcome.PASS
    assert "24 part at all" in stage.summary


def test_clear_calls_are_one() -> None:
    other = Token("b", None, -0.1, (Candidate("b", -0.1), Candidate("a", -3.0)))
    stage = greedy.divergence(evidence(*[GREEDY] * 18, *[(answer(BEST), answer(other))] * 6))
    assert stage.outcome is Outcome.FAIL
    assert stage.differences[0].detail == "token 0: 'b' instead of 'a', rank 2, margin 2.900 nats"


def test_an_engine_that_parts_from_itself_as_often_explains_it() -> None:
    other = Token("b", None, -0.1, (Candidate("b", -0.1), Candidate("a", -3.0)))
    both = (answer(BEST), answer(other))
    noise = tuple(Pair("n", *both) for _ in range(6)) + tuple(Pair("m", *GREEDY) for _ in range(18))
    assert greedy.divergence(evidence(*[GREEDY] * 18, *[both] * 6, noise=noise)).outcome is not Outcome.FAIL


@pytest.mark.parametrize("pairs", [0, 3, 24])
def test_noise_without_clear_calls_is_worth_no_more_than_none(pairs: int) -> None:
    other = Token("b", None, -0.1, (Candidate("b", -0.1), Candidate("a", -3.0)))
    near = replace(BEST, top=(A, Candidate("b", -0.6))), Token("b", None, -0.6, (Candidate("b", -0.6), A))
    noise = tuple(Pair("n", answer(near[0]), answer(near[1])) for _ in range(pairs))
    found = [
        greedy.divergence(evidence(*[GREEDY] * (24 - hits), *[(answer(BEST), answer(other))] * hits, noise=noise))
        for hits in (1, 6)
    ]
    assert [stage.outcome for stage in found] == [Outcome.PASS, Outcome.FAIL]


def test_text_alone_does_not_tell_how_close_a_call_was() -> None:
    stage = greedy.divergence(evidence((answer(Token("a")), answer(Token("b")))))
    assert stage.outcome is Outcome.INCONCLUSIVE
    assert stage.differences[0].detail == "token 0: 'b' instead of 'a', unranked, margin unknown"


def moved(by: float, tokens: int = 20) -> tuple[Answer, Answer]:
    return answer(*[BEST] * tokens), answer(*[replace(BEST, logprob=-0.5 - by)] * tokens)


@pytest.mark.parametrize(
    ("by", "outcome"),
    [(0.0, Outcome.PASS), (0.02, Outcome.PASS), (0.038, Outcome.PASS), (0.1, Outcome.FAIL)],
)
def test_shift(by: float, outcome: Outcome) -> None:
    assert greedy.shift(evidence(*[moved(by)] * 12)).outcome is outcome


def test_a_shift_within_the_engines_own_noise() -> None:
    noise = tuple(Pair("n", *moved(0.08)) for _ in range(6)) + tuple(Pair("m", *moved(0.0)) for _ in range(6))
    assert greedy.shift(evidence(*[moved(0.1)] * 12, noise=noise)).outcome is Outcome.PASS


def test_a_shift_that_few_prompts_cannot_tell() -> None:
    stage = greedy.shift(evidence(*[moved(0.0)] * 3, *[moved(0.07)] * 3))
    assert stage.outcome is Outcome.INCONCLUSIVE
    assert stage.prompts_needed is not None
    assert stage.prompts_needed > 6


@pytest.mark.parametrize("by", [0.0, 0.5])
@pytest.mark.parametrize("prompts", [1, 4])
def test_a_shift_of_hardly_any_prompts_is_neither(by: float, prompts: int) -> None:
    stage = greedy.shift(evidence(*[moved(by)] * prompts, *[(answer(), answer())] * prompts))
    assert (stage.outcome, stage.prompts_needed) == (Outcome.INCONCLUSIVE, 5)
    stage = greedy.shift(evidence(*[moved(by)] * prompts, *[(answer(BEST), answer(Token("b")))] * prompts))
    assert (stage.outcome, stage.prompts_needed) == (Outcome.INCONCLUSIVE, 10)


def test_a_mean_at_the_limit_is_not_settled_by_more_prompts() -> None:
    assert greedy.shift(evidence(*[moved(0.0)] * 3, *[moved(0.09)] * 3)).prompts_needed is None


def test_answers_cut_off_more_often() -> None:
    whole, cut = answer(BEST), answer(BEST, finish="length")
    stage = greedy.finish(evidence(*[(whole, cut)] * 12, *[(whole, whole)] * 12))
    assert stage.outcome is Outcome.FAIL
    assert "12 of them are cut off now" in stage.summary


def test_answers_cut_off_as_often_in_both_directions() -> None:
    whole, cut = answer(BEST), answer(BEST, finish="length")
    assert greedy.finish(evidence(*[(whole, cut)] * 6, *[(cut, whole)] * 6)).outcome is Outcome.PASS
