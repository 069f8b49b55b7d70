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
        (CHAT, ', extra_body={"top_k": 5, "priority": k}', ', extra_body={"priority": k}'),
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
        'import autogen\n\nconfig_list = [{"model": "tgi", "base_url": "http://localhost:80/v1", "api_key": "-"}]\n',
        'from smolagents import OpenAIServerModel\n\nOpenAIServerModel(model_id="tgi", api_base="http://tgi/v1")\n',
        'from llama_index.llms.openai_like import OpenAILike\n\nOpenAILike(model="tgi", api_base="http://tgi/v1")\n',
    ],
    ids=["old-sdk", "langchain", "address-elsewhere", "default-of-a-variable", "dict", "agents", "by-keyword"],
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


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        (', response_format={"type": "regex", "value": R}', ', extra_body={"structured_outputs": {"regex": R}}'),
        (
            ', extra_body={"response_format": {"type": "regex", "value": R}}',
            ', extra_body={"structured_outputs": {"regex": R}}',
        ),
        (
            ', response_format={"type": "json_schema", "value": {"name": "n", "schema": S}}',
            ', response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": S}}',
        ),
        (', logit_bias={"5": 1}', ""),
    ],
    ids=["pattern", "pattern-in-the-body", "named-schema", "ignored-beside-the-others"],
)
def test_forms(fields: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(call(CHAT, fields)).main == call(CHAT, after)


def test_format_by_name_is_read_from_the_name(moved: Callable[..., Any]) -> None:
    form = 'FORM = {"type": "json", "value": S}\n'
    done = moved(form + call(CHAT, ", response_format=FORM")).main
    assert 'response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": FORM["value"]}}' in done
    assert done.startswith(form)


def test_fields_in_a_dict_are_settled_there(moved: Callable[..., Any]) -> None:
    before = 'GEN = {"stop": ["a"], "extra_body": {"top_k": 3}}\n' + call(CHAT, ", **GEN")
    after = 'GEN = {"stop": ["a"], "extra_body": {"include_stop_str_in_output": True}}\n' + call(CHAT, ", **GEN")
    assert moved(before).main == after
    shared = before + "other(GEN)\n"
    assert moved(shared).main == shared


@pytest.mark.parametrize(
    ("client", "method"),
    [
        ("OpenAI(base_url=U).with_options(timeout=3)", "chat.completions.create"),
        ("OpenAI(base_url=U)", "with_options(timeout=3).chat.completions.create"),
        ("OpenAI(base_url=U)", "chat.completions.with_raw_response.create"),
    ],
)
def test_other_ways_to_the_call(client: str, method: str, moved: Callable[..., Any]) -> None:
    text = f'from openai import OpenAI\n\nU = "http://tgi/v1"\nclient = {client}\nclient.{method}(model="tgi", n=3)\n'
    assert moved(text).main == text.replace(", n=3", "")


def test_client_of_an_annotated_parameter(moved: Callable[..., Any]) -> None:
    text = 'from openai import OpenAI\n\n\ndef ask(llm: OpenAI):\n    return llm.chat.completions.create(model="tgi", n=3)\n'
    assert moved(text).main == text.replace(", n=3", "")


def test_events_of_a_stream_have_no_stop_reason_at_first(moved: Callable[..., Any]) -> None:
    text = call(CHAT, ", stream=True") + 'for e in out:\n    print(e.choices[0].finish_reason == "stop_sequence")\n'
    assert 'print(getattr(e.choices[0], "stop_reason", None) is not None)' in moved(text).main


@pytest.mark.parametrize(
    ("test", "after"),
    [
        ('c.finish_reason in ("eos_token", "stop_sequence")', 'c.finish_reason in ("stop", "stop")'),
        ('c.finish_reason in ("stop", "stop_sequence")', 'c.finish_reason in ("stop", "stop")'),
        ('c.finish_reason in ("length",)', 'c.finish_reason in ("length",)'),
    ],
)
def test_reasons_in_a_list(test: str, after: str, moved: Callable[..., Any]) -> None:
    text = call(CHAT, "") + "c = out.choices[0]\nprint({})\n"
    assert moved(text.format(test)).main == text.format(after)


def test_one_reason_alone_is_told(moved: Callable[..., Any]) -> None:
    text = call(CHAT, "") + 'print(out.choices[0].finish_reason in ("eos_token", "length"))\n'
    done = moved(text)
    assert done.main == text
    assert "stop_reason tells them apart" in done.says("review")


def test_stop_means_the_end_of_the_text_where_a_stop_string_is_sent(moved: Callable[..., Any]) -> None:
    text = call(CHAT, ', stop=["a"]') + 'c = out.choices[0]\nprint(c.finish_reason == "stop")\n'
    assert 'print(c.finish_reason == "stop" and c.stop_reason is None)' in moved(text).main


@pytest.mark.parametrize(
    ("head", "handler", "after"),
    [
        ("import openai\n", "openai.UnprocessableEntityError", "openai.BadRequestError"),
        ("from openai import UnprocessableEntityError\n", "UnprocessableEntityError", "BadRequestError"),
        ("import openai\n", "openai.APITimeoutError", "openai.APITimeoutError"),
    ],
)
def test_refusals(head: str, handler: str, after: str, moved: Callable[..., Any]) -> None:
    text = f"{head}{HEAD}try:\n    {CHAT})\nexcept {handler}:\n    pass\n"
    assert moved(text).main == text.replace(handler, after)


def test_a_full_server_is_told(moved: Callable[..., Any]) -> None:
    text = f"import openai\n{HEAD}try:\n    {CHAT})\nexcept openai.RateLimitError:\n    pass\n"
    done = moved(text)
    assert done.main == text
    assert "429" in done.says("review")


OLD = "import openai\n\nopenai.api_base = '{}'\nopenai.ChatCompletion.create(model='tgi', messages=m{})\n"


def test_old_sdk_sends_all_fields_side_by_side(moved: Callable[..., Any]) -> None:
    done = moved(OLD.format("http://tgi/v1", ', stop=["a"], top_k=4'))
    assert done.main == OLD.format("http://tgi/v1", ', stop=["a"], include_stop_str_in_output=True')


def test_old_sdk_at_another_company_is_left_alone(moved: Callable[..., Any]) -> None:
    assert moved(OLD.format("https://api.openai.com/v1", ", n=2")).found.findings == ()


@pytest.mark.parametrize(
    ("start", "fields", "after"),
    [
        (CHAT, ", top_logprobs=2", ", top_logprobs=2, logprobs=True"),
        (CHAT, ", logprobs=False, top_logprobs=2", ", logprobs=True, top_logprobs=2"),
        (CHAT, ", logprobs=True, top_logprobs=2", ", logprobs=True, top_logprobs=2"),
        (CHAT, ", top_logprobs=2, **rest", ", top_logprobs=2, **rest"),
        (CHAT, ', stream_options={"include_usage": True}', ""),
        (
            CHAT,
            ', stream_options={"include_usage": True}, stream=True',
            ', stream_options={"include_usage": True}, stream=True',
        ),
        (
            CHAT,
            ', stream_options={"include_usage": True}, stream=s',
            ', stream_options={"include_usage": True}, stream=s',
        ),
        (CHAT, ", tools=t, tool_choice=None", ', tools=t, tool_choice="auto"'),
        (CHAT, ', extra_body={"tool_prompt": "Use it."}', ""),
    ],
)
def test_fields_that_vllm_takes_only_together(start: str, fields: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved({"run.sh": "text-generation-launcher --model-id m\n", "main.py": call(start, fields)})
    assert done.main == call(start, after)


HANDLER = "try:\n    {}\nexcept {} as error:\n    if {}:\n        raise\n"


@pytest.mark.parametrize(
    ("kind", "test", "after"),
    [
        ("openai.APIStatusError", "error.status_code == 422", "error.status_code == 400"),
        ("(openai.APIError, ValueError)", "error.response.status_code != 422", "error.response.status_code != 400"),
        ("openai.APIStatusError", "error.status_code in (422, 500)", "error.status_code in (422, 400, 500)"),
        ("openai.APIStatusError", "error.code == 422", "error.code == 422"),
        ("openai.APIStatusError", "other.status_code == 422", "other.status_code == 422"),
        ("ValueError", "error.status_code == 422", "error.status_code == 422"),
    ],
)
def test_status_of_an_exception(kind: str, test: str, after: str, moved: Callable[..., Any]) -> None:
    program = f"import openai\n{HEAD}" + HANDLER
    files = {"run.sh": "text-generation-launcher --model-id m\n", "main.py": program.format(f"{CHAT})", kind, test)}
    assert moved(files).main == program.format(f"{CHAT})", kind, after)


STOPPED = '"stop_sequence" if {0}.stop_reason is not None else {0}.finish_reason'
ENDED = '"stop_sequence" if {0}.stop_reason is not None else "eos_token" if {0}.finish_reason == "stop" else {0}.finish_reason'


@pytest.mark.parametrize(
    ("tail", "read", "becomes"),
    [
        ('print({{"eos_token": 1, "length": 2}}[{}])\n', "c.finish_reason", ENDED.format("c")),
        ('print({{"stop": 1, "stop_sequence": 2}}.get({}))\n', "c.finish_reason", f"({STOPPED.format('c')})"),
        ('why = {}\nprint(why == "stop_sequence")\n', "c.finish_reason", STOPPED.format("c")),
        ('match {}:\n    case "stop_sequence":\n        print()\n', "c.finish_reason", STOPPED.format("c")),
        (
            'why = {}\nprint(why == "stop_sequence")\n',
            'd["finish_reason"]',
            '"stop_sequence" if d.get("stop_reason") is not None else d["finish_reason"]',
        ),
        (
            'why = {}\nprint(why == "stop_sequence")\n',
            'd.get("finish_reason")',
            '"stop_sequence" if d.get("stop_reason") is not None else d.get("finish_reason")',
        ),
        ('print({{"stop": 1, "length": 2}}[{}])\n', "c.finish_reason", "c.finish_reason"),
        ('print(tokenizer["eos_token"], {})\n', "c.finish_reason", "c.finish_reason"),
    ],
    ids=["dict", "lookup", "name", "match", "by-key", "by-get", "openais-words", "another-thing"],
)
def test_words_of_tgi_in_other_places(tail: str, read: str, becomes: str, moved: Callable[..., Any]) -> None:
    text = call(CHAT, "") + "c = out.choices[0]\nd = out.model_dump()['choices'][0]\n" + tail
    assert moved({"run.sh": LAUNCH, "main.py": text.format(read)}).main == text.format(becomes)


def test_words_are_told_where_reading_twice_would_ask_twice(moved: Callable[..., Any]) -> None:
    text = call(CHAT, "").replace("out = ", "why = ").rstrip("\n") + ".choices[0].finish_reason\n"
    done = moved({"run.sh": LAUNCH, "main.py": text + 'print(why == "stop_sequence")\n'})
    assert done.main == text + 'print(why == "stop_sequence")\n'
    assert "stop_reason" in done.says("review")


@pytest.mark.parametrize(
    ("test", "after"),
    [
        ('c.finish_reason == "stop"', 'c.finish_reason in ("stop", "tool_calls")'),
        ('c.finish_reason != "stop"', 'c.finish_reason not in ("stop", "tool_calls")'),
        ('c.finish_reason == "length"', 'c.finish_reason == "length"'),
    ],
)
def test_a_call_of_a_tool_ends_otherwise(test: str, after: str, moved: Callable[..., Any]) -> None:
    text = call(CHAT, ", tools=t") + f"c = out.choices[0]\nprint({test})\n"
    assert moved({"run.sh": LAUNCH, "main.py": text}).main == text.replace(test, after)


@pytest.mark.parametrize("test", ['c.finish_reason == "tool_calls"', 'c.finish_reason in ("stop", "length")'])
def test_other_tests_of_a_tool_call_are_told(test: str, moved: Callable[..., Any]) -> None:
    text = call(CHAT, ", tools=t") + f"c = out.choices[0]\nprint({test})\n"
    assert "TGI said stop" in moved({"run.sh": LAUNCH, "main.py": text}).says("review")


@pytest.mark.parametrize(("use", "told"), [("llm.bind_tools(tools)", True), ("llm.bind(stop=s)", False)])
def test_tools_of_a_chat_class(use: str, told: bool, moved: Callable[..., Any]) -> None:
    head = 'from langchain_openai import ChatOpenAI\n\nllm = ChatOpenAI(model="tgi", base_url="http://tgi/v1")\n'
    done = moved({"run.sh": "text-generation-launcher --model-id m\n", "main.py": f"{head}chat = {use}\n"})
    assert ("tool_call_parser" in done.says("review")) is told


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        (', extra_body={"do_sample": False, "max_new_tokens": 9, "seed": 1}', ', extra_body={"seed": 1}'),
        (', extra_body={"grammar": g}', ""),
        (", tool_choice=NAME", ', tool_choice={"type": "function", "function": {"name": NAME}}'),
    ],
    ids=["native-fields", "grammar", "tool-by-a-constant"],
)
def test_fields_of_tgis_own_routes_and_names(fields: str, after: str, moved: Callable[..., Any]) -> None:
    head = 'NAME = "weather"\n'
    assert moved(head + call(CHAT, fields)).main == head + call(CHAT, after)


