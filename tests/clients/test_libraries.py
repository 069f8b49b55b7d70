"""Client libraries: objects, calls, results, imports."""

# ruff: noqa: E501, ISC004  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from migrate.triggers import Tier, tgi_tier

MADE = 'OpenAI(base_url="http://tgi/v1", timeout=10, api_key="EMPTY", max_retries=0)'


def program(call: str, read: str = ".generated_text") -> str:
    return f'from text_generation import Client\n\nclient = Client("http://tgi")\nprint(client.{call}{read})\n'


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ('generate("x")', 'create(model="", prompt="x", max_tokens=20, temperature=0)'),
        ('generate(prompt="x", max_new_tokens=5)', 'create(model="", prompt="x", max_tokens=5, temperature=0)'),
        ('generate("x", True, 50)', 'create(model="", prompt="x", max_tokens=50, temperature=1.0)'),
        (
            'generate("x", max_new_tokens=5, stop_sequences=["a"], top_k=3)',
            'create(model="", prompt="x", max_tokens=5, stop=["a"], temperature=1.0, '
            'extra_body={"top_k": 3, "include_stop_str_in_output": True})',
        ),
        (
            'generate("x", max_new_tokens=5, adapter_id="a")'.replace("adapter_id", "seed").replace('"a"', "1"),
            'create(model="", prompt="x", max_tokens=5, seed=1, temperature=0)',
        ),
    ],
    ids=["defaults", "keywords", "positional", "extra-fields", "seed"],
)
def test_call(call: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(program(call))
    assert f"client = {MADE}\n" in done.main
    assert f"print(client.completions.{after}.choices[0].text)" in done.main
    assert done.main.startswith("from openai import OpenAI\n")


@pytest.mark.parametrize(
    ("address", "after"),
    [
        ('"http://tgi"', '"http://tgi/v1"'),
        ('"http://tgi/"', '"http://tgi/v1"'),
        ('f"http://{h}:80"', 'f"http://{h}:80/v1"'),
        ("url", 'url.rstrip("/") + "/v1"'),
        ("url or other", '(url or other).rstrip("/") + "/v1"'),
    ],
)
def test_address(address: str, after: str, moved: Callable[..., Any]) -> None:
    text = program('generate("x")').replace('"http://tgi"', address)
    assert f"OpenAI(base_url={after}, timeout=10" in moved(text).main


SHARED = "from text_generation import Client\n\nclient = Client('http://tgi')\n"


@pytest.mark.parametrize(
    ("files", "path", "after"),
    [
        (
            {"llm.py": SHARED, "main.py": 'from llm import client\n\nprint(client.generate("x").generated_text)\n'},
            "main.py",
            ".choices[0].text",
        ),
        (
            {"llm.py": SHARED, "main.py": 'import llm\n\nprint(llm.client.generate("x").generated_text)\n'},
            "main.py",
            ".choices[0].text",
        ),
        (
            {
                "main.py": "import text_generation as tg\n\n\ndef run(c: tg.Client):\n    return c.generate('x').generated_text\n"
            },
            "main.py",
            "def run(c: OpenAI):",
        ),
    ],
    ids=["imported-object", "attribute-of-a-module", "annotated-parameter"],
)
def test_objects_are_followed(files: dict[str, str], path: str, after: str, moved: Callable[..., Any]) -> None:
    assert after in moved(files).files[path]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from text_generation import Client\n", "from openai import OpenAI\n"),
        ("import text_generation\n", "from openai import OpenAI\n"),
        (
            "from text_generation import Client, InferenceAPIClient\n",
            "from text_generation import InferenceAPIClient\nfrom openai import OpenAI\n",
        ),
    ],
    ids=["alone", "module", "with-others"],
)
def test_imports(before: str, after: str, moved: Callable[..., Any]) -> None:
    name = "text_generation.Client" if before.startswith("import") else "Client"
    tail = "\nprint(InferenceAPIClient)\n" if "API" in before else ""
    text = f'{before}\nprint({name}("http://tgi").generate("x").generated_text)\n{tail}'
    assert moved(text).main.startswith(after)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ('generate("x", watermark=True)', "watermark"),
        ('generate("x", **options())', "cannot be seen"),
        ("generate(*arguments)", "cannot be told apart"),
    ],
    ids=["no-counterpart", "open-keywords", "open-arguments"],
)
def test_left_to_a_person(call: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(program(call))
    assert done.main == program(call)
    assert reason in done.says("manual")


HUB = 'from huggingface_hub import InferenceClient\n\nclient = InferenceClient("http://tgi")\n'


def test_chat_stays_and_its_name_is_told(moved: Callable[..., Any]) -> None:
    text = HUB + 'print(client.chat_completion([{"role": "user", "content": "x"}]))\n'
    done = moved({"run.sh": "text-generation-launcher --model-id m\n", "main.py": text})
    assert done.main == text
    assert [(one.name, one.path) for one in done.found.names] == [("dummy", "main.py")]


def test_root_repeats_the_prompt(moved: Callable[..., Any]) -> None:
    done = moved(HUB + 'print(client.text_generation("x", max_new_tokens=5))\n')
    assert "echo=True" in done.main
    assert "return_full_text" in done.says("review")


def test_served_alias_needs_no_word(moved: Callable[..., Any]) -> None:
    text = 'from openai import OpenAI\n\nOpenAI(base_url="http://tgi/v1").chat.completions.create(model="tgi", messages=[])\n'
    assert "served-model-name" in moved(text).says("review")
    done = moved({"run.sh": "vllm serve m --served-model-name m tgi\n", "main.py": text})
    assert done.found.findings == ()


WRAPPED = """from langchain_huggingface import ChatHuggingFace, HuggingFaceEndpoint

llm = HuggingFaceEndpoint(endpoint_url="http://tgi")
chat = ChatHuggingFace(llm=llm)
"""


@pytest.mark.parametrize(
    ("use", "safety", "said"),
    [
        ("print(llm.invoke(p))", "manual", "used by itself too"),
        ("print(prompt | llm)", "manual", "used by itself too"),
        ("print(chat.with_structured_output(Place))", "review", "tool_call_parser"),
        ("print(chat.llm)", "review", "dummy"),
    ],
)
def test_wrapped_object(use: str, safety: str, said: str, moved: Callable[..., Any]) -> None:
    done = moved(WRAPPED + use + "\n")
    assert done.main == WRAPPED + use + "\n"
    assert said in done.says(safety)
    assert "dummy" in done.says("review")


@pytest.mark.parametrize(
    ("variable", "model", "told"),
    [
        ("HUGGINGFACE_API_BASE", "huggingface/acme/chat-7b", True),
        ("HUGGINGFACE_API_BASE", "gpt-4o", False),
        ("OPENAI_API_BASE", "huggingface/acme/chat-7b", False),
    ],
)
def test_address_in_a_variable(variable: str, model: str, told: bool, moved: Callable[..., Any]) -> None:
    text = (
        f'import os\nimport litellm\n\nos.environ["{variable}"] = "http://localhost:8080"\n'
        f'litellm.completion(model="{model}", messages=m)\n'
    )
    done = moved(text)
    assert done.main == text
    assert ("HOSTED_VLLM_API_BASE" in done.says("manual")) is told


def test_id_of_a_streamed_token(moved: Callable[..., Any]) -> None:
    head = 'from text_generation import Client\n\nfor event in Client("http://tgi").generate_stream("x"):\n'
    done = moved(head + "    print(event.token.id)\n")
    assert "print(event.choices[0].token_ids[0])" in done.main
    assert 'extra_body={"return_token_ids": True}' in done.main


def test_argument_that_is_none_needs_no_counterpart(moved: Callable[..., Any]) -> None:
    done = moved(
        'from text_generation import Client\n\nprint(Client("http://tgi", None, None, 20).generate("x").generated_text)\n'
    )
    assert 'OpenAI(base_url="http://tgi/v1", default_headers=None, timeout=20,' in done.main


@pytest.mark.parametrize("name", ["HuggingFaceInferenceAPI", "InferenceAPIClient", "InferenceEndpointsLLM"])
def test_class_names_make_a_file_worth_reading(name: str) -> None:
    assert tgi_tier(f"from x import {name}\n".encode()) is Tier.CLIENT


@pytest.mark.parametrize(
    ("target", "after"),
    [
        ('patch("app.llm.Client")', 'patch("app.llm.OpenAI")'),
        ("patch('llm.Client')", "patch('llm.OpenAI')"),
        ('patch("other.Client")', 'patch("other.Client")'),
        ('patch("app.llm.ask")', 'patch("app.llm.ask")'),
        ('patch("app.llm." "Client")', 'patch("app.llm." "Client")'),
    ],
)
def test_class_that_a_test_replaces(target: str, after: str, moved: Callable[..., Any]) -> None:
    files = {
        "app/__init__.py": "",
        "app/llm.py": program('generate("x")'),
        "test_llm.py": f"from unittest.mock import patch\n\nimport app.llm\n\nwith {target}:\n    app.llm.ask()\n",
    }
    assert f"with {after}:" in moved(files).files["test_llm.py"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"inputs": "x", "parameters": PARAMETERS}', True),
        ('json.dumps({"inputs": "x", "parameters": PARAMETERS}).encode()', True),
        ('{"inputs": "x", "parameters": OTHER}', False),
    ],
)
def test_body_that_is_put_together(body: str, told: bool, moved: Callable[..., Any]) -> None:
    text = (
        "import json\n\nimport boto3\n\n"
        'PARAMETERS = {"max_new_tokens": 9}\nOTHER = {"top": 1}\n'
        f'boto3.client("sagemaker-runtime").invoke_endpoint(EndpointName="llm", Body={body})\n'
    )
    done = moved(text)
    assert done.main == text
    assert ("max_tokens" in done.says("manual")) == told


