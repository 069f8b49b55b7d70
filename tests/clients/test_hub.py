"""huggingface_hub and text_generation: results, streams, exceptions, imports, mixed use."""

# ruff: noqa: E501, ISC004  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HUB = 'from huggingface_hub import InferenceClient\n\nclient = InferenceClient("http://tgi")\n'
ASYNC = "from huggingface_hub import AsyncInferenceClient\n\nclient = AsyncInferenceClient('http://tgi')\n\n\nasync def run():\n    "
NEW = 'OpenAI(base_url="http://tgi/v1", timeout=None, api_key="EMPTY", max_retries=0)'
SENT = 'model="", prompt="x", max_tokens=5, '
CALL = 'client.text_generation("x", max_new_tokens=5, return_full_text=False'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"print({CALL}))\n", f"print(client.completions.create({SENT}temperature=0).choices[0].text)\n"),
        (
            f"print({CALL}, details=True).details.generated_tokens)\n",
            f"print(client.completions.create({SENT}temperature=0).usage.completion_tokens)\n",
        ),
        (
            f"for piece in {CALL}, stream=True):\n    print(piece)\n",
            "for piece in (chunk.choices[0].text for chunk in "
            f"client.completions.create({SENT}stream=True, temperature=0)):\n    print(piece)\n",
        ),
        (
            f"for one in {CALL}, stream=True, details=True):\n    print(one.token.text)\n",
            f"for one in client.completions.create({SENT}stream=True, temperature=0):\n    print(one.choices[0].text)\n",
        ),
        (
            'print(client.text_generation("x", max_new_tokens=5, return_full_text=False, adapter_id="a"))\n',
            'print(client.completions.create(prompt="x", max_tokens=5, model="a", temperature=0).choices[0].text)\n',
        ),
    ],
    ids=["text", "details", "pieces", "events", "adapter"],
)
def test_text_generation(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(HUB + before).main == f"from openai import OpenAI\n\nclient = {NEW}\n{after}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"return await {CALL})\n",
            f"return (await client.completions.create({SENT}temperature=0)).choices[0].text\n",
        ),
        (
            f"async for piece in await {CALL}, stream=True):\n        print(piece)\n",
            "async for piece in (chunk.choices[0].text async for chunk in await "
            f"client.completions.create({SENT}stream=True, temperature=0)):\n        print(piece)\n",
        ),
    ],
    ids=["text", "pieces"],
)
def test_asynchronous(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(ASYNC + before).main.endswith(after)


def test_chat_beside_raw_prompts_goes_to_the_same_sdk(moved: Callable[..., Any]) -> None:
    done = moved(HUB + f"{CALL})\nclient.chat_completion(m, stop=['a'])\n").main
    sent = """messages=m, stop=['a'], model="", extra_body={"include_stop_str_in_output": True}"""
    assert done.endswith(f"client.chat.completions.create({sent})\n")


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (f"{CALL}, stream=flag)\n", "run time"),
        ("client.get_endpoint_info()\n", "/v1/models"),
        ("client.post(json={'inputs': 'x'})\n", "v1/completions"),
        ("client.text_generation(max_new_tokens=5)\n", "prompt"),
        (f"{CALL})\nclient.feature_extraction('x')\n", "feature_extraction"),
        (f"{CALL})\nfor name in names:\n    getattr(client, name)()\n", "getattr"),
        (f"{CALL})\nsend = client.text_generation\n", "cannot be seen"),
    ],
    ids=["stream-unknown", "info", "post", "no-prompt", "other-task", "getattr", "method-by-name"],
)
def test_left_to_a_person(read: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(HUB + read)
    assert done.main == HUB + read
    assert reason in done.says("manual")


@pytest.mark.parametrize(
    "text",
    [
        'InferenceClient("a/b").text_generation("x")\n',
        'InferenceClient().text_generation("x")\n',
        'InferenceClient("http://tgi").feature_extraction("x")\n',
        'InferenceClient("https://api-inference.huggingface.co/models/m").text_generation("x")\n',
        "InferenceClient(*given).text_generation('x')\n",
    ],
    ids=["model", "default", "other-task", "hosted", "open-arguments"],
)
def test_left_alone(text: str, moved: Callable[..., Any]) -> None:
    text = f"from huggingface_hub import InferenceClient\n\n{text}"
    done = moved(text)
    assert done.main == text
    assert done.says("manual") == ""


def test_address_from_a_parameter_is_asked(moved: Callable[..., Any]) -> None:
    text = "import sys\nfrom huggingface_hub import InferenceClient\n\nInferenceClient(sys.argv[1]).text_generation('x', max_new_tokens=5)\n"
    done = moved(text)
    assert done.main == text
    assert "check which server" in done.says("manual")


def test_schema_of_chat_gets_vllms_form(moved: Callable[..., Any]) -> None:
    form = 'response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": S}}'
    done = moved(HUB + f'client.chat_completion(m, model="n", {form}, tools=t)\n')
    assert 'tools=t, extra_body={"structured_outputs": {"json": S}})' in done.main
    assert done.found.needs == {"tool-call-parser"}
    plain = HUB + 'client.chat_completion(m, model="n", response_format=form)\n'
    assert moved(plain).main == plain


ERRORS = """from text_generation import Client
from text_generation.errors import ValidationError

client = Client("http://tgi")
try:
    print(client.generate("x").generated_text)
except ValidationError:
    pass
"""


def test_exceptions_follow(moved: Callable[..., Any]) -> None:
    done = moved(ERRORS).main
    assert "except BadRequestError:" in done
    assert "text_generation" not in done
    assert "BadRequestError" in done.split("client")[0]


def test_functions_and_imports_inside_them(moved: Callable[..., Any]) -> None:
    text = "def run():\n    from text_generation import Client\n\n    return Client('http://tgi').generate('x').generated_text\n\n\nprint(run())\n"
    done = moved(text).main
    assert done.startswith("def run():\n    from openai import OpenAI\n\n    return OpenAI(")


def test_existing_import_is_not_repeated(moved: Callable[..., Any]) -> None:
    text = "from openai import OpenAI\nfrom text_generation import Client\n\nprint(OpenAI)\nprint(Client('http://tgi').generate('x').generated_text)\n"
    done = moved(text).main
    assert done.count("import OpenAI") == 1
    assert "text_generation" not in done


STREAM = """from text_generation import Client

client = Client("http://tgi")
text = ""
for event in client.generate_stream("x", max_new_tokens=5):
    if not event.token.special:
        text += event.token.text
"""


def test_stream(moved: Callable[..., Any]) -> None:
    done = moved(STREAM).main
    assert f"in client.completions.create({SENT}temperature=0, stream=True):" in done
    assert "    if event.choices[0].text:\n        text += event.choices[0].text\n" in done


def test_shared_arguments(moved: Callable[..., Any]) -> None:
    text = "from text_generation import Client\n\nP = dict(max_new_tokens=5, seed=1)\nprint(Client('http://tgi').generate('x', **P).generated_text)\n"
    done = moved(text).main
    assert "P = dict(max_tokens=5, seed=1)\n" in done
    assert "create(model=\"\", prompt='x', temperature=0, **P).choices[0].text" in done


def test_extra_fields_of_two_dicts_are_left(moved: Callable[..., Any]) -> None:
    text = "from text_generation import Client\n\nP = dict(top_k=5)\nprint(Client('http://tgi').generate('x', repetition_penalty=1.1, **P).generated_text)\n"
    done = moved(text)
    assert done.main == text
    assert "extra_body" in done.says("manual")


@pytest.mark.parametrize("read", ['out["choices"][0]', 'out.usage["total_tokens"]'])
def test_chat_answer_that_is_read_by_key_is_left(read: str, moved: Callable[..., Any]) -> None:
    text = HUB + f"{CALL})\nout = client.chat_completion(m)\nprint({read})\n"
    done = moved(text)
    assert done.main == text
    assert "by key" in done.says("manual")


@pytest.mark.parametrize(
    ("read", "after"),
    [
        ("print(len(r.details.prefill))\n", "print(r.usage.prompt_tokens)\n"),
        ("print(r.generated_text)\n", "print(r.choices[0].text)\n"),
        (
            "print(len(r.details.prefill) + r.details.generated_tokens)\n",
            "print(r.usage.prompt_tokens + r.usage.completion_tokens)\n",
        ),
    ],
    ids=["length", "unread", "sum"],
)
def test_prompt_details_that_only_tell_a_number(read: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HUB}r = {CALL}, details=True, decoder_input_details=True)\n{read}").main
    assert done.endswith(f"r = client.completions.create({SENT}temperature=0)\n{after}")


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        ("print(r.details.prefill[0].text)\n", "prompt_logprobs"),
        ("print(r.details.top_tokens)\n", "top_logprobs"),
        ("print(r.details.best_of_sequences)\n", "no best_of"),
    ],
    ids=["prefill", "alternatives", "best-of"],
)
def test_details_without_a_counterpart(read: str, reason: str, moved: Callable[..., Any]) -> None:
    text = f"{HUB}r = {CALL}, details=True, decoder_input_details=True)\n{read}"
    done = moved(text)
    assert done.main == text
    assert reason in done.says("manual")


