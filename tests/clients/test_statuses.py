"""Refusals: status codes, words for kinds of errors, exceptions, retries; and the text of a refusal that is shown."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "import requests\n\nBODY = {'inputs': 'x', 'parameters': {'max_new_tokens': 5}}\n"
POST = "requests.post('http://tgi/generate', json=BODY)"
READ = "print(r.json()['generated_text'])\n"


def tail(done: Any) -> str:
    text: str = done.main
    return (
        text.split("\n", 3)[3]
        .replace("/v1/completions", "/generate")
        .replace("['choices'][0]['text']", "['generated_text']")
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("match r.status_code:\n    case 422 | 429:\n        print()\n", "match r.status_code:\n    case 400 | 429 | 503:\n        print()\n"),
        ("code = r.status_code\nif code == 422:\n    print()\n", "code = r.status_code\nif code == 400:\n    print()\n"),
        ("if 422 == r.status_code:\n    print()\n", "if 400 == r.status_code:\n    print()\n"),
        ("if 429 == r.status_code:\n    print()\n", "if r.status_code in (429, 503):\n    print()\n"),
        ("if r.status_code != 200:\n    print(r.text)\n", "if r.status_code != 200:\n    print(r.text)\n"),
        ("if not r.ok:\n    raise OSError(r.text)\n", "if not r.ok:\n    raise OSError(r.text)\n"),
    ],
    ids=["match", "named", "turned", "turned-list", "text-shown", "text-raised"],
)  # fmt: skip
def test_codes(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}r = {POST}\n{before}{READ}")
    assert done.says("manual") == ""
    assert tail(done) == f"r = {POST}\n{after}{READ}"


def test_text_of_an_answer_that_is_shown_is_left(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}r = {POST}\nprint(r.text)\n"
    done = moved(text)
    assert done.main == text
    assert "cannot be followed" in done.says("manual")


@pytest.mark.parametrize(
    ("kind", "read", "after"),
    [
        ("requests.HTTPError", "error.response.status_code == 422", "error.response.status_code == 400"),
        ("requests.HTTPError", "error.response.json()['error']", "error.response.json()['error']['message']"),
        ("requests.HTTPError", "error.args == 422", "error.args == 422"),
    ],
    ids=["status", "body", "others"],
)
def test_handler_around_the_callers(kind: str, read: str, after: str, moved: Callable[..., Any]) -> None:
    ask = f"\n\ndef ask():\n    r = {POST}\n    r.raise_for_status()\n    return r.json()['generated_text']\n\n\n"
    use = "try:\n    print(ask())\nexcept {} as error:\n    print({})\n"
    done = moved(HEAD + ask + use.format(kind, read))
    assert done.main.endswith(use.format(kind, after))
    assert done.says("manual") == ""


def test_handler_of_another_call_is_left(moved: Callable[..., Any]) -> None:
    other = "try:\n    other()\nexcept OSError as error:\n    print(error.code == 422)\n"
    assert moved(f"{HEAD}r = {POST}\n{READ}{other}").main.endswith(other)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a.get('error_type') == 'validation'", "a.get('error', {'type': None})['type'] == 'BadRequestError'"),
        ("a['error_type'] in ('overloaded', 'x')", "a['error']['type'] in ('ServiceUnavailableError', 'x')"),
        ("a.get('error', '')", "a.get('error', {'message': ''})['message']"),
        ("a.get('generated_text', DEFAULT)", "a.get('choices', [{'text': DEFAULT}])[0]['text']"),
    ],
)
def test_words_of_refusals(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}a = {POST}.json()\nprint({before})\n")
    assert done.main.endswith(f"print({after})\n")


def test_codes_to_retry_on_stand_beside_each_other(moved: Callable[..., Any]) -> None:
    retry = "s.mount('http://', HTTPAdapter(max_retries=Retry(status_forcelist=[429, 502])))\n"
    text = f"from requests.adapters import HTTPAdapter, Retry\n{HEAD}s = requests.Session()\n{retry}r = s.post('http://tgi/generate', json=BODY)\n{READ}"
    done = moved(text)
    assert "status_forcelist=[429, 503, 502]" in done.main
    assert "503" in done.says("review")
    without = text.replace("429, 502", "500, 502")
    assert "status_forcelist=[500, 502]" in moved(without).main


@pytest.mark.parametrize("read", ["r.headers['x-total-time']", "r.headers.get('X-Compute-Type')"])
def test_header_of_tgi_is_told(read: str, moved: Callable[..., Any]) -> None:
    text = f"{HEAD}r = {POST}\n{READ}print({read})\n"
    done = moved(text)
    assert done.main == text
    assert "no such header" in done.says("manual")


def test_other_headers_stay(moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}r = {POST}\n{READ}print(r.headers['content-type'], r.headers.get('date'))\n")
    assert done.says("manual") == ""
    assert done.main.endswith("print(r.headers['content-type'], r.headers.get('date'))\n")
