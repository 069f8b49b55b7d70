"""Parameters that are set by key or by `.update()` after their dict was made."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "import requests\n\n"
SEND = "requests.post('http://tgi/generate', json={'inputs': q, 'parameters': p}).json()['generated_text']"
MADE = "p = {'max_new_tokens': 4}\n"


def program(lines: str, made: str = MADE) -> str:
    return f"{HEAD}{made}{lines}\nprint({SEND})\n"


@pytest.mark.parametrize(
    ("lines", "after"),
    [
        ("p['do_sample'] = True", "p['temperature'] = p['temperature'] or 1.0"),
        (
            "if t:\n    p['do_sample'] = True\n    p['temperature'] = t",
            "if t:\n    p['temperature'] = t",
        ),
        (
            "if t:\n    p['temperature'] = t; p['do_sample'] = True",
            "if t:\n    p['temperature'] = t; p['temperature'] = p['temperature'] or 1.0",
        ),
        (
            "p['do_sample'] = flag",
            "p['temperature'] = p['temperature'] or 1.0 if flag else p['temperature']",
        ),
        (
            "if not t:\n    p['do_sample'] = False\nelse:\n    p['do_sample'] = True\n    p['temperature'] = t",
            "if not t:\n    pass\nelse:\n    p['temperature'] = t",
        ),
        (
            "if s:\n    p['do_sample'] = True\nif t:\n    p['temperature'] = t",
            "if s:\n    p['temperature'] = p['temperature'] or 1.0\nif t:\n    p['temperature'] = (p['temperature'] and 1.0) if t in (None, 1.0) else t",
        ),
        (
            "if k:\n    p['top_k'] = k",
            "if k:\n    p['top_k'] = k\n    p['temperature'] = p['temperature'] or 1.0",
        ),
        (
            "p['top_p'] = n",
            "p['top_p'] = n\np['temperature'] = p['temperature'] if n is None else p['temperature'] or 1.0",
        ),
        (
            "if g:\n    p['grammar'] = {'type': 'regex', 'value': g}",
            "if g:\n    p['structured_outputs'] = {'regex': g}",
        ),
        ("if s:\n    p.update(do_sample=True)", "if s:\n    p.update(temperature=1.0)"),
        (
            "if s:\n    p.update({'top_k': 3, 'temperature': 0.5})",
            "if s:\n    p.update({'top_k': 3, 'temperature': 0.5})",
        ),
    ],
)
def test_sampling_that_is_decided_later(lines: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(program(lines))
    assert done.says("manual") == ""
    assert f"p = {{'max_tokens': 4, 'temperature': 0}}\n{after}\nprint(" in done.main


def test_what_samples_already_needs_nothing(moved: Callable[..., Any]) -> None:
    made = "p = {'max_new_tokens': 4, 'do_sample': True}\n"
    after = moved(program("if k:\n    p['top_k'] = k\nif t:\n    p['temperature'] = t", made)).main
    assert "    p['top_k'] = k\nif t:\n    p['temperature'] = t\n" in after


@pytest.mark.parametrize(
    ("made", "lines", "reason"),
    [
        (MADE, "p['do_sample'] = decide()", "decides about sampling"),
        (MADE, "p['top_k'] = pick()", "decides about sampling"),
        (MADE, "p['grammar'] = g", "form cannot be read"),
        (MADE, "p['top_k'] += 1", "cannot be followed"),
        (MADE, "if x: p['top_k'] = 5", "decides about sampling"),
        (MADE, "p['do_sample'] = True\nif x:\n    p['do_sample'] = False", "decides about sampling"),
        (MADE, "p['watermark'] = True", "by key"),
        ("p = {'max_new_tokens': 4, 'do_sample': True}\n", "p['do_sample'] = False", "decides about sampling"),
        ("p = {'max_new_tokens': 4, 'temperature': t}\n", "p['top_k'] = 5\np['temperature'] = t", "do_sample decides"),
        (MADE, "if x:\n    p.update(top_k=5)\nif y:\n    p.update(temperature=t)", "under conditions"),
        (MADE, "if x:\n    p.update(**more)", ".update()"),
        (MADE, "if x:\n    p.update(top_k=5)\nif y:\n    p['temperature'] = t", "in two ways"),
    ],
)
def test_left_to_a_person(made: str, lines: str, reason: str, moved: Callable[..., Any]) -> None:
    text = program(lines, made)
    done = moved(text)
    assert done.main == text
    assert reason in done.says("manual")


BODY = f"""{HEAD}def ask(q, stop=None, schema=None):
    body = {{"inputs": q, "parameters": {{"max_new_tokens": 4}}}}
    if stop:
        body["parameters"]["stop"] = stop
    if schema:
        body["parameters"]["grammar"] = {{"type": "json", "value": schema}}
    print(body["parameters"]["max_new_tokens"])
    return requests.post("http://tgi/generate", json=body).json()["generated_text"]


print(ask("x"))
"""


def test_through_the_body(moved: Callable[..., Any]) -> None:
    after = moved(BODY).main
    assert '    if stop:\n        body["stop"] = stop\n' in after
    assert '        body["structured_outputs"] = {"json": schema}\n    print(body["max_tokens"])\n' in after


@pytest.mark.parametrize("line", ['body["parameters"].clear()', 'del body["parameters"]["stop"]', 'body["x"]["y"] = 1'])
def test_other_uses_of_the_body_stay(line: str, moved: Callable[..., Any]) -> None:
    text = BODY.replace('print(body["parameters"]["max_new_tokens"])', line)
    done = moved(text)
    assert done.main == text
    assert "changed or read by key" in done.says("manual")
