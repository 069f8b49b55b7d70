"""pyproject.toml and Pipfile: lists of requirements, tables of packages, and what only looks like them."""

# ruff: noqa: ISC004  (files stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.dependencies.test_follow import GONE, NEW


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "[project]\ndependencies = [\"text-generation>=0.6; python_version < '3.13'\", 'a']\n",
            f"[project]\ndependencies = [\"{NEW}; python_version < '3.13'\", 'a']\n",
        ),
        (
            '[project]\ndependencies = ["text-generation"]\n[project.optional-dependencies]\nx = ["text-generation"]\n',
            f'[project]\ndependencies = ["{NEW}"]\n[project.optional-dependencies]\nx = ["{NEW}"]\n',
        ),
        (
            '[tool.poetry.dependencies]\ntext-generation = { version = "^0.7", optional = true }\n'
            '[tool.poetry.extras]\nllm = ["text-generation"]\n',
            '[tool.poetry.dependencies]\nopenai = { version = ">=1.50,<3", optional = true }\n'
            '[tool.poetry.extras]\nllm = ["openai"]\n',
        ),
        (
            '[tool.poetry.dependencies]\ntext-generation = {git = "https://x/y.git"}\n',
            '[tool.poetry.dependencies]\nopenai = ">=1.50,<3"\n',
        ),
        (
            '[tool.hatch.envs.default]\ndependencies = ["coverage", "text-generation"]\n',
            f'[tool.hatch.envs.default]\ndependencies = ["coverage", "{NEW}"]\n',
        ),
        (
            '[dependency-groups]\na = ["openai", "text-generation"]\nb = [\n    "text-generation",  # c\n    "x",\n]\n',
            f'[dependency-groups]\na = ["openai"]\nb = [\n    "{NEW}",  # c\n    "x",\n]\n',
        ),
    ],
    ids=["marker", "extra", "optional", "git", "environment", "groups"],
)
def test_replaced(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({"pyproject.toml": before, "main.py": GONE}).files["pyproject.toml"] == after


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nkeywords = ["text-generation", "llm"]\n',
        '[project]\nkeywords = [\n  "llm",\n  "text-generation",\n]\n',
        '[tool.poetry.scripts]\ntext-generation = "bot:main"\n',
        '[[tool.mypy.overrides]]\nmodule = ["text_generation"]\n',
        '[tool.ruff.lint.isort]\nknown-third-party = ["text_generation"]\n',
        '[project]\ndependencies = [\n  # "text-generation",\n]\n',
        '[project]\ndependencies = ["text-generation-server", "my-text-generation"]\n',
    ],
    ids=["keywords", "keywords in lines", "scripts", "mypy", "isort", "comment", "other packages"],
)
def test_left_alone(text: str, moved: Callable[..., Any]) -> None:
    done = moved({"pyproject.toml": text, "requirements.txt": "openai\n", "main.py": GONE})
    assert done.files["pyproject.toml"] == text
