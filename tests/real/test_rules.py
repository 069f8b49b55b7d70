"""Every example of a rule, and every launch of the example application, gives what the real parser accepts."""

from pathlib import Path

import pytest

from migrate.formats import registry
from migrate.launch.facts import Facts, Setting, read_facts
from migrate.launch.plan import command_words, make_plan
from migrate.launch.translate import outcomes
from migrate.repository import Repository
from migrate.rulebook import load
from migrate.rulebook.examples import lines_of
from migrate.touchpoints import Plan
from tests.real import parser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(parser.python() is None, reason=f"{parser.VARIABLE} names no Python with vLLM"),
]

TARGET = "0.32.0"
EXAMPLE = Path(__file__).parents[2] / "fixtures" / "example"
# What an expression stands for: a number, which the parser wants where the option counts, or one of the option's words.
STANDS_FOR = {"--dtype": "auto", "--host": "127.0.0.1"}


def words_of(facts: Facts, plan: Plan) -> list[str]:
    """The planned words with expressions filled in; what a caller would add (`"$@"`) is nothing."""
    foreign = {facts.launch.arguments[index].value for index in facts.line.foreign}
    words: list[str] = []
    for token in command_words(facts, plan):
        if token.value not in foreign:
            stands = STANDS_FOR.get(words[-1], "1") if words else "1"
            words.append(stands if token.expression else token.value)
    return words


def example_launches() -> list[tuple[str, list[str]]]:
    paths = tuple(sorted(path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.rglob("*") if path.is_file()))
    repo, rulebook, found = Repository(paths, EXAMPLE), load(), []
    for path in paths:
        for launch in registry.read(path, repo).launches:
            facts = read_facts(launch, Setting(TARGET, names=("tgi",)), rulebook)
            found.append((path, words_of(facts, make_plan(facts, list(outcomes(facts, rulebook))))))
    return found


def test_the_real_parser_accepts_what_rules_write() -> None:
    rules = [(rule, words_of(facts, plan)) for rule, facts, plan in lines_of(load()) if facts.setting.target == TARGET]
    launches = example_launches()
    assert len(rules) > 100
    assert {path for path, _ in launches} >= {"compose.yaml", "scripts/serve.sh", "README.md"}
    lines = [*rules, *launches]
    answer = parser.ask([words for _, words in lines])
    assert answer.version == TARGET
    assert [(*line, error) for line, error in zip(lines, answer.errors, strict=True) if error] == []
