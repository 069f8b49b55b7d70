"""Values that enter functions and objects of the repository: also through an inherited `__init__`, and handed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = 'from text_generation import Client\n\nclient = Client("http://tgi")\n'
ASK = 'client.generate("x")'
BASE = "class Base:\n    def __init__(self, answer):\n        self.answer = answer\n\n\nclass Record(Base): ...\n\n\n"
FIELD = "@dataclass\nclass Record:\n    answer: object\n\n\n"
SHOW = "def show(one, *, again=None):\n    print(one.generated_text)\n    print(again.generated_text)\n\n\n"


@pytest.mark.parametrize(
    ("head", "use"),
    [
        (BASE, f"print(Record({ASK}).answer.generated_text)\n"),
        (BASE, f"print(Record(answer={ASK}).answer.generated_text)\n"),
        (FIELD, f"made = partial(Record, {ASK})\nprint(made().answer.generated_text)\n"),
        (SHOW, f"show({ASK}, again={ASK})\n"),
        (SHOW, f"pool.submit(show, {ASK}, again={ASK})\n"),
    ],
    ids=["inherited", "inherited-name", "field-by-partial", "function", "handed"],
)
def test_followed(head: str, use: str, moved: Callable[..., Any]) -> None:
    done = moved(HEAD + head + use)
    assert ".generated_text" not in done.main
    assert "choices[0].text" in done.main
    assert done.says("manual") == ""


@pytest.mark.parametrize("use", [f"show({ASK}, 1, {ASK})\n", f"show(other={ASK})\n"])
def test_no_parameter_takes_it(use: str, moved: Callable[..., Any]) -> None:
    before = HEAD + "def show(one):\n    return one\n\n\n" + use
    done = moved(before)
    assert done.main == before
    assert done.says("manual")


def test_client_in_a_field_is_no_client_of_other_objects(moved: Callable[..., Any]) -> None:
    deps = "@dataclass\nclass Deps:\n    client: object\n\n\n"
    other = "def run(ctx):\n    return ctx.client.generate('x')\n\n\n"
    done = moved(HEAD + deps + other + "deps = Deps(client)\nprint(deps.client.generate('x').generated_text)\n")
    assert "ctx.client.generate('x')" in done.main
    assert "print(deps.client.completions.create(" in done.main
