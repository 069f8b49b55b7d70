"""Dependency files follow the programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PROGRAM = 'from text_generation import Client\n\nprint(Client("http://tgi").generate("x").generated_text)\n'
STAYS = (
    'from text_generation import Client\n\nprint(Client("http://tgi").generate("x", watermark=True).generated_text)\n'
)
NEW = "openai>=1.50,<3"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("requirements.txt", "text-generation==0.7.0  # client\nrich\n", f"{NEW}  # client\nrich\n"),
        ("requirements/base.txt", "rich\r\ntext_generation\r\n", f"rich\r\n{NEW}\r\n"),
        ("requirements/prod.in", "text-generation  # c\n", f"{NEW}  # c\n"),
        ("requirements-dev.txt", "openai==2.0\ntext-generation~=0.7\n", "openai==2.0\n"),
        (
            "pyproject.toml",
            '[project]\ndependencies = ["a", "text-generation>=0.6"]\n',
            f'[project]\ndependencies = ["a", "{NEW}"]\n',
        ),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\ntext-generation = "^0.6"\n',
            '[tool.poetry.dependencies]\nopenai = ">=1.50,<3"\n',
        ),
        ("Pipfile", '[packages]\ntext-generation = "*"\n', '[packages]\nopenai = ">=1.50,<3"\n'),
        (
            "setup.cfg",
            "[options]\ninstall_requires =\n    text-generation\n    a\n",
            f"[options]\ninstall_requires =\n    {NEW}\n    a\n",
        ),
        (
            "environment.yml",
            "dependencies:\n  - pip:\n    - text-generation==0.7\n",
            f"dependencies:\n  - pip:\n    - {NEW}\n",
        ),
    ],
    ids=["plain", "folder-crlf", "folder-in", "new-one-is-there", "project", "poetry", "pipfile", "setup-cfg", "conda"],
)
def test_replaced(path: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({path: before, "main.py": PROGRAM}).files[path] == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'dependencies = [\n  "text-generation>=0.6",\n  "a",\n]\n',
            f'dependencies = [\n  "text-generation>=0.6",\n  "{NEW}",\n  "a",\n]\n',
        ),
        ('dependencies = ["text-generation"]\n', f'dependencies = ["text-generation", "{NEW}"]\n'),
    ],
    ids=["lines", "one-line"],
)
def test_stays_beside_the_new_one(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved({"pyproject.toml": before, "main.py": PROGRAM, "other.py": STAYS})
    assert done.files["pyproject.toml"] == after


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("constraints.txt", "text-generation-server\n# text-generation\nmy-text-generation\n"),
        ("pyproject.toml", '[project]\nname = "text-generation"\n'),
        ("notes.txt", "text-generation==0.7\n"),
    ],
    ids=["other-packages", "own-name", "no-dependency-file"],
)
def test_left_alone(path: str, text: str, moved: Callable[..., Any]) -> None:
    assert moved({path: text, "main.py": PROGRAM}).files[path] == text


def test_nothing_written_nothing_changed(moved: Callable[..., Any]) -> None:
    text = "text-generation==0.7.0\n"
    assert moved({"requirements.txt": text, "main.py": STAYS}).files["requirements.txt"] == text
