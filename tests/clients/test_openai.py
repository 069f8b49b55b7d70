"""Programs on the OpenAI SDK: fields that TGI ignored or read otherwise, and the name that is sent."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = 'from openai import OpenAI\n\nclient = OpenAI(base_url="http://tgi/v1", api_key="-")\n'
CHAT = 'client.chat.completions.create(model="tgi", messages=m'
TEXT = 'client.completions.create(model="tgi", prompt=p'


def call(start: str, fields: str) -> str:
    return f"{HEAD}out = {start}{fields})\n"


@pytest.mark.parametrize(
    ("start", "fields", "after"),
    [
        (CHAT, ", n=4", ""),
        (CHAT, ', stop=["a"]', ', stop=["a"], extra_body={"include_stop_str_in_output": True}'),
        (CHAT, ", stop=None", ", stop=None"),
        (CHAT, ", extra_body={'top_k': 5, 'min_p': 0.1}", ""),
        (CHAT, ', extra_body={"top_k": 5, "chat_template_kwargs": k}', ', extra_body={"chat_template_kwargs": k}'),
        (
            CHAT,
            ", stop=s, extra_body={'top_k': 5}",
            ", stop=s, extra_body={'include_stop_str_in_output': True}",
        ),
        (
            CHAT,
            ', tools=t, tool_choice="weather"',
            ', tools=t, tool_choice={"type": "function", "function": {"name": "weather"}}',
        ),
        (CHAT, ', tools=t, tool_choice="auto"', ', tools=t, tool_choice="auto"'),
        (
            CHAT,
            ', response_format={"type": "json_object", "value": schema}',
            ', response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}',
        ),
        (CHAT, ', response_format={"type": "json_object"}', ', response_format={"type": "json_object"}'),
        (CHAT, ", response_format=form", ", response_format=form"),
        (TEXT, ", max_tokens=5, stop=s", ', max_tokens=5, stop=s, extra_body={"include_stop_str_in_output": True}'),
        (TEXT, ", **more", ", **more"),
        (CHAT, ", extra_body=more", ", extra_body=more"),
    ],
    ids=[
        "n-of-chat-was-ignored",
        "stop-text-was-kept",
        "no-stop",
        "ignored-fields-go",
        "others-stay",
        "ignored-go-and-stop-comes",
        "tool-by-name",
        "tool-auto",
        "schema-in-tgis-form",
        "json-mode",
        "format-from-elsewhere",
        "completions-stop",
        "limit-may-be-in-the-rest",
        "extra-body-from-elsewhere",
    ],
)
def test_fields(start: str, fields: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(call(start, fields)).main == call(start, after)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (", n=4", "obeys"),
        (", extra_body={'top_k': 5}", "top_k"),
        (", presence_penalty=0.5", "penalt"),
        (", frequency_penalty=x", "penalt"),
        (", tools=t", "pars"),
    ],
    ids=["n", "extra", "presence", "frequency", "tools"],
)
def test_what_a_person_must_know(fields: str, words: str, moved: Callable[..., Any]) -> None:
    assert words in moved(call(CHAT, fields)).says("review")


@pytest.mark.parametrize("fields", [", presence_penalty=0", ", frequency_penalty=0.0", ", temperature=0.2"])
def test_neutral_fields_are_not_spoken_of(fields: str, moved: Callable[..., Any]) -> None:
    text = 'from openai import OpenAI\n\nOpenAI(base_url="http://tgi/v1").chat.completions.create(model="tgi", messages=m)\n'
    assert moved(text.replace("=m", f"=m{fields}")).says("review") == moved(text).says("review")


def test_tools_need_a_parser(moved: Callable[..., Any]) -> None:
    assert moved(call(CHAT, ", tools=t")).found.needs == {"tool-call-parser"}
    assert moved(call(CHAT, "")).found.needs == frozenset()


def test_completions_need_a_limit(moved: Callable[..., Any]) -> None:
    done = moved(call(TEXT, ""))
    assert done.main == call(TEXT, "")
    assert "16 tokens" in done.says("manual")
    files = {"run.sh": "text-generation-launcher --model-id m --max-total-tokens 900\n", "main.py": call(TEXT, "")}
    assert moved(files).main == call(TEXT, ", max_tokens=900")


@pytest.mark.parametrize(
    ("test", "after"),
    [
        ('c.finish_reason == "stop_sequence"', "c.stop_reason is not None"),
        ('c.finish_reason != "stop_sequence"', "c.stop_reason is None"),
        ('c.finish_reason == "eos_token"', 'c.finish_reason == "stop" and c.stop_reason is None'),
        ('c.finish_reason != "eos_token"', 'c.finish_reason != "stop" or c.stop_reason is not None'),
        ('c.finish_reason == "length"', 'c.finish_reason == "length"'),
        ("c.finish_reason == other", "c.finish_reason == other"),
        ("c.finish_reason in known", "c.finish_reason in known"),
        ('"eos_token" == c.finish_reason', '"eos_token" == c.finish_reason'),
    ],
)
def test_reasons(test: str, after: str, moved: Callable[..., Any]) -> None:
    text = call(CHAT, "") + "c = out.choices[0]\nif {}:\n    print()\n"
    assert moved(text.format(test)).main == text.format(after)


LAUNCH = "text-generation-launcher --model-id m\n"


@pytest.mark.parametrize(
    "text",
    [
        'import openai\n\nopenai.api_base = "http://tgi/v1"\nopenai.ChatCompletion.create(model="tgi", messages=m)\n',
        'from langchain_openai import ChatOpenAI\n\nllm = ChatOpenAI(base_url="http://localhost:80/v1", model="tgi")\n',
        'from openai import OpenAI\n\nOpenAI().chat.completions.create(model="tgi", messages=m)\n',
        'import os\nfrom openai import OpenAI\n\nOpenAI().chat.completions.create(model=os.getenv("M", "tgi"), messages=m)\n',
    ],
    ids=["old-sdk", "langchain", "address-elsewhere", "default-of-a-variable"],
)
def test_names(text: str, moved: Callable[..., Any]) -> None:
    done = moved({"run.sh": LAUNCH, "main.py": text})
    assert done.main == text
    assert {one.name for one in done.found.names} == {"tgi"}
    assert "served-model-name" not in done.says("review")


@pytest.mark.parametrize(
    "text",
    [
        'OpenAI(base_url="https://api.openai.com/v1").chat.completions.create(model="tgi", messages=m)',
        'OpenAI().chat.completions.create(model="gpt-4o", messages=m)',
        "OpenAI().chat.completions.create(model=name, messages=m)",
        "OpenAI(*given).chat.completions.create(model='tgi', messages=m)",
        "OpenAI().chat.completions.create(*given, model='tgi')",
        "OpenAI().models.list()",
    ],
    ids=["other-company", "other-model", "name-unknown", "open-arguments", "open-call", "other-method"],
)
def test_left_alone(text: str, moved: Callable[..., Any]) -> None:
    done = moved(f"from openai import OpenAI\n\n{text}\n")
    assert done.found.findings == ()
    assert done.found.names == ()
