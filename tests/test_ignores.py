from __future__ import annotations

import pytest

from migrate.findings import Finding, Safety
from migrate.ignores import read_ignores, without_ignored
from migrate.repository import Repository
from migrate.source import Edit, Source, Span

WHY = "migrate: ignore[launch/image] pinned on purpose"


def left(text: str, *rules: str, group: str = "") -> list[str]:
    """The rules that are still found; every one stands at the word TGI."""
    at = text.index("TGI")
    edit = Edit("a", at, at + 3, "vLLM")
    found = [Finding(r, "a", Span(at, at + 3), "x", Safety.SAFE, "m", group=group, edits=(edit,)) for r in rules]
    return [one.rule for one in without_ignored(Repository.of({"a": text}), found)]


@pytest.mark.parametrize(
    "comment",
    [
        f"# {WHY}",
        f"// {WHY}",
        f"<!-- {WHY} -->",
        f"/* {WHY} */",
        f"-- {WHY}",
        f"; {WHY}",
        f"{{# {WHY} #}}",
        f"rem {WHY}",
    ],
    ids=["hash", "slashes", "html", "block", "dashes", "semicolon", "jinja", "rem"],
)
def test_comment_syntaxes(comment):
    assert left(f"{comment}\nTGI\n", "launch/image") == []
    assert read_ignores(Source("a", comment))[0].reason == "pinned on purpose"


def test_on_the_line_itself_and_behind_other_words_of_the_comment():
    assert left(f"TGI # noqa {WHY}\n", "launch/image") == []


@pytest.mark.parametrize(
    "text",
    [f"# {WHY}\n\nTGI\n", f"TGI\n# {WHY}\n", f"{WHY}\nTGI\n", f"# {WHY.replace('image', 'port')}\nTGI\n"],
    ids=["two-lines-above", "below", "no-comment", "other-rule"],
)
def test_what_does_not_ignore(text):
    assert left(text, "launch/image") == ["launch/image"]


def test_pattern_and_list():
    assert left("# migrate: ignore[launch/*] r\nTGI", "launch/image") == []
    assert left("# migrate: ignore[x/y, launch/image] r\nTGI", "launch/image", "z") == ["z"]


@pytest.mark.parametrize("comment", ["# migrate: ignore", "# migrate: ignore[launch/image]", "# migrate: ignore[] why"])
def test_without_rule_or_reason_it_is_reported_and_ignores_nothing(comment):
    assert left(f"{comment}\nTGI", "launch/image") == ["launch/image", "ignore/malformed"]


def test_group_is_left_whole():
    assert left(f"# {WHY}\nTGI", "launch/image", "launch/port", group="g") == []


def test_configuration_ignores_everywhere():
    found = [Finding("a/b", "a", Span(0, 1), "x", Safety.SAFE, "m")]
    assert without_ignored(Repository.of({"a": "x"}), found, ("a/*",)) == []