def test_a_choice_that_cannot_be_seen_is_told(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}def ask(choice):\n    {CHAT}, tools=t, tool_choice=choice)\n"
    assert "plain name of a function" in moved(text).says("review")


@pytest.mark.parametrize(
    ("limit", "after"), [("None", "900"), ("limit", "limit or 900"), ("5", "5"), ("other", "other")]
)
def test_a_limit_that_may_be_none(limit: str, after: str, moved: Callable[..., Any]) -> None:
    run = "text-generation-launcher --model-id m --max-total-tokens 900\n"
    text = f"{HEAD}\n\ndef ask(limit=None):\n    {TEXT}, max_tokens={{}})\n"
    assert moved({"run.sh": run, "main.py": text.format(limit)}).main == text.format(after)


def test_usage_of_a_stream_of_completions_is_told(moved: Callable[..., Any]) -> None:
    text = call(TEXT, ", max_tokens=5, stream=True") + "for event in out:\n    print(event.usage)\n"
    assert "include_usage" in moved(text).says("review")
    with_usage = text.replace("stream=True", 'stream=True, stream_options={"include_usage": True}')
    assert "include_usage" not in moved(with_usage).says("review")


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("langchain_openai.ChatOpenAI", "llm.invoke(q, stop=s)"),
        ("langchain_openai.ChatOpenAI", "llm.bind(stop=s)"),
        ("langchain_openai.OpenAI", "llm.stream(q, stop=s)"),
        ("langchain_community.llms.VLLMOpenAI", "llm.invoke(q, stop=s)"),
    ],
)
def test_stop_strings_of_later_calls(name: str, use: str, moved: Callable[..., Any]) -> None:
    home, _, last = name.rpartition(".")
    text = f'from {home} import {last}\n\nllm = {last}(model="tgi", base_url="http://tgi/v1"{{}})\n{use}\n'
    assert moved(text.format("")).main == text.format(', extra_body={"include_stop_str_in_output": True}')
    none = text.replace("stop=s", "stop=None")
    assert moved(none.format("")).main == none.format("")


