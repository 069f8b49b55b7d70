from __future__ import annotations

import pytest

from migrate.parity.answer import Candidate, Token

HERE = Token("a", 1, -0.5, (Candidate("b", -0.2, 2), Candidate("a", -0.5, 1)))


@pytest.mark.parametrize(
    ("token", "other", "expected"),
    [
        (Token("a", 1), Token("a", 1), True),
        (Token("a", 1), Token("a", 2), False),
        (Token("", 1), Token("a", 1), True),
        (Token("a"), Token("a", 1), True),
        (Token("a"), Candidate("b", -1.0, 1), False),
    ],
    ids=["equal", "another-id", "ids-before-text", "text-without-ids", "another-text"],
)
def test_same_token(token: Token, other: Token | Candidate, expected: bool) -> None:
    assert token.same(other) is expected


def test_regret_is_what_the_best_token_had_more() -> None:
    assert HERE.regret == pytest.approx(0.3)


@pytest.mark.parametrize("token", [Token("a"), Token("a", 1, -0.5), Token("a", top=HERE.top)])
def test_no_regret_without_log_probabilities(token: Token) -> None:
    assert token.regret is None


def test_a_token_above_its_candidates_has_none() -> None:
    assert Token("a", 1, -0.1, HERE.top).regret == 0.0


@pytest.mark.parametrize(("other", "rank", "logprob"), [("b", 1, -0.2), ("a", 2, -0.5), ("c", None, None)])
def test_what_another_token_had_here(other: str, rank: int | None, logprob: float | None) -> None:
    assert HERE.rank(Token(other)) == rank
    assert HERE.logprob_of(Token(other)) == logprob
