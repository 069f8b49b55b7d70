from __future__ import annotations

import pytest

from migrate.parity.answer import Answer, Candidate, Token
from migrate.parity.divergence import Comparison, Divergence, compare


def token(text: str, logprob: float | None = -0.1, **others: float) -> Token:
    own = [Candidate(text, logprob)] if logprob is not None and others else []
    top = sorted([*own, *(Candidate(name, value) for name, value in others.items())], key=lambda item: -item.logprob)
    return Token(text, None, logprob, tuple(top))


def parted(first: Token, second: Token) -> Divergence:
    found = compare(Answer(tokens=(token("x"), first)), Answer(tokens=(token("x"), second))).divergence
    assert found is not None
    return found


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_same_answer_has_no_divergence(count: int) -> None:
    answer = Answer(tokens=(token("a"),) * count)
    assert compare(answer, answer) == Comparison(count, 0.0, count, None)


def test_an_answer_that_goes_on_does_not_diverge() -> None:
    assert compare(Answer(tokens=(token("a"),)), Answer(tokens=(token("a"), token("b")))).divergence is None


def test_shared_tokens_without_log_probabilities_are_not_counted() -> None:
    first, second = (token("a", -0.5), token("b", None)), (token("a", -0.25), token("b", -0.1))
    assert compare(Answer(tokens=first), Answer(tokens=second)) == Comparison(2, 0.25, 1, None, 0.25)


def test_rank_and_margin_at_the_first_difference() -> None:
    found = parted(token("a", -1.0, c=-1.1, b=-1.25), token("b", -1.0, a=-1.125))
    assert (found.position, found.first, found.second, found.rank) == (1, "a", "b", 3)
    assert found.margin == pytest.approx(0.25)


def test_a_token_below_the_list_has_at_least_the_margin_of_the_last() -> None:
    found = parted(token("a", -1.0, c=-3.0), token("b", -1.0))
    assert (found.rank, found.margin) == (None, 2.0)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (token("a", None), token("b", None)),
        (token("a", -1.0), token("b", -1.0)),
        (Token("", None, -1.0, (Candidate("", -1.0),)), Token("b", None, -1.0)),
        (token("a", -1.0, c=-2.0), Token("\ufffd", None, -1.0)),
    ],
    ids=["no-logprobs", "no-candidates", "candidates-of-partial-characters", "a-partial-character"],
)
def test_no_margin_where_the_candidates_do_not_tell(first: Token, second: Token) -> None:
    assert parted(first, second).margin is None


def test_ids_tell_partial_characters_apart() -> None:
    top = (Candidate("\ufffd", -1.0, 1), Candidate("\ufffd", -1.5, 2))
    assert parted(Token("\ufffd", 1, -1.0, top), Token("\ufffd", 2, -1.0)).margin == 0.5