@pytest.mark.parametrize(
    ("form", "after"),
    [
        ('{"type": "json", "value": S}', '{"type": "json_schema", "json_schema": {"name": "answer", "schema": S}}'),
        ('{"type": "regex", "value": R}', '{"type": "regex", "value": R}'),
    ],
)
def test_a_form_that_callers_pass(form: str, after: str, moved: Callable[..., Any]) -> None:
    text = f"{HEAD}\n\ndef ask(form):\n    return {CHAT}, response_format=form)\n\n\nask({{}})\n"
    done = moved(text.format(form))
    assert done.main == text.format(after)
    assert ("refused" in done.says("review")) is (form == after)


@pytest.mark.parametrize(
    ("head", "use", "after"),
    [
        ("import openai\n", "isinstance(e, openai.UnprocessableEntityError)", "isinstance(e, openai.BadRequestError)"),
        ("from openai import UnprocessableEntityError\n", "retry(UnprocessableEntityError)", "retry(BadRequestError)"),
    ],
)
def test_refusals_named_elsewhere(head: str, use: str, after: str, moved: Callable[..., Any]) -> None:
    text = f"{head}{HEAD}{CHAT})\n{use}\n"
    done = moved(text).main
    assert done.endswith(f"{after}\n")
    assert "Unprocessable" not in done