@pytest.mark.parametrize(
    ("user", "written"),
    [
        ("from litellm import completion\nfrom config import LLM\n\ncompletion(messages=m, **LLM)\n", True),
        ("from config import LLM\n\nprint(LLM)\n", False),
    ],
    ids=["litellm", "another program"],
)
def test_settings_of_litellm_in_a_module_of_their_own(user: str, written: bool, moved: Callable[..., Any]) -> None:
    text = 'LLM = {{"model": "{}/acme/chat-7b", "api_base": "http://tgi{}"}}\n'
    done = moved({"config.py": text.format("huggingface", ""), "main.py": user})
    assert done.files["config.py"] == (text.format("hosted_vllm", "/v1") if written else text.format("huggingface", ""))


OPTIONS = 'OPTIONS = {"endpoint_url": "http://tgi", "max_new_tokens": 9, "temperature": 0.5, "typical_p": None}\n'
MAKES = "llm = HuggingFaceEndpoint(**{})\n"


@pytest.mark.parametrize(
    ("files", "written"),
    [
        ({"main.py": OPTIONS + MAKES.format("OPTIONS")}, True),
        ({"config.py": OPTIONS, "main.py": "from config import OPTIONS\n" + MAKES.format("OPTIONS")}, True),
        ({"config.py": OPTIONS, "main.py": "import config\n" + MAKES.format("config.OPTIONS")}, True),
        (
            {
                "config.py": OPTIONS,
                "main.py": "from config import OPTIONS\n" + MAKES.format("OPTIONS"),
                "other.py": 'import config\nprint(config.OPTIONS["endpoint_url"])\n',
            },
            False,
        ),
        ({"main.py": OPTIONS + MAKES.format("OPTIONS") + 'print(OPTIONS["endpoint_url"])\n'}, False),
    ],
    ids=["here", "imported", "of a module", "read in a third module", "read here"],
)
def test_an_address_among_arguments_in_a_dict(files: dict[str, str], written: bool, moved: Callable[..., Any]) -> None:
    files = files | {"main.py": "from langchain_huggingface import HuggingFaceEndpoint\n" + files["main.py"]}
    done = moved(files)
    assert ('"base_url": "http://tgi/v1"' in "".join(done.files.values())) is written
    assert (done.files == files) is not written
    assert ("**: this argument has no counterpart" in done.says("manual")) is not written


def test_hosted_arguments_in_a_dict_are_left_alone(moved: Callable[..., Any]) -> None:
    text = (
        "from langchain_huggingface import HuggingFaceEndpoint\n\n"
        'OPTIONS = {"repo_id": "acme/chat-7b", "max_new_tokens": 9}\nllm = HuggingFaceEndpoint(**OPTIONS)\n'
    )
    done = moved(text)
    assert done.main == text
    assert not done.found.findings
