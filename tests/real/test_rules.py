"""Every example of a rule for the version of the real vLLM gives a command line that its parser accepts."""

import pytest

from migrate.launch.facts import Facts
from migrate.launch.plan import command_words
from migrate.rulebook import load
from migrate.rulebook.examples import lines_of
from migrate.touchpoints import Plan
from tests.real import parser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(parser.python() is None, reason=f"{parser.VARIABLE} names no Python with vLLM"),
]

# A number stands for an expression: the parser wants one where the option counts.
STANDS_FOR = {"--dtype": "auto", "--host": "127.0.0.1"}


def words_of(facts: Facts, plan: Plan) -> list[str]:
    words: list[str] = []
    for token in command_words(facts, plan):
        stands = STANDS_FOR.get(words[-1], "1") if words else "1"
        words.append(stands if token.expression else token.value)
    return words


def test_the_real_parser_accepts_every_example() -> None:
    lines = [
        (rule, words_of(facts, plan)) for rule, facts, plan in lines_of(load()) if facts.setting.target == "0.32.0"
    ]
    assert len(lines) > 100
    answer = parser.ask([words for _, words in lines])
    assert answer.version == "0.32.0"
    refused = [(rule, words, error) for (rule, words), error in zip(lines, answer.errors, strict=True) if error]
    assert refused == []