def test_ids_are_asked_for_where_they_are_read(moved: Callable[..., Any]) -> None:
    text = f"{HUB}r = {CALL}, details=True)\nprint([t.{{}} for t in r.details.tokens])\n"
    assert "return_token_ids" not in moved(text.format("logprob")).main
    done = moved(text.format("id")).main
    assert 'logprobs=0, extra_body={"return_token_ids": True})' in done
    assert (
        "[t[2] for t in [pair for c in r.choices for pair in zip(c.logprobs.tokens, c.logprobs.token_logprobs, c.token_ids)]]"
        in done
    )


STREAMED = """def run(prompt):
    for e in client.text_generation({}, max_new_tokens=5, stream=True, details=True{}):
        if e.generated_text:
            return e.generated_text
"""


@pytest.mark.parametrize(
    ("prompt", "more", "start"),
    [
        ("prompt", "", "prompt"),
        ("prompt", ", return_full_text=True", "prompt"),
        ("prompt", ", return_full_text=False", '""'),
        ("make(prompt)", ", return_full_text=False", '""'),
    ],
)
def test_whole_text_of_a_stream(prompt: str, more: str, start: str, moved: Callable[..., Any]) -> None:
    assert f"    whole_text = {start}\n" in moved(HUB + STREAMED.format(prompt, more)).main


