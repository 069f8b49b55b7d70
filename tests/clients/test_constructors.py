"""Constructors of client libraries: arguments, defaults that are written out, addresses, what wraps them."""

# ruff: noqa: E501, ISC004  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

TEXTGEN = "HuggingFaceTextGenInference"
DSPY = "import dspy\n\nPORT = 8080\nlm = dspy.{}\n"
LANGCHAIN = (
    "from langchain_community.llms import HuggingFaceTextGenInference\n\nllm = HuggingFaceTextGenInference({})\n"
)
DEFAULTS = 'timeout=120, api_key="EMPTY", model=""'


@pytest.mark.parametrize(
    ("call", "after"),
    [
        (
            'HFClientTGI(model="a/b", port=8080, url="http://tgi")',
            'LM(model="hosted_vllm/a/b", api_base="http://tgi:8080/v1", max_tokens=75',
        ),
        (
            'HFClientTGI("a/b", 8080)',
            'LM(model="hosted_vllm/a/b", api_base="http://localhost:8080/v1", max_tokens=75',
        ),
        (
            "HFClientTGI(model=name, port=PORT, url=host, max_tokens=9)",
            'LM(model="hosted_vllm/" + name, api_base=f"{host}:{PORT}/v1", max_tokens=9',
        ),
        (
            'HFClientTGI(model="m", url=host, port=80)',
            'LM(model="hosted_vllm/m", api_base=f"{host}:80/v1", max_tokens=75',
        ),
    ],
    ids=["literals", "positional", "port-by-name", "address-by-name"],
)
def test_address_and_port_are_joined(call: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(DSPY.format(call))
    assert f"dspy.{after}" in done.main
    assert 'api_key="EMPTY", model_type="text")' in done.main


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ('HFClientTGI(model="m", port=[80, 81], url="http://tgi")', "balanc"),
        ('HFClientTGI(model="m", port=ports(), url="http://tgi")', "balanc|put together"),
        ('HFClientTGI(model="m", port=80, url="http://tgi", batch=3)', "batch"),
    ],
    ids=["several-ports", "port-from-a-call", "unknown-argument"],
)
def test_left_to_a_person(call: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(DSPY.format(call))
    assert done.main == DSPY.format(call)
    assert any(one in done.says("manual") for one in reason.split("|"))


@pytest.mark.parametrize(
    ("arguments", "after"),
    [
        (
            'inference_server_url="http://tgi/"',
            f'base_url="http://tgi/v1", max_tokens=512, temperature=0.8, top_p=0.95, {DEFAULTS}',
        ),
        (
            'inference_server_url="http://tgi", top_k=5, truncate=100, seed=1',
            'base_url="http://tgi/v1", seed=1, max_tokens=512, temperature=0.8, top_p=0.95, timeout=120, '
            'extra_body={"top_k": 5, "truncate_prompt_tokens": 100, "truncation_side": "left"}, api_key="EMPTY", model=""',
        ),
        (
            'inference_server_url="http://tgi", stop_sequences=["a"], typical_p=None, watermark=False',
            'base_url="http://tgi/v1", max_tokens=512, temperature=0.8, top_p=0.95, timeout=120, model_kwargs={"stop": ["a"]}, api_key="EMPTY", model=""',
        ),
    ],
    ids=["defaults", "extra-fields", "stop-and-neutral"],
)
def test_langchain(arguments: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(LANGCHAIN.format(arguments)).main
    assert done == f"from langchain_openai import OpenAI\n\nllm = OpenAI({after})\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ('inference_server_url="http://tgi", watermark=True', "watermark"),
        ('inference_server_url="http://tgi", server_kwargs=k', "server_kwargs"),
        ('inference_server_url="http://tgi", strange=1', "strange"),
    ],
)
def test_langchain_left_to_a_person(arguments: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(LANGCHAIN.format(arguments))
    assert done.main == LANGCHAIN.format(arguments)
    assert reason in done.says("manual")


def test_typical_sampling_that_goes_is_told(moved: Callable[..., Any]) -> None:
    done = moved(LANGCHAIN.format('inference_server_url="http://tgi", typical_p=0.9'))
    assert "typical_p" not in done.main
    assert "typical" in done.says("review")


ENDPOINT = "from langchain_huggingface import ChatHuggingFace, HuggingFaceEndpoint\n\nllm = HuggingFaceEndpoint({})\n"


def test_endpoint_in_a_chat_class_stays_and_its_name_is_told(moved: Callable[..., Any]) -> None:
    text = ENDPOINT.format('endpoint_url="http://tgi"') + "chat = ChatHuggingFace(llm=llm)\n"
    done = moved(text)
    assert done.main == text
    assert [one.name for one in done.found.names] == ["dummy"]
    assert "served-model-name" in done.says("review")
    served = moved({"run.sh": "vllm serve m --served-model-name m dummy\n", "main.py": text})
    assert served.found.names == ()


@pytest.mark.parametrize("arguments", ['repo_id="a/b"', 'model="a/b"', ""], ids=["repository", "model", "nothing"])
def test_hosted_endpoint_is_left_alone(arguments: str, moved: Callable[..., Any]) -> None:
    done = moved(ENDPOINT.format(arguments))
    assert done.found.findings == ()


LITELLM = "import litellm\n\nlitellm.completion({})\n"


@pytest.mark.parametrize(
    ("arguments", "after"),
    [
        (
            'model="huggingface/a/b", api_base="http://tgi", messages=m',
            'model="hosted_vllm/a/b", api_base="http://tgi/v1", messages=m',
        ),
        (
            'model=f"huggingface/{name}", api_base="http://tgi/v1", messages=m',
            'model=f"hosted_vllm/{name}", api_base="http://tgi/v1", messages=m',
        ),
        ('model="huggingface/a/b", messages=m', 'model="huggingface/a/b", messages=m'),
        ('model="openai/a", api_base="http://tgi", messages=m', 'model="openai/a", api_base="http://tgi", messages=m'),
        ('api_base="http://tgi", messages=m', 'api_base="http://tgi", messages=m'),
    ],
    ids=["provider", "f-string", "hosted", "other-provider", "no-model"],
)
def test_litellm(arguments: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(LITELLM.format(arguments)).main == LITELLM.format(after)


@pytest.mark.parametrize(
    ("head", "model", "after_head", "after_model"),
    [
        ('M = "huggingface/a/b"\n', "M", 'M = "hosted_vllm/a/b"\n', "M"),
        (
            'M = "huggingface/a/b"\nprint(M)\n',
            "M",
            'M = "huggingface/a/b"\nprint(M)\n',
            'M.replace("huggingface/", "hosted_vllm/", 1)',
        ),
        (
            "import os\n",
            'os.getenv("M", "huggingface/a/b")',
            "import os\n",
            'os.getenv("M", "huggingface/a/b").replace("huggingface/", "hosted_vllm/", 1)',
        ),
    ],
    ids=["constant", "shared-constant", "default-of-a-variable"],
)
def test_litellm_name_from_elsewhere(
    head: str, model: str, after_head: str, after_model: str, moved: Callable[..., Any]
) -> None:
    call = 'import litellm\n\n{}litellm.completion(model={}, api_base="http://tgi{}", messages=m)\n'
    assert moved(call.format(head, model, "")).main == call.format(after_head, after_model, "/v1")


def test_litellm_keeps_stop_strings(moved: Callable[..., Any]) -> None:
    done = moved(LITELLM.format('model="huggingface/a/b", api_base="http://tgi", stop=s')).main
    assert 'stop=s, extra_body={"include_stop_str_in_output": True}' in done


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        (
            'from haystack.components.generators import HuggingFaceAPIGenerator\n\nHuggingFaceAPIGenerator(api_type="text_generation_inference", api_params={"url": "http://tgi"})\n',
            1,
        ),
        (
            'from haystack.components.generators import HuggingFaceAPIGenerator\n\nHuggingFaceAPIGenerator(api_type="serverless_inference_api")\n',
            0,
        ),
        (
            'from sagemaker.huggingface import get_huggingface_llm_image_uri\n\nget_huggingface_llm_image_uri("huggingface")\n',
            1,
        ),
    ],
    ids=["haystack", "haystack-hosted", "sagemaker"],
)
def test_reported_only(text: str, findings: int, moved: Callable[..., Any]) -> None:
    done = moved(text)
    assert done.main == text
    assert len(done.found.findings) == findings


def test_port_that_is_made_a_number(moved: Callable[..., Any]) -> None:
    head = 'import os\nimport dspy\n\nPORT = int(os.environ["PORT"])\n'
    done = moved(head + 'lm = dspy.HFClientTGI(model="m", port=PORT, url="http://tgi/")\n')
    assert 'api_base=f"http://tgi/:' not in done.main
    assert 'api_base=f"http://tgi:{PORT}/v1"' in done.main
