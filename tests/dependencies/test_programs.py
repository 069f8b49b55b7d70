"""setup.py, calls that install packages, and a script's own list."""

# ruff: noqa: E501  (files stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.dependencies.test_follow import GONE, NEW


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            "setup.py",
            "REQUIRES = [\n    'a',\n    'text-generation >= 0.6',  # b\n]\n",
            f"REQUIRES = [\n    'a',\n    '{NEW}',  # b\n]\n",
        ),
        (
            "setup.py",
            'setup(extras_require={"text-generation": ["ü", "text-generation"]}, keywords="text-generation")\n',
            f'setup(extras_require={{"text-generation": ["ü", "{NEW}"]}}, keywords="text-generation")\n',
        ),
        ("noxfile.py", 'session.install("a", "text-generation")\n', f'session.install("a", "{NEW}")\n'),
        (
            "app.py",
            'image = (\n    Image.debian_slim()\n    .pip_install(\n        "a[b]",  # c\n        "text-generation==0.7",\n    )\n)\n',
            f'image = (\n    Image.debian_slim()\n    .pip_install(\n        "a[b]",  # c\n        "{NEW}",\n    )\n)\n',
        ),
        (
            "build.py",
            'run([sys.executable, "-m", "pip", "install", "-q", "text-generation"])\n',
            f'run([sys.executable, "-m", "pip", "install", "-q", "{NEW}"])\n',
        ),
        (
            "Dockerfile",
            'FROM a\nRUN ["pip", "install", "text-generation==0.7.0", "flask"]\n',
            f'FROM a\nRUN ["pip", "install", "{NEW}", "flask"]\n',
        ),
        (
            "ask.py",
            '# /// script\n# dependencies = [\n#   "a[b]",\n#   "text-generation",\n# ]\n# ///\n',
            f'# /// script\n# dependencies = [\n#   "a[b]",\n#   "{NEW}",\n# ]\n# ///\n',
        ),
        (
            "ask.py",
            '# /// script\n# dependencies = [\n#   "openai",\n#   "text-generation",\n# ]\n# ///\n',
            '# /// script\n# dependencies = [\n#   "openai",\n# ]\n# ///\n',
        ),
    ],
    ids=["setup", "setup extras", "nox", "modal", "subprocess", "exec form", "script", "script has it"],
)
def test_replaced(path: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({path: before, "main.py": GONE}).files[path] == after


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("setup.py", 'setup(name="text-generation", packages=["text_generation"], keywords=["text-generation"])\n'),
        ("setup.py", 'print "text-generation"\n'),
        ("noxfile.py", 'session.run("pytest", "text-generation")\n'),
        ("app.py", 'install("text-generation")\nTASKS = ["text-generation"]\n'),
        ("ask.py", '# dependencies = ["text-generation"]\n'),
    ],
    ids=["own names", "python 2", "another call", "task", "comment"],
)
def test_left_alone(path: str, text: str, moved: Callable[..., Any]) -> None:
    assert moved({path: text, "main.py": GONE}).files[path] == text