def test_whole_text_behind_a_prompt_that_cannot_be_repeated(moved: Callable[..., Any]) -> None:
    text = HUB + STREAMED.format("make(prompt)", "")
    done = moved(text)
    assert done.main == text
    assert "holds the prompt too" in done.says("manual")


def test_what_is_sent_stands_in_lines_of_its_own(moved: Callable[..., Any]) -> None:
    text = f'{HUB}client.text_generation(\n    "x",\n    max_new_tokens=5,\n    return_full_text=False,\n)\n'
    assert 'create(\n    model="",\n    prompt="x",\n    max_tokens=5,\n    temperature=0,\n)' in moved(text).main


def test_grammar_of_the_hubs_class(moved: Callable[..., Any]) -> None:
    text = (
        HUB.replace("import", "import TextGenerationInputGrammarType,")
        + 'print(client.text_generation("x", max_new_tokens=5, return_full_text=False, grammar=TextGenerationInputGrammarType(type="json", value=S)))\n'
    )
    done = moved(text).main
    assert 'extra_body={"structured_outputs": {"json": S}}' in done
    assert "Grammar" not in done


def test_health_check_beside_other_calls(moved: Callable[..., Any]) -> None:
    assert "GET /health" in moved(HUB + f"client.health_check()\n{CALL})\n").says("manual")
    assert moved(HUB + "client.health_check()\n").says("manual") == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("max_new_tokens=4  # short\n", "max_tokens=4,  # short\n    temperature=0\n"),
        (
            "max_new_tokens=4,  # short\n    do_sample=False  # greedy\n",
            "max_tokens=4,  # short\n    temperature=0,  # greedy\n",
        ),
        (
            "max_new_tokens=4,  # short\n    do_sample=False,\n    stream=False,\n",
            "max_tokens=4,  # short\n    temperature=0,\n",
        ),
        ("temperature=.5, max_new_tokens=4,  # b\n    stream=False\n", "temperature=.5, max_tokens=4,  # b\n"),
    ],
    ids=["no-comma", "last-goes", "last-two-go", "nothing-new"],
)
def test_comments_stay_with_their_arguments(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(HUB + f'print(client.text_generation(\n    return_full_text=False,\n    prompt="x",\n    {before}))\n')
    assert f'prompt="x",\n    {after}).choices[0].text)\n' in done.main


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('f"{OUT}"', "f\"{next(c.finish_reason if c.finish_reason != 'stop' else 'stop_sequence' if c.stop_reason else 'eos_token' for c in out.choices)}\""),
        ("f'{OUT}'", "f'{next(c.finish_reason if c.finish_reason != \"stop\" else \"stop_sequence\" if c.stop_reason else \"eos_token\" for c in out.choices)}'"),
        ('rf"""{OUT}"""', 'rf"""{next(c.finish_reason if c.finish_reason != "stop" else "stop_sequence" if c.stop_reason else "eos_token" for c in out.choices)}"""'),
    ],
    ids=["double", "single", "triple"],
)  # fmt: skip
def test_words_in_a_formatted_text(before: str, after: str, moved: Callable[..., Any]) -> None:
    text = before.replace("OUT", "out.details.finish_reason")
    assert f"print({after})\n" in moved(HUB + f"out = {CALL}, details=True)\nprint({text})\n").main
