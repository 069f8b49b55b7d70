"""Tests that put something in the place of a client that is replaced."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

LLM = 'from huggingface_hub import InferenceClient\n\n\nclass Llm:\n    def __init__(self):\n        self.client = InferenceClient("http://tgi")\n\n    def ask(self, prompt):\n        return self.client.text_generation(prompt, max_new_tokens=5, return_full_text=False)\n'
HEAD = "from unittest.mock import MagicMock, patch\n\nfrom app import llm\n\n\n"


def repository(test: str, made: str = LLM) -> dict[str, str]:
    return {"app/__init__.py": "", "app/llm.py": made, "tests/test_llm.py": HEAD + test}


@pytest.mark.parametrize(
    "test",
    [
        '@patch("app.llm.InferenceClient")\ndef test_ask(made):\n    assert llm.Llm()\n',
        'def test_ask(mocker):\n    mocker.patch("app.llm.InferenceClient.text_generation", return_value="x")\n',
        'def test_ask(monkeypatch):\n    monkeypatch.setattr(llm, "InferenceClient", MagicMock())\n',
        'def test_ask(monkeypatch):\n    monkeypatch.setattr("app.llm.InferenceClient", MagicMock())\n',
        'def test_ask():\n    with patch.object(llm, "InferenceClient"):\n        pass\n',
        '@patch("huggingface_hub.InferenceClient.text_generation")\ndef test_ask(mocked):\n    pass\n',
    ],
    ids=["patch", "mocker", "setattr", "setattr-text", "object", "library"],
)
def test_patched(test: str, moved: Callable[..., Any]) -> None:
    done = moved(repository(test))
    assert "OpenAI(" in done.files["app/llm.py"]
    assert "this puts something in the old client's place: the code uses OpenAI (completions.create" in done.says(
        "manual"
    )


@pytest.mark.parametrize(
    "test",
    [
        '@patch("app.llm.Llm")\ndef test_ask(made):\n    assert llm.Llm()\n',
        '@patch("app.llm.requests.get")\ndef test_ask(made):\n    pass\n',
        'def test_ask(monkeypatch):\n    monkeypatch.setattr(llm, "TIMEOUT", 1)\n',
        'def test_ask(monkeypatch):\n    monkeypatch.setenv("InferenceClient", "1")\n',
    ],
    ids=["own-class", "other-name", "constant", "environment"],
)
def test_other_patches(test: str, moved: Callable[..., Any]) -> None:
    assert moved(repository(test)).says("manual") == ""


def test_client_that_stays_may_be_patched(moved: Callable[..., Any]) -> None:
    made = 'from huggingface_hub import InferenceClient\n\n\ndef ask(m):\n    return InferenceClient("http://tgi").chat_completion(m, model="n")\n'
    test = '@patch("app.llm.InferenceClient")\ndef test_ask(made):\n    pass\n'
    assert moved(repository(test, made)).says("manual") == ""


@pytest.mark.parametrize("said", ['return_value = "x"', "assert_called_once()", "side_effect = OSError"])
def test_mock_in_an_attribute(said: str, moved: Callable[..., Any]) -> None:
    test = f'def test_ask():\n    one = llm.Llm()\n    one.client = MagicMock()\n    one.client.text_generation.{said}\n    assert one.ask("x") == "x"\n'
    done = moved(repository(test))
    assert "OpenAI(" in done.files["app/llm.py"]
    assert "a mock of the old client" in done.says("manual")


def test_method_that_is_handed_on_is_told(moved: Callable[..., Any]) -> None:
    text = 'from functools import partial\n\nfrom huggingface_hub import InferenceClient\n\nask = partial(InferenceClient("http://tgi").text_generation, max_new_tokens=5)\nprint(ask("x"))\n'
    done = moved(text)
    assert done.main == text
    assert "cannot be seen" in done.says("manual")


@pytest.mark.parametrize(
    "test",
    [
        'def test_ask(mocker):\n    mocker.patch("huggingface_hub.InferenceClient.text_generation", return_value="x")\n',
        'def test_ask(mocker):\n    mocker.patch(\n        "app.llm.InferenceClient.text_generation",\n        return_value="x",\n    )\n',
        'def test_ask():\n    one = llm.Llm()\n    one.client = MagicMock()\n    one.client.text_generation.return_value.generated_text = "x"\n',
    ],
    ids=["library", "lines", "answer"],
)
def test_each_line_is_told_once(test: str, moved: Callable[..., Any]) -> None:
    done = moved(repository(test))
    (found,) = [one for one in done.found.findings if one.path == "tests/test_llm.py"]
    assert "old client" in found.message


def test_other_lines_of_a_patch_are_told(moved: Callable[..., Any]) -> None:
    test = 'def test_ask(mocker):\n    mocker.patch("app.llm.InferenceClient")\n    assert llm.ask() == {"generated_text": "x"}\n'
    done = moved(repository(test))
    assert [one.rule for one in done.found.findings if one.path == "tests/test_llm.py"][1:] == ["client/test-data"]
