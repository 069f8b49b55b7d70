"""What a word is known to say."""

import pytest

from migrate.source import Span
from migrate.touchpoints import Word


@pytest.mark.parametrize(
    ("value", "resolved", "known", "certain"),
    [
        ("awq", None, "awq", "awq"),
        ("$Q", None, None, None),
        ("$Q", "awq", "awq", "awq"),
        ("${Q:-awq}", "awq", "awq", None),
        ("${Q-awq}", "awq", "awq", None),
        ("${Q:?}", "awq", "awq", "awq"),
    ],
    ids=["literal", "unknown", "defined", "default", "default-if-unset", "required"],
)
def test_known_and_certain(value: str, resolved: str | None, known: str | None, certain: str | None) -> None:
    word = Word(value, "f", Span(0, 1), expression="$" in value, resolved=resolved)
    assert (word.known, word.certain) == (known, certain)
