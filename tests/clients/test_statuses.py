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


@pytest.mark.parametrize(
    ("head", "before", "after"),
    [
        ("from http import HTTPStatus\n", "r.status_code == HTTPStatus.UNPROCESSABLE_ENTITY", "r.status_code == HTTPStatus.BAD_REQUEST"),
        ("import http\n", "r.status_code != http.HTTPStatus.TOO_MANY_REQUESTS.value", "r.status_code not in (http.HTTPStatus.TOO_MANY_REQUESTS.value, http.HTTPStatus.SERVICE_UNAVAILABLE.value)"),
        ("", "r.status_code == requests.codes.unprocessable", "r.status_code == requests.codes.bad_request"),
        ("", "r.status_code in (requests.codes.too_many, 502)", "r.status_code in (requests.codes.too_many, requests.codes.service_unavailable, 502)"),
        ("from starlette import status\n", "r.status_code == status.HTTP_424_FAILED_DEPENDENCY", "r.status_code == status.HTTP_500_INTERNAL_SERVER_ERROR"),
        ("FULL = 429\n", "r.status_code == FULL", "r.status_code in (429, 503)"),
        ("", "r.status_code == requests.codes.ok", "r.status_code == requests.codes.ok"),
        ("", "r.status_code == codes.unprocessable.first", "r.status_code == codes.unprocessable.first"),
        ("", "r.status_code == expected()", "r.status_code == expected()"),
    ],
    ids=["enum", "enum-value", "requests", "requests-listed", "starlette", "constant", "fine", "other-attribute", "call"],
)  # fmt: skip
def test_codes_by_name(head: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{head}{HEAD}r = {POST}\nprint({before})\n{READ}")
    assert done.says("manual") == ""
    assert f"\nprint({after})\n" in done.main


def test_named_code_in_a_match(moved: Callable[..., Any]) -> None:
    text = "match r.status_code:\n    case HTTPStatus.TOO_MANY_REQUESTS:\n        print()\n"
    done = moved(f"from http import HTTPStatus\n{HEAD}r = {POST}\n{text}{READ}")
    assert "case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:" in done.main


def test_named_list_of_codes_to_retry_on(moved: Callable[..., Any]) -> None:
    text = "from urllib3.util import Retry\nRETRIES = (429, 502)\nretry = Retry(3, status_forcelist=RETRIES)\n"
    assert "RETRIES = (429, 503, 502)\n" in moved(f"{text}{HEAD}r = {POST}\n{READ}").main


ASK = f"def ask():\n    r = {POST}\n    r.raise_for_status()\n    return r.json()['generated_text']\n\n\n"
AGAIN = "        try:\n            return f(*args)\n        except requests.HTTPError as error:\n            print(error.response.status_code == 422)\n"


def test_handler_in_a_decorator(moved: Callable[..., Any]) -> None:
    text = f"def again(f):\n    def inner(*args):\n{AGAIN}    return inner\n\n\n@again\n"
    done = moved(f"{HEAD}\n\n{text}{ASK}print(ask())\n")
    assert "error.response.status_code == 400" in done.main


def test_handler_of_a_function_that_calls_what_it_gets(moved: Callable[..., Any]) -> None:
    text = f"def again(f, *args):\n    while True:\n{AGAIN}\n\n"
    done = moved(f"{HEAD}\n\n{text}{ASK}print(ask())\nagain(ask)\n")
    assert "error.response.status_code == 400" in done.main


def test_handler_in_a_decorator_of_another_function_is_left(moved: Callable[..., Any]) -> None:
    text = (
        f"def again(f):\n    def inner(*args):\n{AGAIN}    return inner\n\n\n@again\ndef other():\n    return 1\n\n\n"
    )
    done = moved(f"{HEAD}\n\n{text}{ASK}print(ask())\n")
    assert "error.response.status_code == 422" in done.main


@pytest.mark.parametrize(
    ("head", "decorator", "after"),
    [
        ("", "@backoff.on_exception(backoff.expo, OSError, giveup=lambda e: e.response.status_code != 422)\n", "lambda e: e.response.status_code != 400"),
        ("def busy(e):\n    return e.response.status_code == 422\n\n\n", "@retry(retry=retry_if_exception(busy))\n", "return e.response.status_code == 400"),
        ("def code(e):\n    return e.response.status_code == 422\n\n\n", "@retry(when=lambda e: code(e))\n", "return e.response.status_code == 400"),
        ("def busy(e):\n    return e.response.status_code == 422\n\n\n", "@retry(attempts=3)\n", "return e.response.status_code == 422"),
    ],
    ids=["lambda", "function", "helper", "not-named"],
)  # fmt: skip
def test_predicates_of_decorators(head: str, decorator: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}\n\n{head}{decorator}{ASK}print(ask())\n")
    assert after in done.main
    assert done.says("manual") == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("json.load(error)['error']", "json.load(error)['error']['message']"),
        ("json.loads(error.read())['error_type'] == 'validation'", "json.loads(error.read())['error']['type'] == 'BadRequestError'"),
    ],
    ids=["file", "read"],
)  # fmt: skip
def test_body_of_an_error_that_is_a_file(before: str, after: str, moved: Callable[..., Any]) -> None:
    head = "import json\nfrom urllib.error import HTTPError\nfrom urllib.request import Request, urlopen\n\nq = Request('http://tgi/generate', json.dumps({'inputs': 'x', 'parameters': {'max_new_tokens': 5}}).encode())\n"
    text = f"{head}try:\n    print(json.load(urlopen(q))['generated_text'])\nexcept HTTPError as error:\n    print(BEFORE)\n"
    assert f"print({after})" in moved(text.replace("BEFORE", before)).main
