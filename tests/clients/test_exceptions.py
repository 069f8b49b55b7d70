"""Exceptions of the old libraries: handlers, retries, tests of a type, constant tuples, other modules."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ERRORS = (
    "from text_generation.errors import GenerationError, IncompleteGenerationError, OverloadedError, ValidationError\n"
)
TG = f'import requests\nfrom text_generation import Client\n{ERRORS}\nclient = Client("http://tgi")\n\n\n'
ASK = "def ask(prompt):\n    return client.generate(prompt, max_new_tokens=5).generated_text\n"
TRY = 'try:\n    print(client.generate("x", max_new_tokens=5).generated_text)\n'
HUB = 'from huggingface_hub import InferenceClient, hf_hub_download\nfrom huggingface_hub.errors import HfHubHTTPError, TextGenerationError\n\nclient = InferenceClient("http://tgi")\n\n\n'
HUB_TRY = 'try:\n    print(client.text_generation("x", max_new_tokens=5, return_full_text=False))\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("except ValidationError:\n    pass\n", "except BadRequestError:\n    pass\n"),
        ("except (GenerationError, IncompleteGenerationError):\n    pass\n", "except InternalServerError:\n    pass\n"),
        ("except (GenerationError, KeyError, IncompleteGenerationError):\n    pass\n", "except (InternalServerError, KeyError):\n    pass\n"),
        ("except OverloadedError:\n    pass\n", "except (RateLimitError, InternalServerError):\n    pass\n"),
        ("except (OverloadedError, OSError):\n    pass\n", "except (RateLimitError, InternalServerError, OSError):\n    pass\n"),
        ("except requests.Timeout:\n    pass\n", "except (requests.Timeout, APITimeoutError):\n    pass\n"),
        ("except (requests.Timeout, OSError):\n    pass\n", "except (requests.Timeout, APITimeoutError, OSError):\n    pass\n"),
        ("except requests.RequestException:\n    pass\n", "except (requests.RequestException, APIConnectionError):\n    pass\n"),
        ("except (\n    GenerationError,\n    IncompleteGenerationError,\n):\n    pass\n", "except (\n    InternalServerError,\n):\n    pass\n"),
        ("except Exception as e:\n    print(isinstance(e, ValidationError))\n", "except Exception as e:\n    print(isinstance(e, BadRequestError))\n"),
        ("except Exception as e:\n    print(isinstance(e, (OverloadedError, OSError)))\n", "except Exception as e:\n    print(isinstance(e, (RateLimitError, InternalServerError, OSError)))\n"),
        ("except Exception as e:\n    print(isinstance(e, OverloadedError))\n", "except Exception as e:\n    print(isinstance(e, (RateLimitError, InternalServerError)))\n"),
    ],
)  # fmt: skip
def test_handler(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(TG + TRY + before).main.endswith(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("@retry(retry=retry_if_exception_type(ValidationError))\n", "@retry(retry=retry_if_exception_type(BadRequestError))\n"),
        ("@retry(retry=retry_if_exception_type(requests.ConnectionError))\n", "@retry(retry=retry_if_exception_type((requests.ConnectionError, APIConnectionError)))\n"),
        ("@backoff.on_exception(backoff.expo, (ValidationError, requests.Timeout))\n", "@backoff.on_exception(backoff.expo, (BadRequestError, requests.Timeout, APITimeoutError))\n"),
    ],
)  # fmt: skip
def test_decorator(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert f"\n\n{after}def ask" in moved(TG + before + ASK).main


def test_decorator_of_another_function_keeps_what_requests_raises(moved: Callable[..., Any]) -> None:
    other = "@retry(retry=retry_if_exception_type(requests.ConnectionError))\ndef fetch(url):\n    return requests.get(url)\n"
    assert other in moved(f"{TG}{ASK}\n\n{other}").main


def test_constant_tuple(moved: Callable[..., Any]) -> None:
    text = f"{TG}RETRY = (GenerationError, requests.ConnectionError)\nONE = (GenerationError, IncompleteGenerationError)\nOTHER = (requests.Timeout, OSError)\n\n\n@retry(RETRY)\n{ASK}"
    done = moved(text).main
    assert "RETRY = (InternalServerError, requests.ConnectionError, APIConnectionError)\n" in done
    assert "ONE = (InternalServerError,)\n" in done
    assert "OTHER = (requests.Timeout, OSError)\n" in done


def test_suppressed_one_by_one(moved: Callable[..., Any]) -> None:
    text = f'{TG}{ASK}\n\nwith contextlib.suppress(OverloadedError):\n    ask("x")\n'
    assert "contextlib.suppress(RateLimitError, InternalServerError)" in moved(text).main


MAIN = {
    "app/__init__.py": "",
    "app/llm.py": f'from text_generation import Client\n\nclient = Client("http://tgi")\n\n\n{ASK}',
}


def test_handlers_in_another_module(moved: Callable[..., Any]) -> None:
    caller = f'{ERRORS}import requests\n\nfrom app.llm import ask\n\ntry:\n    ask("x")\nexcept ValidationError:\n    pass\nexcept requests.Timeout:\n    pass\n'
    done = moved({**MAIN, "app/main.py": caller}).files["app/main.py"]
    assert "except BadRequestError:\n" in done
    assert "except (requests.Timeout, APITimeoutError):\n" in done
    assert "import APITimeoutError, BadRequestError\n" in done
    assert ", ValidationError" not in done


def test_handlers_that_no_call_reaches(moved: Callable[..., Any]) -> None:
    other = 'import requests\nfrom text_generation.errors import ValidationError\n\ntry:\n    requests.get("x")\nexcept (requests.Timeout, ValidationError):\n    pass\n'
    assert moved({**MAIN, "tool.py": other}).files["tool.py"] == other


def test_classes_that_the_program_raises_itself_stay_beside(moved: Callable[..., Any]) -> None:
    text = f'{TG}{ASK}\n\ntry:\n    if not ask("x"):\n        raise ValidationError("empty")\nexcept ValidationError:\n    pass\n'
    assert "except (ValidationError, BadRequestError):\n" in moved(text).main


@pytest.mark.parametrize(
    ("handlers", "reason"),
    [
        ("except OverloadedError:\n    pass\nexcept GenerationError:\n    pass\n", "GenerationError: a handler above catches InternalServerError now"),
        ("except requests.ConnectionError:\n    pass\nexcept requests.Timeout:\n    pass\n", "put this one first"),
        ("except GenerationError:\n    pass\nexcept ValidationError:\n    pass\n", ""),
    ],
)  # fmt: skip
def test_handlers_that_are_not_reached_any_more(handlers: str, reason: str, moved: Callable[..., Any]) -> None:
    said = moved(TG + TRY + handlers).says("review")
    assert (reason in said) if reason else (said == "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("except TextGenerationError:\n    pass\n", "except (BadRequestError, InternalServerError):\n    pass\n"),
        ("except HfHubHTTPError as e:\n    print(e.server_message)\n", "except APIStatusError as e:\n    print(e.message)\n"),
        ('except HfHubHTTPError as e:\n    print(e.response.json()["error"])\n', 'except APIStatusError as e:\n    print(e.response.json()["error"]["message"])\n'),
        ("except HfHubHTTPError as e:\n    print(e.response.status_code == 422)\n", "except APIStatusError as e:\n    print(e.response.status_code == 400)\n"),
    ],
)  # fmt: skip
def test_hub(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(HUB + HUB_TRY + before).main.endswith(after)


def test_refusal_that_is_handed_on_is_told(moved: Callable[..., Any]) -> None:
    text = (
        f"{HUB}def ask():\n    {HUB_TRY}except HfHubHTTPError as e:\n    return e.response.json()\n".replace(
            "\n    print", "\n        print"
        )
        .replace("\nexcept", "\n    except")
        .replace("    return e", "        return e")
    )
    done = moved(text)
    assert "APIStatusError as e" in done.main
    assert "have another form" in done.says("review")


def test_other_calls_of_the_hub_keep_its_exceptions(moved: Callable[..., Any]) -> None:
    other = 'try:\n    hf_hub_download("a", "b")\nexcept HfHubHTTPError as e:\n    print(e.server_message)\n'
    assert moved(HUB + HUB_TRY + "finally:\n    pass\n" + other).main.endswith(other)


def test_hub_lets_refusals_through_as_exceptions_of_requests(moved: Callable[..., Any]) -> None:
    text = f"import requests\n{HUB}{HUB_TRY}except requests.RequestException:\n    pass\n"
    assert "except (requests.RequestException, APIError):\n" in moved(text).main


def test_key_of_a_dict_is_one_class(moved: Callable[..., Any]) -> None:
    text = f"{TG}CODES = {{OverloadedError: 429, ValidationError: 422}}\n\n\n{ASK}"
    assert "CODES = {InternalServerError: 429, BadRequestError: 422}\n" in moved(text).main


@pytest.mark.parametrize(
    "fallback", ["OverloadedError = Exception", "OverloadedError = None", "class OverloadedError(Exception): ..."]
)
def test_handler_of_a_class_whose_import_may_fail(fallback: str, moved: Callable[..., Any]) -> None:
    found = "try:\n    from text_generation.errors import OverloadedError\nexcept ImportError:\n    "
    done = moved(
        f"from text_generation import Client\n\n{found}{fallback}\n\nclient = Client('http://tgi')\n"
        "try:\n    client.generate('x', max_new_tokens=5)\nexcept OverloadedError:\n    pass\n"
    )
    assert "text_generation" not in done.main
    assert "try:\n    from openai import InternalServerError, RateLimitError\nexcept ImportError:\n" in done.main
    assert "except (RateLimitError, InternalServerError):" in done.main
