"""Clients that another library wraps: both move, with the calls on what wraps them."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "import outlines\nfrom huggingface_hub import InferenceClient\n\n"
MADE = 'model = outlines.from_tgi(InferenceClient("http://tgi"))\n'
NEW = 'OpenAI(base_url="http://tgi/v1", timeout=None, api_key="EMPTY", max_retries=0)'


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ('model("Hi")', 'model("Hi", temperature=0)'),
        ('model("Hi", str, max_new_tokens=5)', 'model("Hi", str, max_tokens=5, temperature=0)'),
        ('model("Hi", output_type=int, temperature=0.5)', 'model("Hi", output_type=int, temperature=0.5)'),
        ('model("Hi", do_sample=True)', 'model("Hi", temperature=1.0)'),
        ('model("Hi", top_k=5, temperature=0.5)', 'model("Hi", temperature=0.5, extra_body={"top_k": 5})'),
        (
            'model("Hi", temperature=0.5, stop_sequences=["a"])',
            'model("Hi", temperature=0.5, stop=["a"], extra_body={"include_stop_str_in_output": True})',
        ),
        ('model.stream("Hi", max_new_tokens=5)', 'model.stream("Hi", max_tokens=5, temperature=0)'),
        (
            'outlines.Generator(model, int)("Hi", max_new_tokens=5)',
            'outlines.Generator(model, int)("Hi", max_tokens=5, temperature=0)',
        ),
        (
            'outlines.Application(T, int)(model, {"a": 1}, max_new_tokens=5)',
            'outlines.Application(T, int)(model, {"a": 1}, max_tokens=5, temperature=0)',
        ),
        ('model("Hi", return_full_text=False, seed=3)', 'model("Hi", seed=3, temperature=0)'),
    ],
)
def test_call(call: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}{MADE}print({call})\n").main
    assert done == (
        "import outlines\nfrom openai import OpenAI\n\n"
        f'model = outlines.from_vllm({NEW}, model_name="")\nprint({after})\n'
    )


def test_parameters_of_a_dict(moved: Callable[..., Any]) -> None:
    text = f'{HEAD}{MADE}OPTIONS = {{"max_new_tokens": 9, "temperature": 0.3}}\nprint(model("Hi", **OPTIONS), model("Ho", **OPTIONS))\n'
    done = moved(text).main
    assert 'OPTIONS = {"max_tokens": 9, "temperature": 0.3}' in done
    assert 'model("Hi", **OPTIONS), model("Ho", **OPTIONS)' in done


def test_limit_of_an_older_server(moved: Callable[..., Any]) -> None:
    assert 'model("Hi", temperature=0, max_tokens=100)' in moved(f'{HEAD}{MADE}model("Hi")\n', "2.0.1").main


def test_members_and_helpers_are_followed(moved: Callable[..., Any]) -> None:
    text = (
        f"{HEAD}class Bot:\n    def __init__(self, url):\n        client = InferenceClient(url, token='t')\n"
        "        self.model = outlines.from_tgi(client)\n\n    def ask(self, text, kind):\n"
        "        return self.model(text, kind, max_new_tokens=9)\n\n\nprint(Bot('http://tgi').ask('Hi', int))\n"
    )
    done = moved(text).main
    assert 'client = OpenAI(base_url=url.rstrip("/") + "/v1", api_key=\'t\', timeout=None, max_retries=0)' in done
    assert 'self.model = outlines.from_vllm(client, model_name="")' in done
    assert "self.model(text, kind, max_tokens=9, temperature=0)" in done


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(client):\n    return outlines.from_tgi(client)\n", "chat template"),
        ('client = InferenceClient("http://tgi")\nmodel = outlines.from_tgi(client)\nclient.text_generation("Hi", max_new_tokens=5)\n', "used by itself"),
        (f"{MADE}other(model)\n", "cannot be followed"),
        (f'{MADE}model.batch(["Hi"])\n', "cannot be followed"),
        (f'{MADE}model("Hi", return_full_text=True)\n', "no prompt"),
        (f'{MADE}model("Hi", watermark=True)\n', "watermark"),
        (f'{MADE}model("Hi", strange=True)\n', "strange"),
        (f"{MADE}model(*arguments)\n", "told apart"),
    ],
    ids=["parameter", "used-apart", "handed-on", "other-method", "full-text", "watermark", "unknown", "starred"],
)  # fmt: skip
def test_left_to_a_person(text: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(HEAD + text)
    assert done.main == HEAD + text
    assert reason in done.says("manual")


@pytest.mark.parametrize(
    "text",
    [
        'model = outlines.from_tgi(InferenceClient("acme/chat"))\nmodel("Hi", max_new_tokens=5)\n',
        'model = outlines.from_openai(client, "gpt")\nmodel("Hi", max_tokens=5)\n',
    ],
    ids=["hosted", "another-model"],
)
def test_left_alone(text: str, moved: Callable[..., Any]) -> None:
    done = moved(HEAD + text)
    assert done.main == HEAD + text
    assert done.found.findings == ()
