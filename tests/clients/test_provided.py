"""Clients that reach a function without a call that passes them: properties, fixtures, defaults, what a framework gives."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "from text_generation import Client\n"
USE = 'client.generate("x").generated_text'


@pytest.mark.parametrize(
    "text",
    [
        f'class A:\n    @property\n    def client(self):\n        return Client("http://tgi")\n\n    def ask(self):\n        return self.{USE}\n',
        f'from functools import cached_property\n\n\nclass A:\n    @cached_property\n    def client(self) -> Client:\n        return Client("http://tgi")\n\n\nprint(A().{USE})\n',
        f'class A:\n    _own = None\n\n    @property\n    def client(self):\n        if self._own is None:\n            self._own = Client("http://tgi")\n        return self._own\n\n    def ask(self):\n        return self.{USE}\n',
        f'import pytest\n\n\n@pytest.fixture(scope="session")\ndef client():\n    return Client("http://tgi")\n\n\ndef test_it(client):\n    assert {USE}\n',
        f'import pytest\n\n\n@pytest.fixture\ndef client():\n    yield Client("http://tgi")\n\n\ndef test_it(client):\n    assert {USE}\n',
        f'shared = Client("http://tgi")\n\n\ndef ask(client=shared):\n    return {USE}\n',
        f'from contextlib import contextmanager\n\n\n@contextmanager\ndef made():\n    yield Client("http://tgi")\n\n\nwith made() as client:\n    print({USE})\n',
        f'from fastapi import Depends\n\n\ndef made():\n    return Client("http://tgi")\n\n\ndef ask(client=Depends(made)):\n    return {USE}\n',
        f'from typing import Annotated\nfrom fastapi import Depends\n\n\ndef made():\n    yield Client("http://tgi")\n\n\ndef ask(client: Annotated[Client, Depends(made)]):\n    return {USE}\n',
        f'from typing import Annotated\nfrom fastapi import Depends\n\n\ndef made():\n    return Client("http://tgi")\n\n\nLlm = Annotated[Client, Depends(made)]\n\n\ndef ask(client: Llm):\n    return {USE}\n',
    ],
    ids=[
        "property",
        "cached-property",
        "lazy",
        "fixture",
        "yielding-fixture",
        "default",
        "context-manager",
        "depends",
        "annotated",
        "alias",
    ],
)
def test_followed(text: str, moved: Callable[..., Any]) -> None:
    done = moved(HEAD + text)
    assert "generate" not in done.main
    assert 'client.completions.create(model="", prompt="x", max_tokens=20, temperature=0).choices[0].text' in done.main
    assert "text_generation" not in done.main


@pytest.mark.parametrize(
    "text",
    [
        f'import pytest\n\n\n@pytest.fixture\ndef client():\n    return Client("http://tgi")\n\n\ndef helper(client):\n    return {USE}\n',
        'from fastapi import Depends\n\n\ndef made():\n    return Client("http://tgi")\n\n\nregister(Depends(made))\n',
    ],
    ids=["no-test-asks", "handed-on"],
)
def test_not_seen(text: str, moved: Callable[..., Any]) -> None:
    done = moved(HEAD + text)
    assert done.main == HEAD + text
    assert done.says("manual")


def test_fixture_of_a_whole_folder(moved: Callable[..., Any]) -> None:
    text = (
        HEAD
        + f'import pytest\n\n\n@pytest.fixture\ndef client():\n    return Client("http://tgi")\n\n\ndef test_it(client):\n    assert {USE}\n'
    )
    done = moved({"tests/conftest.py": text})
    assert done.files["tests/conftest.py"] == text
    assert done.says("manual")
