"""A package that goes where the new one is there already, and one that stays beside the new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

GONE = 'from text_generation import Client\n\nprint(Client("http://tgi").generate("x").generated_text)\n'
STAYS = (
    'from text_generation import Client\n\nprint(Client("http://tgi").generate("x", watermark=True).generated_text)\n'
)
NEW = "openai>=1.50,<3"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("requirements.txt", "a\nopenai\ntext-generation\n", "a\nopenai\n"),
        (
            "pyproject.toml",
            'dependencies = ["openai", "text-generation>=0.6", "a"]\n',
            'dependencies = ["openai", "a"]\n',
        ),
        (
            "pyproject.toml",
            'dependencies = [\n  "openai",\n  "text-generation",\n  "a",\n]\n',
            'dependencies = [\n  "openai",\n  "a",\n]\n',
        ),
        ("Pipfile", '[packages]\nopenai = "*"\ntext-generation = "*"\n', '[packages]\nopenai = "*"\n'),
        ("setup.py", "setup(install_requires=['text-generation'])\n", f"setup(install_requires=['{NEW}'])\n"),
        ("requirements.txt", "text-generation\ntext-generation\n", f"{NEW}\n"),
    ],
    ids=["line", "list", "list-of-lines", "keyed", "setup", "named-twice"],
)
def test_gone(path: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({path: before, "main.py": GONE}).files[path] == after


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("requirements.txt", "text-generation==0.7\na\n", f"text-generation==0.7\n{NEW}\na\n"),
        ("requirements.txt", "text-generation", f"text-generation\n{NEW}"),
        ("environment.yml", "  - text-generation\n", f"  - text-generation\n  - {NEW}\n"),
        ("Pipfile", 'text-generation = "*"\n', 'text-generation = "*"\nopenai = ">=1.50,<3"\n'),
        ("requirements.txt", "text-generation\nopenai\n", "text-generation\nopenai\n"),
    ],
    ids=["line", "last-line", "list", "keyed", "there-already"],
)
def test_stays(path: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({path: before, "main.py": GONE, "other.py": STAYS}).files[path] == after
