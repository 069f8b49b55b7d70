from __future__ import annotations

import pytest
import yaml

from migrate.mistakes import Mistake, not_yaml


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a:\n\tb: 1\n", 2, "found character '\\t' that cannot start any token"),
        ("a: 1\n---\nb: 1\n", 2, "but found another document"),
        ("a: 1\nb: \0\n", 2, "special characters are not allowed"),
        ("[" * 5_000, 1, "maximum recursion depth exceeded"),
    ],
    ids=["tab", "two-documents", "control-character", "nested-without-end"],
)
def test_what_is_no_yaml(text: str, line: int, message: str) -> None:
    with pytest.raises((yaml.YAMLError, RecursionError)) as caught:
        yaml.compose(text, yaml.SafeLoader)
    found = not_yaml("f.yaml", text, caught.value)  # type: ignore[arg-type]
    assert (found.line, found.message.startswith(f"not YAML: {message}")) == (line, True)


def test_a_mistake_is_a_line() -> None:
    assert str(Mistake("f.yaml", 3, "no")) == "f.yaml:3: no"
