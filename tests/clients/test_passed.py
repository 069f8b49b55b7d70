"""Parameters that callers pass through `**kwargs` to a client's call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = 'from text_generation import Client\n\nclient = Client("http://tgi")\n\n\n'


def program(call: str, *asked: str) -> str:
    ask = f"def ask(prompt, **params):\n    return client.generate(prompt, {call}).generated_text\n\n\n"
    return HEAD + ask + "".join(f"print(ask({one}))\n" for one in asked)


@pytest.mark.parametrize(
    ("call", "asked", "sent", "passed"),
    [
        (
            "**params",
            ['"x", max_new_tokens=9, temperature=0.5', '"y", max_new_tokens=2'],
            "**params",
            ['"x", max_tokens=9, temperature=0.5', '"y", max_tokens=2, temperature=0'],
        ),
        (
            "max_new_tokens=5, **params",
            ['"x", repetition_penalty=1.2', '"y", seed=3', '"z"'],
            "max_tokens=5, temperature=0, **params",
            ['"x", extra_body={"repetition_penalty": 1.2}', '"y", seed=3', '"z"'],
        ),
        (
            '**{**{"max_new_tokens": 7, "temperature": 0.2}, **params}',
            ['"x", temperature=0.9', '"y"'],
            '**{**{"max_tokens": 7, "temperature": 0.2}, **params}',
            ['"x", temperature=0.9', '"y"'],
        ),
    ],
    ids=["decided-by-callers", "extra-field", "defaults-under-them"],
)
def test_callers_write_the_new_names(
    call: str, asked: list[str], sent: str, passed: list[str], moved: Callable[..., Any]
) -> None:
    done = moved(program(call, *asked))
    assert f'client.completions.create(model="", prompt=prompt, {sent}).choices[0].text' in done.main
    for one in passed:
        assert f"print(ask({one}))\n" in done.main
    assert "max_tokens" in done.says("review")


@pytest.mark.parametrize(
    ("call", "asked"),
    [
        ("**params", ['"x", temperature=0.5', '"y"']),
        ("repetition_penalty=1.1, max_new_tokens=4, **params", ['"x", top_k=5']),
        ("max_new_tokens=4, **params", ['"x", best_of=2']),
        ("max_new_tokens=4, **params", ['"x", **loaded']),
    ],
    ids=["one-caller-says-nothing", "extra-fields-in-two-places", "no-counterpart", "unseen"],
)
def test_left_alone(call: str, asked: list[str], moved: Callable[..., Any]) -> None:
    text = program(call, *asked)
    done = moved(text)
    assert done.main == text
    assert done.says("manual")
