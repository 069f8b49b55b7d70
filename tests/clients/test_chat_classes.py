"""Chat classes around the object of a client library."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "from langchain_huggingface import ChatHuggingFace, HuggingFaceEndpoint\n\n"
LAUNCH = "text-generation-launcher --model-id acme/chat-7b\n"
CHAT = "from langchain_openai import ChatOpenAI\n\n"
MADE = 'ChatOpenAI(base_url="http://tgi/v1", max_tokens=512, temperature=0.8, timeout=120, api_key="EMPTY", model="")'


def program(arguments: str = "", wrapper: str = "", use: str = "print(chat.invoke(m))") -> str:
    return f'{HEAD}llm = HuggingFaceEndpoint(endpoint_url="http://tgi"{arguments})\nchat = ChatHuggingFace(llm=llm{wrapper})\n{use}\n'


def test_with_a_launch_both_stay_and_their_name_is_served(moved: Callable[..., Any]) -> None:
    done = moved({"run.sh": LAUNCH, "main.py": program()})
    assert done.main == program()
    assert [one.name for one in done.found.names] == ["dummy"]
    served = moved({"run.sh": "vllm serve m --served-model-name m dummy\n", "main.py": program()})
    assert served.found.names == ()
    assert served.main == program()


@pytest.mark.parametrize(
    ("arguments", "wrapper"),
    [
        ("", ""),
        ("", ', model_id="acme/chat-7b", verbose=True'),
        (", top_p=0.9, top_k=5, typical_p=0.9, repetition_penalty=1.1, do_sample=True, seed=1", ""),
    ],
    ids=["plain", "said-again", "never-sent"],
)
def test_without_one_they_become_one_class(arguments: str, wrapper: str, moved: Callable[..., Any]) -> None:
    done = moved(program(arguments, wrapper))
    assert done.main == f"{CHAT}llm = {MADE}\nchat = llm\nprint(chat.invoke(m))\n"
    assert not done.says("manual") + done.says("review")


def test_made_in_place(moved: Callable[..., Any]) -> None:
    text = f'{HEAD}def make() -> ChatHuggingFace:\n    return ChatHuggingFace(llm=HuggingFaceEndpoint(endpoint_url="http://tgi"))\n'
    assert moved(text).main == f"{CHAT}def make() -> ChatOpenAI:\n    return {MADE}\n"


@pytest.mark.parametrize(
    ("arguments", "wrapper", "use", "said"),
    [
        ("", ", temperature=0.2", "chat.invoke(m)", "dummy"),
        ("", "", "chat.bind_tools([f])", "tool_call_parser"),
        ("", "", "print(chat.llm)", "dummy"),
        (', stop_sequences=["a"]', "", "chat.invoke(m)", "vLLM cuts it"),
        (", strange=1", "", "chat.invoke(m)", "dummy"),
        ("", ", **more", "chat.invoke(m)", "dummy"),
        (", **more", "", "chat.invoke(m)", "dummy"),
    ],
    ids=["own-setting", "tools", "inner-object", "stop", "unknown", "open-wrapper", "open-object"],
)
def test_what_the_new_class_would_change_stays(
    arguments: str, wrapper: str, use: str, said: str, moved: Callable[..., Any]
) -> None:
    text = program(arguments, wrapper, use)
    done = moved(text)
    assert done.main == text
    assert said in done.says("review")


@pytest.mark.parametrize(
    ("home", "inner"),
    [
        ("langchain_community.chat_models.huggingface", 'HuggingFaceEndpoint(endpoint_url="http://tgi")'),
        ("langchain_huggingface", 'HuggingFaceTextGenInference(inference_server_url="http://tgi")'),
    ],
)
def test_chat_class_that_takes_no_successor(home: str, inner: str, moved: Callable[..., Any]) -> None:
    name = inner.split("(", maxsplit=1)[0]
    text = f"from {home} import ChatHuggingFace\nfrom langchain_community.llms import {name}\n\nllm = {inner}\nchat = ChatHuggingFace(llm=llm)\n"
    done = moved(text)
    assert done.main == text
    assert "ChatOpenAI" in done.says("manual")


def test_hosted_is_left_alone(moved: Callable[..., Any]) -> None:
    text = f'{HEAD}chat = ChatHuggingFace(llm=HuggingFaceEndpoint(repo_id="acme/chat-7b"))\n'
    done = moved(text)
    assert done.main == text
    assert done.found.findings == ()
