"""A new import among sorted ones."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

OLD = "from text_generation import Client\n"
NEW = "from openai import OpenAI\n"
USE = "\nprint(Client('http://tgi').generate('x').generated_text)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"import sys\nfrom pydantic import BaseModel\n{OLD}", f"import sys\n{NEW}from pydantic import BaseModel\n"),
        (f"from pydantic import BaseModel\n{OLD}", f"{NEW}from pydantic import BaseModel\n"),
        (f"from a import b\n{OLD}from tqdm import tqdm\n", f"from a import b\n{NEW}from tqdm import tqdm\n"),
        (f"{OLD}from pydantic import BaseModel\n", f"{NEW}from pydantic import BaseModel\n"),
        (f"import sys\n\nfrom z import y\n\n{OLD}", f"import sys\n\nfrom z import y\n\n{NEW}"),
        (
            "from pydantic import BaseModel\nfrom text_generation import Client  # TGI\n",
            "from pydantic import BaseModel\nfrom openai import OpenAI  # TGI\n",
        ),
        (
            "from pydantic import BaseModel  # models\nfrom text_generation import Client, Other\n",
            f"{NEW}from pydantic import BaseModel  # models\nfrom text_generation import Other\n",
        ),
        (
            f"from httpx import get  # first\nfrom pydantic import BaseModel\n{OLD}",
            f"from httpx import get  # first\nfrom pydantic import BaseModel\n{NEW}",
        ),
        (
            "from pydantic import BaseModel\nfrom text_generation import AsyncClient\nfrom text_generation import Client\n",
            "from openai import AsyncOpenAI, OpenAI\nfrom pydantic import BaseModel\n",
        ),
    ],
    ids=[
        "moved",
        "to the front",
        "fits",
        "in no order",
        "alone",
        "own comment",
        "name stays",
        "comment before",
        "two go",
    ],
)
def test_place(before: str, after: str, moved: Callable[..., Any]) -> None:
    use = USE + ("Other()\n" if "Other" in before else "")
    use += "async def f():\n    return (await AsyncClient('http://tgi').generate('x')).generated_text\n" * (
        "Async" in before
    )
    assert moved(before + use).main.startswith(after)


@pytest.mark.parametrize(
    ("cell", "after"),
    [
        (f"from pydantic import BaseModel\n{OLD}", f"{NEW}from pydantic import BaseModel\n"),
        (f"import sys\n{OLD}", f"import sys\n{NEW}"),
        (OLD, NEW),
    ],
)
def test_cells_of_a_notebook_stay_apart(cell: str, after: str, moved: Callable[..., Any]) -> None:
    cells = [cell.rstrip("\n"), "from zlib import crc32\nfrom abc import ABC", USE.strip()]
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": one.splitlines(True)}
        for one in cells
    ]
    text = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    done = json.loads(moved({"a.ipynb": text}).files["a.ipynb"])
    assert ["".join(one["source"]) for one in done["cells"][:2]] == [after.rstrip("\n"), cells[1]]


def test_import_that_goes_from_the_end_of_a_cell(moved: Callable[..., Any]) -> None:
    cells = [f"from openai import OpenAI\n{OLD}".rstrip("\n"), f"OpenAI()\n{USE.strip()}"]
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": one.splitlines(True)}
        for one in cells
    ]
    text = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    done = json.loads(moved({"a.ipynb": text}).files["a.ipynb"])
    assert "".join(done["cells"][0]["source"]) == "from openai import OpenAI"
    assert len(done["cells"]) == 2
