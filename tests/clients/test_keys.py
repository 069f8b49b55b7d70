"""Keys that may be empty at run time, and the hub's token that its library sends unasked."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ASK = 'print(client.text_generation("x", max_new_tokens=5, return_full_text=False))\n'
LAUNCH = "text-generation-launcher --model-id a/b --api-key $KEY --max-total-tokens 100\n"


def program(argument: str, before: str = "", address: str = "http://tgi") -> str:
    made = f'client = InferenceClient("{address}"{argument})\n'
    return f"import os\n\nfrom huggingface_hub import InferenceClient\n\n{before}{made}{ASK}"


@pytest.mark.parametrize(
    ("argument", "key"),
    [
        (', token="hf_x"', '"hf_x"'),
        (", token=f'{a}{b}'", "f'{a}{b}'"),
        (', api_key=os.environ["KEY"]', 'os.environ["KEY"]'),
        (', api_key=os.getenv("KEY", "none")', 'os.getenv("KEY", "none")'),
        (', token=os.getenv("KEY")', 'os.getenv("KEY") or "EMPTY"'),
        (', token=os.getenv("KEY", "")', 'os.getenv("KEY", "") or "EMPTY"'),
        (', token=os.environ.get("HF_TOKEN")', 'os.environ.get("HF_TOKEN") or "EMPTY"'),
        (", token=a if b else None", '(a if b else None) or "EMPTY"'),
        (", token=None", '"EMPTY"'),
        ("", '"EMPTY"'),
    ],
)
def test_key_is_never_empty(argument: str, key: str, moved: Callable[..., Any]) -> None:
    assert f"api_key={key}, " in moved(program(argument)).main


@pytest.mark.parametrize(
    "said", ['assert os.environ["HF_TOKEN"]\n', "import huggingface_hub\n\nhuggingface_hub.login()\n"]
)
def test_token_that_the_library_sent_unasked(said: str, moved: Callable[..., Any]) -> None:
    done = moved(program("", said)).main
    assert 'api_key=get_token() or "EMPTY"' in done
    assert "from huggingface_hub import get_token\n" in done


def test_parameter_without_a_token_falls_back_to_the_librarys(moved: Callable[..., Any]) -> None:
    text = f'from huggingface_hub import InferenceClient, login\n\nlogin()\n\n\ndef run(token=None):\n    client = InferenceClient("http://tgi", token=token)\n    {ASK}'
    done = moved(text).main
    assert 'api_key=token or get_token() or "EMPTY"' in done
    assert "from huggingface_hub import get_token, login\n" in done


@pytest.mark.parametrize("address", ["https://a.eu-west-1.aws.endpoints.huggingface.cloud"])
def test_hosted_endpoint_asks_for_the_token(address: str, moved: Callable[..., Any]) -> None:
    assert "api_key=get_token()" in moved(program("", address=address)).main


def test_server_with_a_key(moved: Callable[..., Any]) -> None:
    assert "api_key=get_token()" in moved({"main.py": program(""), "run.sh": LAUNCH}).main
    assert "get_token" not in moved({"main.py": program(""), "run.sh": LAUNCH.replace("--api-key $KEY", "")}).main


def test_name_that_is_taken(moved: Callable[..., Any]) -> None:
    own = 'def get_token():\n    return os.environ["HF_TOKEN"]\n\n\n'
    assert 'api_key="EMPTY"' in moved(program("", own)).main
