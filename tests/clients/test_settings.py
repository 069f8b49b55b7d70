"""Addresses and model names that files outside of the programs hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

ASK = 'json={"inputs": "x", "parameters": {"max_new_tokens": 5}}).json()["generated_text"])\n'
YAML = "import yaml\n\nconfig = yaml.safe_load(open('app.yaml'))['llm']\n"
FIELDS = (
    "from pydantic_settings import BaseSettings\n\n\nclass S(BaseSettings):\n    url: str\n\n"
    "    class Config:\n        env_prefix = 'APP_'\n\n\ns = S()\n"
)


@pytest.mark.parametrize(
    ("files", "before", "url"),
    [
        ({".env": "URL=http://a:80/generate\n"}, "import os\n", 'os.environ["URL"]'),
        ({".env.example": "export URL='http://a:80/generate'\n"}, "import os\n", 'os.getenv("URL")'),
        ({"compose.yml": "environment:\n  - URL=${URL:-http://a/generate}\n"}, "import os\n", 'os.environ.get("URL")'),
        ({"d.yaml": "env:\n- name: URL\n  value: http://a/generate\n"}, "from os import environ\n", 'environ["URL"]'),
        ({"Dockerfile": "FROM x\nENV URL=http://a/generate\n"}, "from environs import env\n", 'env.str("URL")'),
        ({"app.yaml": "llm:\n  url: http://a:80/generate\n"}, YAML, 'config["url"]'),
        ({"c/app.json": '{"llm": {"url": "http://a/generate"}}'}, YAML.replace("yaml')", "json')"), 'config["url"]'),
        ({".env": "APP_URL=http://a/generate\n"}, FIELDS, "s.url"),
    ],
    ids=["env file", "export", "compose", "manifest", "image", "yaml", "json", "fields"],
)
def test_a_path_that_a_file_tells(files: Mapping[str, str], before: str, url: str, moved: Callable[..., Any]) -> None:
    done = moved({**files, "main.py": f"import requests\n{before}\nprint(requests.post({url}, {ASK}"})
    assert f'requests.post({url}.removesuffix("/generate") + "/v1/completions", json={{"prompt": "x"' in done.main
    assert {path: done.files[path] for path in files} == dict(files)
    assert "the address is set outside of this program" in done.says("review")


@pytest.mark.parametrize(
    "files",
    [
        {},
        {".env": "URL=https://api-inference.huggingface.co/models/a/generate\n"},
        {".env": "URL=http://vllm:8000/generate\n"},
        {".env": "URL=https://llm.example.com/generate\n"},
        {".env": "MY_URL=http://a/generate\n# URL=http://a/generate\nURL_2=http://a/generate\n"},
        {".env": "URL=http://a/generate\n", "prod.env": "URL=http://a/report\n"},
        {".env": "URL=$OTHER\n"},
    ],
    ids=["nothing", "hosted", "another engine", "another host", "other names", "two paths", "a variable"],
)
def test_addresses_that_tell_nothing(files: Mapping[str, str], moved: Callable[..., Any]) -> None:
    text = f'import os\nimport requests\n\nprint(requests.post(os.environ["URL"], {ASK}'
    assert moved({**files, "main.py": text}).main == text


def test_the_base_address_of_a_client(moved: Callable[..., Any]) -> None:
    text = f'import os\nimport httpx\n\nc = httpx.Client(base_url=os.environ["URL"])\nprint(c.post("/generate", {ASK}'
    assert '"/v1/completions"' in moved({"compose.yml": 'a: {URL: "http://llm:80"}\n', "main.py": text}).main


@pytest.mark.parametrize(
    ("files", "before", "model"),
    [
        ({".env": "MODEL=my-bot\n"}, "import os\n", 'os.environ["MODEL"]'),
        ({"compose.yaml": "environment:\n  MODEL: my-bot\n"}, "import os\n", 'os.getenv("MODEL", "tgi")'),
        (
            {"app.toml": '[llm]\nmodel = "my-bot"\n'},
            "import tomllib\n",
            'tomllib.load(open("app.toml"))["llm"]["model"]',
        ),
    ],
    ids=["env file", "compose", "toml"],
)
def test_a_model_name_that_a_file_tells(
    files: Mapping[str, str], before: str, model: str, moved: Callable[..., Any]
) -> None:
    text = (
        f"{before}from openai import OpenAI\n\nc = OpenAI(base_url='http://localhost:8080/v1')\n"
        f"c.chat.completions.create(model={model}, messages=[])\n"
    )
    launch = "text-generation-launcher --model-id a/b --port 8080\n"
    names = {one.name for one in moved({**files, "main.py": text, "run.sh": launch}).found.names}
    assert "my-bot" in names
