from __future__ import annotations

import pytest

from migrate.markup.markdown import code


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("plain", "`plain`"),
        ("a `b` c", "``a `b` c``"),
        ("`", "`` ` ``"),
        ("", "`  `"),
        ("a\nb", "`a b`"),
        ("x" * 400, f"`{'x' * 299}…`"),
    ],
)
def test_a_code_span_holds_whatever_was_said(said: str, span: str) -> None:
    assert code(said) == span
