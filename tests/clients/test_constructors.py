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
        (
            'HFClientTGI(model="m", url=f"http://{host}/", port=PORT)',
            'LM(model="hosted_vllm/m", api_base=f"http://{host}:{PORT}/v1", max_tokens=75',
        ),
        (
            'HFClientTGI(model="m", url="http://" + host, port=80)',
            'LM(model="hosted_vllm/m", api_base=("http://" + host).rstrip("/") + ":80/v1", max_tokens=75',
        ),
        (
            'HFClientTGI(model="m", url="http://tgi", port=int(env["PORT"]))',
            'LM(model="hosted_vllm/m", api_base="http://tgi:" + str(int(env["PORT"])) + "/v1", max_tokens=75',
        ),
        (
            'HFClientTGI(model="m", url=env["URL"], port=int(env["PORT"]))',
            'LM(model="hosted_vllm/m", api_base=env["URL"].rstrip("/") + ":" + str(int(env["PORT"])) + "/v1", max_tokens=75',
        ),
    ],
    ids=["literals", "positional", "port-by-name", "address-by-name", "f-string", "sum", "port-made", "both-made"],
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
        ('"huggingface/a/b", m, api_base="http://tgi"', '"hosted_vllm/a/b", m, api_base="http://tgi/v1"'),
        (
            'model="a/b", custom_llm_provider="huggingface", api_base="http://tgi", messages=m',
            'model="a/b", custom_llm_provider="hosted_vllm", api_base="http://tgi/v1", messages=m',
        ),
        (
            'model="a/b", custom_llm_provider="openai", api_base="http://tgi", messages=m',
            'model="a/b", custom_llm_provider="openai", api_base="http://tgi", messages=m',
        ),
    ],
    ids=["provider", "f-string", "hosted", "other-provider", "no-model", "positional", "apart", "apart-other"],
)
def test_litellm(arguments: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(LITELLM.format(arguments)).main == LITELLM.format(after)


ASKED = 'litellm.completion(model=M, api_base="http://tgi", messages=m)\n'


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            f'M = "huggingface/a/b"\n{ASKED}{ASKED}',
            'M = "hosted_vllm/a/b"\n' + ASKED.replace("tgi", "tgi/v1") * 2,
        ),
        (
            f'M = "huggingface/a/b"\nprint(M)\n{ASKED}',
            'M = "huggingface/a/b"\nprint(M)\nlitellm.completion(model=M.replace("huggingface/", "hosted_vllm/", 1), '
            'api_base="http://tgi/v1", messages=m)\n',
        ),
        (
            f'M = "huggingface/a/b"\n{ASKED}litellm.completion(model=M, messages=m)\n',
            'M = "huggingface/a/b"\nlitellm.completion(model=M.replace("huggingface/", "hosted_vllm/", 1), '
            'api_base="http://tgi/v1", messages=m)\nlitellm.completion(model=M, messages=m)\n',
        ),
        (
            f'M = os.environ.get("M", "huggingface/a")\n{ASKED}',
            'M = os.environ.get("M", "huggingface/a")\nlitellm.completion(model=M.replace("huggingface/", "hosted_vllm/", 1), '
            'api_base="http://tgi/v1", messages=m)\n',
        ),
    ],
    ids=["a constant of these calls", "shown elsewhere", "a hosted call reads it too", "environment"],
)
def test_litellm_name_from_elsewhere(text: str, after: str, moved: Callable[..., Any]) -> None:
    head = "import os\nimport litellm\n\n"
    assert moved(head + text).main == head + after


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


@pytest.mark.parametrize(
    ("port", "made"),
    [
        ("args.port", True),
        ("args.ports", False),
        ("port", True),
        ("ports", False),
    ],
)
def test_port_that_is_said_to_be_a_number(port: str, made: bool, moved: Callable[..., Any]) -> None:
    text = (
        "import argparse\n\nimport dspy\n\nparser = argparse.ArgumentParser()\n"
        'parser.add_argument("--port", type=int)\nparser.add_argument("--ports", nargs="+")\nargs = parser.parse_args()\n\n\n'
        f'def make(port: int, ports):\n    return dspy.HFClientTGI(model="m", port={port}, url="http://tgi")\n'
    )
    done = moved(text)
    assert (f'f"http://tgi:{{{port}}}/v1"' in done.main) == made
    assert ("balancing" in done.says("manual")) != made


SMOL = "import os\n\nfrom smolagents import InferenceClientModel\n\nURL = 'http://tgi'\n\n\ndef make(key: str | None, plain: str):\n    return InferenceClientModel(URL, token={})\n"


