"""Rules for clients with mistakes: every one is told, with the line of its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.mistakes import Mistake
from migrate.rulebook.clients import ParameterRule
from migrate.rulebook.constructors import ConstructorRule
from migrate.rulebook.files import read_file
from migrate.rulebook.model import Rule

GOOD = """\
- id: mine/client
  summary: Ours.
  constructor: [mine.Client]
  becomes: openai.OpenAI
  address: [url]
  arguments:
    url: {as: base_url, value: address}
    key: {as: api_key}
  calls:
    ask: {becomes: completions.create}
  safety: safe
  why: >
    Both say
    the same.
"""
EXCEPTION = "- {id: a/b, summary: s, safety: safe, why: w, exception: mine.Error, becomes: Error}\n"
MEMBER = "- {id: a/b, summary: s, safety: safe, why: w, of: answer, member: text, becomes: '{bsae}[0]'}\n"


def mistakes(folder: Path, text: str) -> list[str]:
    path = folder / "own.yaml"
    path.write_text(text)
    errors: list[Mistake] = []
    list(read_file(path, errors))
    return [f"{one.line}: {one.message}" for one in errors]


def test_rules_for_launches_and_clients_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        GOOD
        + "- {id: a/c, summary: s, safety: safe, why: w, parameter: x}\n"
        + "- {id: a/d, summary: s, match: {option: speculate}}\n"
    )
    errors: list[Mistake] = []
    found = list(read_file(path, errors))
    assert [(type(rule), line) for rule, line in found] == [(ConstructorRule, 1), (ParameterRule, 15), (Rule, 16)]
    assert errors == []
    assert getattr(found[0][0], "why") == "Both say the same."  # noqa: B009  (of one form only)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  why: >\n    Both say\n    the same.\n", "", "1: mine/client: `why` is missing"),
        ("safety: safe", "safety: sure", "11: mine/client: Invalid enum value 'sure' - at `safety`"),
        ("becomes: openai.OpenAI", "beComes: x.Y", "4: mine/client: unknown field beComes; this form has id, "),
        ("key: {as: api_key}", "key: {to: api_key}", "8: mine/client: Object contains unknown field `to`"),
        (
            "key: {as: api_key}",
            "key: {as: 3}",
            "8: mine/client: Expected `str | null`, got `int` - at `arguments.key.as`",
        ),
        (
            "key: {as: api_key}",
            "key: {}",
            "1: mine/client: argument key has neither `as`, nor `drop`, `hoist` or `manual`",
        ),
        ("key: {as: api_key}", "key: {drop: true, default: x}", "1: mine/client: argument key has a `default`"),
        ("address: [url]", "address: [uri]", "1: mine/client: `address` names uri"),
        ("ask: {becomes: completions.create}", "ask: {}", "1: mine/client: call ask has neither"),
        ("[mine.Client]", "[Client]", "1: mine/client: `Client` is no dotted name"),
        ("constructor: [mine.Client]", "construct: [mine.Client]", "1: mine/client: one of match, parameter,"),
        ("id: mine/client", "id: Mine", "1: Mine: Expected `str` matching regex"),
    ],
    ids=[
        *("missing", "class", "unknown", "unknown-inside", "type-inside", "empty-argument", "default-of-nothing"),
        *("address", "empty-call", "undotted", "no-form", "id"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    found = mistakes(tmp_path, GOOD.replace(old, new))
    assert any(one.startswith(says) for one in found), found


def test_all_mistakes_of_all_rules_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("safety: safe", "safety: sure").replace("summary: Ours.", "summary: 3")
    assert [one.partition(":")[0] for one in mistakes(tmp_path, text + text)] == ["2", "11", "16", "25"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (EXCEPTION, "1: a/b: `becomes: Error` is no dotted name"),
        (MEMBER, "1: a/b: `becomes: {bsae}[0]` has a placeholder"),
        (
            MEMBER.replace("{bsae}", "{base}").replace("becomes", "words: {1: x}, becomes"),
            "1: a/b: Expected `str`, got `int`",
        ),
        ("- 3\n", "1: a rule is a mapping"),
        ("- {1: 2}\n", "1: a rule is a mapping"),
        ("-\n  - x\n", "1: a rule is a mapping"),
    ],
    ids=["exception", "placeholder", "key", "number", "numbers", "list"],
)
def test_other_mistakes(tmp_path: Path, text: str, says: str) -> None:
    assert mistakes(tmp_path, text)[0].startswith(says)


def test_good_rules_have_none(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD) == []
