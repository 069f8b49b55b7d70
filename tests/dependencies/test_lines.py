"""Lines of requirements, setup.cfg, tox.ini and install commands in every form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.dependencies.test_follow import GONE, NEW


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            "requirements.txt",
            "text-generation @ git+https://x/y.git#subdirectory=clients/python  # c\n",
            f"{NEW}  # c\n",
        ),
        ("requirements.txt", "-e git+https://x/y.git@v1#egg=text_generation&subdirectory=c\n", f"{NEW}\n"),
        ("constraints.txt", "a==1\ntext-generation==0.7.0\n", f"a==1\n{NEW}\n"),
        (
            "tox.ini",
            "[testenv]\ndeps =\n    pytest\n    text-generation\n",
            f"[testenv]\ndeps =\n    pytest\n    {NEW}\n",
        ),
        (
            "setup.cfg",
            "[options.extras_require]\nllm =\n    text-generation\n",
            f"[options.extras_require]\nllm =\n    {NEW}\n",
        ),
        ("setup.sh", "poetry add text-generation@^0.7 rich\n", f"poetry add '{NEW}' rich\n"),
        ("setup.sh", "conda install -y text-generation=0.7\n", f"conda install -y '{NEW}'\n"),
        ("run.sh", "uv run --with text-generation main.py\n", f"uv run --with '{NEW}' main.py\n"),
    ],
    ids=["direct", "egg", "constraints", "tox", "extras", "poetry", "conda", "uv run"],
)
def test_replaced(path: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({path: before, "main.py": GONE}).files[path] == after


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("setup.cfg", "[metadata]\nkeywords =\n    text-generation\n    llm\n"),
        ("tox.ini", "[testenv]\ncommands =\n    text-generation\n"),
        ("constraints.txt", "text-generation-x==1\nx @ git+https://a/text-generation#egg=x\n"),
    ],
    ids=["keywords", "commands", "other packages"],
)
def test_left_alone(path: str, text: str, moved: Callable[..., Any]) -> None:
    assert moved({path: text, "main.py": GONE}).files[path] == text


@pytest.mark.parametrize(
    ("path", "text", "command"),
    [
        ("requirements.lock", "text-generation==0.7.0\n", "rye lock"),
        ("conda-lock.yml", "- name: text-generation\n", "conda-lock"),
        ("pixi.lock", "- pypi: https://x/text_generation-0.7.0-py3.whl\n", "pixi lock"),
    ],
)
def test_locks(path: str, text: str, command: str, moved: Callable[..., Any]) -> None:
    done = moved({path: text, "main.py": GONE})
    assert done.files[path] == text
    assert f"run `{command}`" in done.says("review")
