"""Pipelines of Haystack in YAML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PIPELINE = """components:
  llm:
    type: haystack.components.generators.{}
    init_parameters:
      api_type: {}
      api_params:
        url: http://localhost:8080
connections: []
"""


@pytest.mark.parametrize(
    ("kind", "service", "said"),
    [
        ("hugging_face_api.HuggingFaceAPIGenerator", "text_generation_inference", "raw prompt"),
        ("chat.hugging_face_api.HuggingFaceAPIChatGenerator", "text_generation_inference", "OpenAIChatGenerator"),
        ("hugging_face_api.HuggingFaceAPIGenerator", "serverless_inference_api", ""),
        ("chat.hugging_face_api.HuggingFaceAPIChatGenerator", "serverless_inference_api", ""),
        ("openai.OpenAIGenerator", "text_generation_inference", ""),
    ],
)
def test_components(kind: str, service: str, said: str, moved: Callable[..., Any]) -> None:
    text = PIPELINE.format(kind, service)
    done = moved({"pipeline.yaml": text})
    assert done.files["pipeline.yaml"] == text
    assert [one.path for one in done.found.findings] == ["pipeline.yaml"] * bool(said)
    assert said in done.says("manual")


@pytest.mark.parametrize(
    "text",
    [
        "init_parameters: [text_generation\n",
        "- type: haystack.components.generators.x\n  init_parameters: {}\n",
        "init_parameters: 1\n",
    ],
    ids=["broken", "a list", "no component"],
)
def test_other_files_are_left_alone(text: str, moved: Callable[..., Any]) -> None:
    assert moved({"a.yaml": text}).found.findings == ()