@pytest.mark.parametrize(
    "use",
    [
        "from openai import BadRequestError, UnprocessableEntityError\nE = (BadRequestError, UnprocessableEntityError)\n",
        "from openai import UnprocessableEntityError as Refused\nE = Refused\n",
        "from openai import RateLimitError\nretry_on(RateLimitError)\n",
        "body = error.response.json()\nprint(body['error_type'])\n",
    ],
    ids=["both", "renamed", "full", "body"],
)
def test_refusals_that_are_told(use: str, moved: Callable[..., Any]) -> None:
    done = moved({"run.sh": LAUNCH, "main.py": f"{HEAD}{CHAT})\n{use}"})
    assert done.main.endswith(use)
    assert done.says("review")


@pytest.mark.parametrize(("mode", "needs"), [("", True), (", mode=instructor.Mode.JSON", False)])
def test_schemas_of_instructor_are_tools(mode: str, needs: bool, moved: Callable[..., Any]) -> None:
    text = (
        f"import instructor\n{HEAD}with_schema = instructor.from_openai(client{mode})\n"
        'with_schema.chat.completions.create(model="tgi", response_model=User, messages=m)\n'
    )
    assert bool(moved(text).found.needs) is needs


@pytest.mark.parametrize(
    ("use", "told"),
    [
        ("create_react_agent(llm, tools)", True),
        ('llm.with_structured_output(User, method="function_calling")', True),
        ('llm.with_structured_output(User, method="json_schema")', False),
    ],
)
def test_agents_need_a_parser(use: str, told: bool, moved: Callable[..., Any]) -> None:
    text = (
        "from langchain_openai import ChatOpenAI\nfrom langgraph.prebuilt import create_react_agent\n\n"
        f'llm = ChatOpenAI(model="tgi", base_url="http://tgi/v1")\n{use}\n'
    )
    assert bool(moved(text).found.needs) is told


