"""Loads the catalog's data files, one at a time and only when something asks for it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

NAMES = (
    "tgi-images",
    "tgi-metrics",
    "tgi-options",
    "tgi-routes",
    "tgi-variables",
    "vllm-architectures",
    "vllm-images",
    "vllm-metrics",
    "vllm-options",
    "vllm-routes",
    "vllm-values",
    "vllm-variables",
)


@cache
def folder() -> Path:
    """The folder of the data files: inside the installed package, or beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_rules" / "catalog"
    return inside if inside.is_dir() else package.parent / "rules" / "catalog"


@cache
def load(name: str) -> dict[str, Any]:
    """The data file `name` (without `.json`), parsed once. Callers must not change it.

    Raises FileNotFoundError for a name that is not in NAMES.
    """
    data: dict[str, Any] = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    return data
