"""Which modules are parsed: those with a client, those that import them, those that they import."""

from __future__ import annotations

import pytest

from migrate.clients.python.code.neighbours import neighbours, tails

FILES = {
    "app/llm/client.py": b"import requests\nfrom ..config import URL\n",
    "app/config.py": b"URL = 1\n",
    "app/use.py": b"from app.llm.client import ask\n",
    "app/llm/beside.py": b"from . import client\n",
    "app/llm/also.py": b"import client as c, os\n",
    "other/client.py": b"x = 1\n",
    "other/main.py": b"from other.client import x\n",
    "other/deep/far.py": b"import client\n",
    "words.py": b"client = 1  # imports nothing\n",
    "src/tool.py": b"from (\n",
}


def test_neighbours() -> None:
    found = neighbours(["app/llm/client.py"], FILES, FILES.__getitem__)
    assert found == {"app/config.py", "app/use.py", "app/llm/beside.py", "app/llm/also.py"}


def test_nothing_hot_means_nothing_read() -> None:
    assert neighbours([], FILES, {}.__getitem__) == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"import a.b.c", {("b", "c")}),
        (b"import a as b, c.d", {("", "a"), ("c", "d")}),
        (b"from a.b import (\n    c,\n    d,\n)", {("a", "b"), ("b", "c"), ("b", "d")}),
        (b"    from .a import b  # c", {("", "a"), ("a", "b")}),
        (b"text = 'import x'", set()),
    ],
)
def test_tails(text: bytes, found: set[tuple[str, str]]) -> None:
    assert tails(text) == found
