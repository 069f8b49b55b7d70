"""Types of the old libraries in annotations, and the words of the enumeration of finish reasons."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = 'from text_generation import Client\nfrom text_generation.types import {}\n\nclient = Client("http://tgi")\n'
ASK = 'client.generate("x", max_new_tokens=5)'
NEW = 'client.completions.create(model="", prompt="x", max_tokens=5, temperature=0)'
REASON = 'next(c.finish_reason if c.finish_reason != "stop" else "stop_sequence" if c.stop_reason else "eos_token" for c in r.choices)'


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("Response", "def ask() -> Response:\n    return {}\n\n\nprint(ask().generated_text)\n", "def ask() -> Completion:\n    return {}\n\n\nprint(ask().choices[0].text)\n"),
        ("Response", "r: Response = {}\nprint(r.generated_text)\n", "r: Completion = {}\nprint(r.choices[0].text)\n"),
        ("Response", "def show(r: Response | None):\n    print(r.generated_text)\n\n\nshow({})\n", "def show(r: Completion | None):\n    print(r.choices[0].text)\n\n\nshow({})\n"),
    ],
    ids=["returned", "named", "passed"],
)  # fmt: skip
def test_annotation(name: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(HEAD.format(name) + before.format(ASK)).main
    assert done.endswith(after.format(NEW))
    assert "from openai import OpenAI\nfrom openai.types import Completion\n" in done
    assert "text_generation" not in done


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("r.details.finish_reason == FinishReason.Length", f'{REASON} == "length"'),
        ("r.details.finish_reason is FinishReason.EndOfSequenceToken", f'{REASON} == "eos_token"'),
        ("r.details.finish_reason is not FinishReason.StopSequence", f'{REASON} != "stop_sequence"'),
        ("r.details.finish_reason in (FinishReason.Length, FinishReason.StopSequence)", f'{REASON} in ("length", "stop_sequence")'),
        ("r.details.finish_reason.value == FinishReason.Length.value", f'{REASON} == "length"'),
        ("{FinishReason.Length: 1}[r.details.finish_reason]", f'{{"length": 1}}[{REASON}]'),
    ],
)  # fmt: skip
def test_words(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(HEAD.format("FinishReason") + f"r = {ASK}\nprint({before})\n").main
    assert done.endswith(f"\nprint({after})\n")
    assert "FinishReason" not in done


def test_constant_text(moved: Callable[..., Any]) -> None:
    text = HEAD.format("Details") + f"CUT = 'length'\nr = {ASK}\nprint(r.details.finish_reason == CUT)\n"
    assert f"print({REASON} == CUT)" in moved(text).main


def test_what_nobody_knows_is_left(moved: Callable[..., Any]) -> None:
    text = HEAD.format("Details") + f"def ends(reason):\n    r = {ASK}\n    return r.details.finish_reason == reason\n"
    done = moved(text)
    assert done.main == text
    assert "is no text here" in done.says("manual")


def test_annotations_of_other_modules(moved: Callable[..., Any]) -> None:
    shown = "from text_generation import Client\nfrom text_generation.types import Response\n\n\ndef ask(client: Client) -> str:\n    return text(client.generate('x'))\n\n\ndef text(r: Response) -> str:\n    return r.generated_text\n"
    main = 'from shown import ask\nfrom text_generation import Client\n\nprint(ask(Client("http://tgi")))\n'
    done = moved({"shown.py": shown, "main.py": main}).files["shown.py"]
    assert "def ask(client: OpenAI) -> str:\n" in done
    assert "def text(r: Completion) -> str:\n" in done
    assert "text_generation" not in done


def test_types_of_modules_that_have_nothing_to_do_with_it(moved: Callable[..., Any]) -> None:
    other = "from text_generation.types import Response\n\n\ndef text(r: Response) -> str:\n    return str(r)\n"
    files = {"main.py": HEAD.format("Details") + f"print({ASK}.generated_text)\n", "other.py": other}
    assert moved(files).files["other.py"] == other