@pytest.mark.parametrize(
    ("table", "told"), [("{422: 1, 500: 2}", True), ("{500: 2}", False)], ids=["tgis-code", "others"]
)
def test_a_table_of_codes_is_told(table: str, told: bool, moved: Callable[..., Any]) -> None:
    text = (
        f"import openai\n{HEAD}TABLE = {table}\ntry:\n    {CHAT})\nexcept openai.APIStatusError as e:\n"
        "    print(TABLE.get(e.status_code))\n"
    )
    assert ("422 is among" in moved({"run.sh": LAUNCH, "main.py": text}).says("review")) is told


def test_cases_of_a_status(moved: Callable[..., Any]) -> None:
    text = (
        f"import openai\n{HEAD}try:\n    {CHAT})\nexcept openai.APIStatusError as e:\n"
        "    match e.status_code:\n        case 424:\n            print()\n"
    )
    assert moved({"run.sh": LAUNCH, "main.py": text}).main == text.replace("424", "500")


def test_a_comment_stays_with_its_argument(moved: Callable[..., Any]) -> None:
    text = f'{HEAD}client.chat.completions.create(\n    model="tgi",\n    stop=s,  # why\n{{}})\n'
    added = '    extra_body={"include_stop_str_in_output": True},\n'
    assert moved(text.format("")).main == text.format(added)


ASKS = 'import openai\n\nclient = openai.OpenAI(base_url="http://tgi/v1", api_key="-")\n\n\ndef ask(m):\n    return client.chat.completions.create(model="tgi", messages=m)\n'


@pytest.mark.parametrize(
    ("reads", "told"),
    [
        ('def stopped(choice):\n    return choice.finish_reason == "stop_sequence"\n', True),
        ('def name(choice):\n    return {"eos_token": "end"}[choice["finish_reason"]]\n', True),
        ('def cut(choice):\n    return choice.finish_reason == "length"\n', False),
        ('SPECIAL = {"eos_token": "</s>"}\n', False),
    ],
    ids=["compared", "key of a dict", "a word that stays", "another thing of that name"],
)
def test_reasons_in_a_module_without_a_call(reads: str, told: bool, moved: Callable[..., Any]) -> None:
    done = moved({"llm.py": ASKS, "reasons.py": f"import llm\n\n\n{reads}"})
    found = [one.message for one in done.found.findings if one.path == "reasons.py"]
    assert [message.startswith("finish_reason: vLLM says stop") for message in found] == [True] * told
