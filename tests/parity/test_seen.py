from __future__ import annotations

import pytest

from migrate.parity.answer import Answer, Failure, Framing, Token
from migrate.parity.decoding import Decoding
from migrate.parity.evidence import Pair
from migrate.parity.exchange import Json, Request
from migrate.parity.seen import Asked, Said, see


def request(body: Json, text: str | None = None) -> Asked:
    return Asked.of(Request("POST", "/x", body, {}, text))


PAIR = Pair("p", Answer("abc"), Answer("abd"))


@pytest.mark.parametrize(
    ("asked", "shown", "fields"),
    [
        (request({"inputs": "x", "parameters": {"stop": [], "seed": 1}}), "x", ("stop", "seed")),
        (request({"prompt": "x", "options": {"seed": 1}}), "x", ("seed",)),
        (request({"prompt": "x", "seed": 1}), "x", ("prompt", "seed")),
        (request({"messages": [{"content": "x"}, {"content": "y"}], "seed": 1}), "y", ("messages", "seed")),
        (request(None, "no JSON"), "no JSON", ()),
        (request([1]), "", ()),
    ],
)
def test_what_was_asked(asked: Asked, shown: str, fields: tuple[str, ...]) -> None:
    seen = see(PAIR, asked)
    assert (seen.asked, seen.fields) == (shown, fields)


@pytest.mark.parametrize(
    ("first", "second", "shared"), [("abc", "abd", 2), ("ab", "abc", 2), ("a", "a", 1), ("", "x", 0)]
)
def test_how_much_is_the_same(first: str, second: str, shared: int) -> None:
    seen = see(Pair("p", Answer(first), Answer(second)), request({}), (3, 4))
    assert (seen.shared, seen.same, seen.lines) == (shared, first == second, (3, 4))


def test_an_answer_and_a_failure() -> None:
    framing = Framing((1.0, 2.0), 2)
    first = Answer("a", finish="stop", completion_tokens=2, framing=framing)
    seen = see(Pair("p", first, Answer(failure=Failure(0, "gone"))), request({}))
    assert seen.first == Said("a", "stop", 2, "", (1.0, 2.0))
    assert seen.second == Said("", failure="no answer gone")
    assert not seen.same


def test_where_tokens_part() -> None:
    one, other = Answer("ab", (Token("a"), Token("b"))), Answer("ac", (Token("a"), Token("c")))
    parted = see(Pair("p", one, other), request({})).parted
    assert parted is not None
    assert (parted.position, parted.first, parted.second) == (1, "b", "c")
    assert see(Pair("p", one, other, Decoding.SAMPLED), request({})).parted is None


def test_a_tool_call_is_shown_where_there_is_no_text() -> None:
    assert see(Pair("p", Answer(tool_calls="f()"), Answer("x")), request({})).first.text == "f()"
