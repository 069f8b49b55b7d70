"""Parameters that make TGI sample unless they are None at run time."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = 'from text_generation import Client\n\nclient = Client("http://tgi")\n'
OPTIONS = (
    'import argparse\n\np = argparse.ArgumentParser()\np.add_argument("--top-k", type=int{})\nargs = p.parse_args()\n'
)


def sent(text: str, moved: Callable[..., Any]) -> str:
    done: str = moved(HEAD + text).main
    return done[done.index("temperature=") :].split(".choices", maxsplit=1)[0]


@pytest.mark.parametrize(
    ("signature", "given", "temperature"),
    [
        ("top_k=None", "top_k=top_k", "(1.0 if top_k is not None else 0)"),
        ("top_k=None, top_p=None", "top_k=top_k, top_p=top_p", "(1.0 if top_k is not None or top_p is not None else 0)"),
        ("top_k=None, s=False", "top_k=top_k, do_sample=s", "(1.0 if s or top_k is not None else 0)"),
        ("top_k=None", "top_k=top_k, do_sample=True", "1.0"),
        ("top_k=None", "top_k=top_k, do_sample=False", "(1.0 if top_k is not None else 0)"),
        ("top_k=None", "top_k=top_k, top_p=0.9", "1.0"),
        ("top_k=5", "top_k=top_k", "1.0"),
        ("top_k", "top_k=top_k", "1.0"),
        ("given", 'top_k=given.get("k")', '(1.0 if given.get("k") is not None else 0)'),
        ("given", 'top_k=given.get("k", 5)', "1.0"),
    ],
)  # fmt: skip
def test_absent_temperature(signature: str, given: str, temperature: str, moved: Callable[..., Any]) -> None:
    text = f"\n\ndef run({signature}):\n    return client.generate('x', max_new_tokens=5, {given}).generated_text\n"
    assert sent(text, moved).startswith(f"temperature={temperature}")


def test_temperature_that_is_given(moved: Callable[..., Any]) -> None:
    text = "\n\ndef run(t, top_k=None):\n    return client.generate('x', max_new_tokens=5, temperature=t, top_k=top_k).generated_text\n"
    assert sent(text, moved).startswith("temperature=(0 if top_k is None and t in (None, 1.0) else t)")


@pytest.mark.parametrize(
    ("more", "doubt"), [("", True), (", default=None", True), (", default=5", False), (", required=True", False)]
)
def test_option_of_the_command_line(more: str, doubt: bool, moved: Callable[..., Any]) -> None:
    text = OPTIONS.format(more) + "print(client.generate('x', max_new_tokens=5, top_k=args.top_k).generated_text)\n"
    assert ("args.top_k is not None" in sent(text, moved)) is doubt


def test_options_that_a_function_is_given(moved: Callable[..., Any]) -> None:
    ask = "\n\ndef run(args):\n    return client.generate('x', max_new_tokens=5, top_k=args.top_k).generated_text\n\n\nrun(args)\n"
    assert "args.top_k is not None" in sent(OPTIONS.format("") + ask, moved)


def test_options_that_a_runner_hands_on(moved: Callable[..., Any]) -> None:
    ask = "\n\ndef run(given):\n    return client.generate('x', max_new_tokens=5, top_k=given.top_k).generated_text\n\n\npool.submit(run, args)\n"
    assert "given.top_k is not None" in sent(OPTIONS.format("") + ask, moved)


def test_field_of_a_request_is_no_constant(moved: Callable[..., Any]) -> None:
    body = "\n\nclass Body(BaseModel):\n    temperature: float | None = None\n    seed: int | None = None\n    sample: bool = False\n\n\ndef run(body: Body):\n    return client.generate('x', max_new_tokens=5, temperature=body.temperature, seed=body.seed, do_sample=body.sample).generated_text\n"
    assert (
        sent(body, moved)
        == "temperature=(0 if not body.sample and body.temperature in (None, 1.0) else body.temperature), seed=body.seed)"
    )