@pytest.mark.parametrize(
    ("token", "after"),
    [
        ('os.environ.get("T")', 'os.environ.get("T") or "EMPTY"'),
        ('os.getenv("T", None)', 'os.getenv("T", None) or "EMPTY"'),
        ('os.getenv("T", "x")', 'os.getenv("T", "x")'),
        ('os.environ["T"]', 'os.environ["T"]'),
        ("key", 'key or "EMPTY"'),
        ("plain", "plain"),
        ("None if plain else key", '(None if plain else key) or "EMPTY"'),
        ("None", '"EMPTY"'),
    ],
)
def test_key_that_may_be_absent(token: str, after: str, moved: Callable[..., Any]) -> None:
    assert f"api_key={after}" in moved(SMOL.format(token)).main


CHAT = "from haystack.components.generators.chat import HuggingFaceAPIChatGenerator as Chat\n\n{}\n"


def test_dict_of_arguments_behind_a_name(moved: Callable[..., Any]) -> None:
    text = (
        'PARAMS = {"url": "http://tgi"}\nprint(PARAMS)\nChat(api_type="text_generation_inference", api_params=PARAMS)'
    )
    after = moved(CHAT.format(text)).main
    assert 'PARAMS = {"url": "http://tgi"}\nprint(PARAMS)\n' in after
    assert 'OpenAIChatGenerator(api_base_url=PARAMS["url"].rstrip("/") + "/v1"' in after


@pytest.mark.parametrize(("also", "written"), [("", True), ("print(KW)", False), ('KW["seed"] = 1', False)])
def test_keys_of_a_dict_behind_a_name(also: str, written: bool, moved: Callable[..., Any]) -> None:
    made = 'Chat(api_type="text_generation_inference", api_params={"url": "http://tgi"}, generation_kwargs=KW)'
    done = moved(CHAT.format(f'KW = {{"top_p": 0.5}}\n{made}\n{also}'))
    assert ('KW = {"top_p": 0.5, "max_tokens": 512}' in done.main) == written
    assert ("cannot be seen" in done.says("manual")) != written


TOKEN = "import os\n\nfrom langchain_huggingface import HuggingFaceEndpoint\n\n{}\nllm = HuggingFaceEndpoint(endpoint_url='http://tgi'{})\n"


@pytest.mark.parametrize(
    ("use", "argument", "after"),
    [
        ('os.environ["HF_TOKEN"] = ask()', "", 'os.environ.get("HF_TOKEN", "EMPTY")'),
        (
            'print(os.environ["HF_TOKEN"], os.environ["HUGGINGFACEHUB_API_TOKEN"])',
            "",
            'os.environ.get("HUGGINGFACEHUB_API_TOKEN", "EMPTY")',
        ),
        ('os.environ["HF_TOKEN"] = ask()', ', huggingfacehub_api_token="t"', '"t"'),
        ('os.environ["OTHER_TOKEN"] = ask()', "", '"EMPTY"'),
    ],
)
def test_key_of_a_variable_that_the_class_looks_in(
    use: str, argument: str, after: str, moved: Callable[..., Any]
) -> None:
    assert f"api_key={after}" in moved(TOKEN.format(use, argument)).main


def test_variable_needs_its_import(moved: Callable[..., Any]) -> None:
    head = "from langchain_huggingface import HuggingFaceEndpoint\n\n"
    done = moved(head + 'NEEDS = ["HF_TOKEN"]\nllm = HuggingFaceEndpoint(endpoint_url="http://tgi")\n').main
    assert done.startswith("import os\nfrom langchain_openai import OpenAI\n")


TABLE = "from functools import partial\n\nfrom langchain_community.llms import HuggingFaceTextGenInference\nfrom langchain_huggingface import HuggingFaceEndpoint\n\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('LLMS = {"tgi": HuggingFaceTextGenInference}', True),
        ("register(HuggingFaceTextGenInference)", True),
        ('make = partial(HuggingFaceEndpoint, endpoint_url="http://tgi")', True),
        ('make = partial(HuggingFaceEndpoint, repo_id="a/b")', False),
        ("def f(x: HuggingFaceTextGenInference) -> None: ...", False),
        ("print(isinstance(x, HuggingFaceTextGenInference))", False),
        ("x = cast(HuggingFaceTextGenInference, y)", False),
    ],
)
def test_class_that_is_handed_on(text: str, told: bool, moved: Callable[..., Any]) -> None:
    done = moved(TABLE + text + "\n")
    assert done.main == TABLE + text + "\n"
    assert ("handed on" in done.says("manual")) == told


def test_optional_setting_of_another_module(moved: Callable[..., Any]) -> None:
    files = {
        "settings.py": "class Settings:\n    url: str = 'http://tgi'\n    token: str | None = None\n\n\nsettings = Settings()\n",
        "main.py": "from settings import settings\nfrom smolagents import InferenceClientModel\n\n"
        "InferenceClientModel(settings.url, token=settings.token)\n",
    }
    assert 'api_key=settings.token or "EMPTY"' in moved(files).main
