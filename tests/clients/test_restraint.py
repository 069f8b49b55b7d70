"""Programs that look like clients of TGI and are none, or may be none: nothing is edited."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def post(url: str, body: str = '{"inputs": "x", "parameters": {"max_new_tokens": 5}}') -> str:
    return f'import requests\n\nprint(requests.post("{url}", json={body}).json()["generated_text"])\n'


QUIET = {
    "hosted-api": post("https://api-inference.huggingface.co/models/a/b"),
    "hosted-router": post("https://router.huggingface.co/generate"),
    "own-route": post("http://localhost:9000/generate", '{"prompt": "x"}'),
    "sglang": post("http://localhost:8080/generate", '{"text": "x", "sampling_params": {}}'),
    "ollama": post("http://localhost:8080/api/generate", '{"model": "tgi", "prompt": "x"}'),
    "triton": post("http://localhost:8080/v2/models/m/generate_stream", '{"text_input": "x"}'),
    "embeddings": post("http://localhost:8080/embed", '{"inputs": ["x"], "truncate": True}'),
    "fields of another root": post("http://localhost:8000/", '{"inputs": ["x"], "size": 64}'),
    "embeddings by name": post("http://tei/", '{"inputs": ["x"]}'),
    "embeddings' info": 'import requests\n\nB = "http://localhost:8080"\nprint(requests.get(B + "/info").json()["model_id"], requests.post(B + "/rerank", json={}))\n',
    "embeddings' tokens": 'import requests\n\ndef f(u, t):\n    requests.post(f"{u}/embed", json={"inputs": t})\n    return requests.post(f"{u}/tokenize", json={"inputs": t}).json()\n',
    "pipeline": 'from transformers import pipeline\n\nprint(pipeline("text-generation")("x")[0]["generated_text"])\n',
    "hub-provider": 'from huggingface_hub import InferenceClient\n\nprint(InferenceClient("a/b").text_generation("x"))\n',
    "hub-other-task": 'from huggingface_hub import InferenceClient\n\nInferenceClient("http://tgi").summarization("x")\n',
    "langchain-hosted": 'from langchain_huggingface import HuggingFaceEndpoint\n\nHuggingFaceEndpoint(repo_id="a/b")\n',
    "openai": 'from openai import OpenAI\n\nOpenAI().chat.completions.create(model="gpt-5", messages=[])\n',
    "litellm-hosted": 'from litellm import completion\n\ncompletion(model="huggingface/a/b", messages=[])\n',
    "words": '"""Once a text-generation-inference client: POST /generate with inputs."""\ntgid = 1\n',
    "name-taken-over": "def requests(): ...\n\n\nClient = None\n",
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET.keys())
def test_quiet(text: str, moved: Callable[..., Any]) -> None:
    done = moved(text)
    assert done.main == text
    assert done.found.findings == ()


ASKED = {
    "unknown-host": post("https://llm.internal.example/generate"),
    "lorax": post("http://localhost:8080/generate", '{"inputs": "x", "parameters": {"adapter_source": "local"}}'),
    "switch": post("http://tgi/generate") + 'ENGINES = ["tgi", "vllm"]\n',
}


@pytest.mark.parametrize("text", ASKED.values(), ids=ASKED.keys())
def test_asked(text: str, moved: Callable[..., Any]) -> None:
    done = moved(text)
    assert done.main == text
    assert {one.rule for one in done.found.findings} == {"client/check"}


def test_local_module_wins_over_the_library(moved: Callable[..., Any]) -> None:
    program = 'from text_generation import Client\n\nprint(Client("x").generate("y").generated_text)\n'
    done = moved({"text_generation.py": "class Client: ...\n", "main.py": program})
    assert done.main == program
    assert done.found.findings == ()


def test_own_route_of_the_repository_is_asked(moved: Callable[..., Any]) -> None:
    text = post("http://localhost:9000/generate")
    done = moved({"server.py": '@app.post("/generate")\ndef generate(): ...\n', "main.py": text})
    assert done.main == text
    assert done.says("manual")
