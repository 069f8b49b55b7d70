"""What programs do with an object whose successor has the same methods."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "from langchain_huggingface import HuggingFaceEndpoint\n\n"
MADE = 'llm = HuggingFaceEndpoint(endpoint_url="http://tgi", typical_p=None{})\n'


def program(use: str, arguments: str = "") -> str:
    return f"{HEAD}{MADE.format(arguments and ', ' + arguments)}{use}\n"


@pytest.mark.parametrize(
    ("use", "after"),
    [
        ('llm.invoke("x", max_new_tokens=5)', 'llm.invoke("x", max_tokens=5)'),
        ('llm("x", max_new_tokens=5, config=c)', 'llm("x", max_tokens=5, config=c)'),
        ('llm.bind(max_new_tokens=5, stop=["a"])', 'llm.bind(max_tokens=5, stop=["a"])'),
        ('llm.batch(xs, stop_sequences=["a"])', 'llm.batch(xs, stop=["a"])'),
        ('llm.invoke("x", top_k=5)', 'llm.invoke("x", extra_body={"top_k": 5})'),
        ('llm.invoke("x", do_sample=True)', 'llm.invoke("x")'),
        ('llm.invoke("x", temperature=0.2)', 'llm.invoke("x", temperature=0.2)'),
        ("print(llm.max_new_tokens, llm.timeout)", "print(llm.max_tokens, llm.request_timeout)"),
        ("llm.max_new_tokens = 5", "llm.max_tokens = 5"),
        ("print(llm.temperature)", "print(llm.temperature)"),
        ('llm.with_retry().invoke("x")', 'llm.with_retry().invoke("x")'),
        ("chain = prompt | llm | parser", "chain = prompt | llm | parser"),
    ],
)
def test_use(use: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(program(use)).main.splitlines()[-1] == after


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        ('llm.client.text_generation("x")', "client"),
        ("print(llm.endpoint_url)", "endpoint_url"),
        ('llm.invoke("x", watermark=True)', "watermark"),
        ('llm.invoke("x", server_kwargs={})', "server_kwargs"),
    ],
)
def test_left_to_a_person(use: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(program(use))
    assert done.main == program(use)
    assert reason in done.says("manual")


@pytest.mark.parametrize(
    ("arguments", "use", "after"),
    [
        ("top_k=9, repetition_penalty=1.1", 'llm.invoke("x", top_k=5)', '{"top_k": 5, "repetition_penalty": 1.1}'),
        ('stop_sequences=["a"]', 'llm.invoke("x", stop=["b"])', 'stop=["a", "b"])'),
        ('stop_sequences=["a"]', 'llm.invoke("x", stop=more)', 'stop=["a", *more])'),
        ("stop_sequences=[]", 'llm.invoke("x", stop=more)', "stop=more)"),
    ],
)
def test_call_over_the_object(arguments: str, use: str, after: str, moved: Callable[..., Any]) -> None:
    assert after in moved(program(use, arguments)).main.splitlines()[-1]


def test_call_over_an_object_that_cannot_be_read(moved: Callable[..., Any]) -> None:
    told = moved(program('llm.invoke("x", stop=["b"])', "stop_sequences=STOPS"))
    assert 'llm.invoke("x", stop=["b"])' in told.main
    assert "joined" in told.says("review")
    left = moved(program('llm.invoke("x", top_k=5)', "repetition_penalty=penalty()"))
    assert left.main == program('llm.invoke("x", top_k=5)', "repetition_penalty=penalty()")
    assert "takes the place" in left.says("manual")


@pytest.mark.parametrize(
    ("arguments", "temperature"),
    [
        ("temperature=1.0, top_p=None", "0"),
        ("temperature=None, top_p=None", "0"),
        ("temperature=None", "1.0"),
        ("temperature=1.0", "1.0"),
        ("temperature=1.0, top_p=None, top_k=5", "1.0"),
        ("temperature=1.0, top_p=None, do_sample=True", "1.0"),
        ("temperature=0.4, top_p=None", "0.4"),
    ],
)
def test_temperature(arguments: str, temperature: str, moved: Callable[..., Any]) -> None:
    assert f"temperature={temperature}," in moved(program('llm.invoke("x")', arguments)).main


def test_none_is_no_argument_for_the_older_class(moved: Callable[..., Any]) -> None:
    text = "from langchain_community.llms import HuggingFaceTextGenInference\n\nllm = HuggingFaceTextGenInference(inference_server_url='http://tgi', temperature=None, top_p=None, typical_p=None)\n"
    done = moved(text)
    assert "temperature=0.8, top_p=0.95" in done.main
    assert "typical" in done.says("review")


@pytest.mark.parametrize(
    ("test", "after"),
    [
        ("isinstance(x, HuggingFaceEndpoint)", "isinstance(x, (HuggingFaceEndpoint, OpenAI))"),
        ("isinstance(x, (str, HuggingFaceEndpoint))", "isinstance(x, (str, HuggingFaceEndpoint, OpenAI))"),
        ("isinstance(x, str)", "isinstance(x, str)"),
    ],
)
def test_class_that_is_tested_for(test: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(program(f"print({test})")).main
    assert done.endswith(f"print({after})\n")
    assert ("import HuggingFaceEndpoint" in done) == ("HuggingFaceEndpoint" in test)


def test_class_that_goes_is_tested_for_no_more(moved: Callable[..., Any]) -> None:
    head = "from llama_index.llms.text_generation_inference import TextGenerationInference\n\n"
    made = 'llm = TextGenerationInference(model_url="http://tgi")\n'
    done = moved(f"{head}{made}print(isinstance(llm, (str, TextGenerationInference)))\n").main
    assert "isinstance(llm, (str, OpenAILike))" in done
    assert "TextGenerationInference" not in done


@pytest.mark.parametrize(
    ("use", "written"), [('log.info("%s", llm.endpoint_url)', True), ('get(llm.endpoint_url + "/health")', False)]
)
def test_address_is_only_shown_anew(use: str, written: bool, moved: Callable[..., Any]) -> None:
    done = moved(program(use))
    assert (use.replace("endpoint_url", "openai_api_base") in done.main) == written
    assert ("endpoint_url" in done.says("manual")) != written


ASK = "def ask(q, **kw):\n    return llm.invoke(q, **kw)\n\n\n"


@pytest.mark.parametrize(
    ("use", "after"),
    [
        (f'{ASK}ask("x", max_new_tokens=5)', 'ask("x", max_tokens=5)'),
        (f'{ASK}ask("x", top_k=5)', 'ask("x", extra_body={"top_k": 5})'),
        (f'{ASK}ask(q="x", config=c)', 'ask(q="x", config=c)'),
        ('OPTIONS = {"max_new_tokens": 5}\nllm.invoke("x", **OPTIONS)', 'llm.invoke("x", **OPTIONS)'),
    ],
)
def test_arguments_through_keywords(use: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(program(use))
    assert done.main.splitlines()[-1] == after
    assert "max_new_tokens" not in done.main
    assert not done.says("review")


def test_open_keywords_are_told(moved: Callable[..., Any]) -> None:
    assert "max_tokens" in moved(program('llm.invoke("x", **options())')).says("review")


def test_typical_sampling_of_a_call_is_told(moved: Callable[..., Any]) -> None:
    done = moved(program('llm.invoke("x", typical_p=0.5)'))
    assert done.main.endswith('llm.invoke("x")\n')
    assert "typical" in done.says("review")
