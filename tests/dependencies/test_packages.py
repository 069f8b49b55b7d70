"""package.json follows rewritten scripts."""

# ruff: noqa: E501  (files stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PROGRAM = """import { InferenceClient } from "@huggingface/inference";

const hf = new InferenceClient(key).endpoint("http://tgi");
show((await hf.textGeneration({ inputs: q, parameters: { max_new_tokens: 5 } })).generated_text);
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '{\n  "dependencies": {\n    "@huggingface/inference": "^4.0.0",\n    "axios": "1"\n  }\n}\n',
            '{\n  "dependencies": {\n    "@huggingface/inference": "^4.0.0",\n    "openai": "^6",\n    "axios": "1"\n  }\n}\n',
        ),
        (
            '{"dependencies": {"@huggingface/inference": "^4.0.0"}}\n',
            '{"dependencies": {"@huggingface/inference": "^4.0.0", "openai": "^6"}}\n',
        ),
    ],
    ids=["lines", "one line"],
)
def test_the_new_package_comes(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved({"package.json": before, "a.mjs": PROGRAM})
    assert done.files["package.json"] == after
    assert len({one.group for one in done.found.findings if one.edits}) == 1


@pytest.mark.parametrize(
    ("package", "program"),
    [
        ('{"dependencies": {"@huggingface/inference": "^4", "openai": "^5"}}\n', PROGRAM),
        ('{"dependencies": {"axios": "1"}}\n', PROGRAM),
        ('{"dependencies": {"@huggingface/inference": "^4"}}\n', PROGRAM.replace('.endpoint("http://tgi")', "")),
    ],
    ids=["there already", "another package", "hosted"],
)
def test_left_alone(package: str, program: str, moved: Callable[..., Any]) -> None:
    assert moved({"package.json": package, "a.mjs": program}).files["package.json"] == package
