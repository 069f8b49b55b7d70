from __future__ import annotations

from pathlib import Path

import pytest

from migrate.parity.prompts import SUITE, Prompt, PromptError, load


def test_the_suite_is_enough_to_tell_and_names_each_prompt_once() -> None:
    assert len({prompt.name for prompt in SUITE}) == len(SUITE) >= 24
    assert all(bool(prompt.text) != bool(prompt.messages) for prompt in SUITE)
    assert {role for prompt in SUITE for role, _ in prompt.messages} == {"system", "user", "assistant"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"text": "a"}', Prompt("line-1", "a")),
        ('{"name": "n", "prompt": "a", "max_tokens": 5}', Prompt("n", "a", (), 5)),
        ('{"messages": [{"role": "user", "content": "a"}]}', Prompt("line-1", "", (("user", "a"),))),
        ('{"text": "a", "temperature": 0.5, "seed": 3}', Prompt("line-1", "a", temperature=0.5, seed=3)),
        ('{"text": "a", "stop": "x"}', Prompt("line-1", "a", stop=("x",))),
        ('{"text": "a", "stop": ["x", "y"], "more": 1}', Prompt("line-1", "a", stop=("x", "y"))),
    ],
)
def test_a_line(tmp_path: Path, line: str, expected: Prompt) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(f"{line}\n\n")
    assert load(path) == (expected,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no prompts"),
        ("oops\n", "p.jsonl:1: no JSON"),
        ("{}\n", "p.jsonl:1: a prompt needs either"),
        ('{"text": "a", "messages": [{"role": "user", "content": "b"}]}\n', "either text or messages"),
        ('{"name": "n", "text": "a"}\n{"name": "n", "text": "b"}\n', "two prompts are named n"),
    ],
)
def test_no_prompts(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(content)
    with pytest.raises(PromptError, match=message):
        load(path)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="none"):
        load(tmp_path / "none.jsonl")
