"""Every rule's own examples, and what a rule file must be."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from migrate.clients.rules import Rule, RuleError, built_in, parse

BODY = '"parameters": {"max_new_tokens": 9'
REQUEST = 'requests.post("http://tgi/generate", json={"inputs": "Hi", "parameters": PARAMETERS})'
ANSWER = REQUEST.replace("PARAMETERS", '{"max_new_tokens": 9}')
STREAM = """import json

import requests

reply = requests.post("http://tgi/generate_stream", json={"inputs": "Hi", "parameters": {"max_new_tokens": 9}}, stream=True)
for line in reply.iter_lines():
    if line:
        event = json.loads(line[5:])
        print(READ)
"""
PROGRAMS = {
    "answer": f"import requests\n\nanswer = {ANSWER}.json()\nprint(READ)\n",
    "choice": "import requests\n\nanswer = requests.post("
    '"http://tgi", json={"inputs": "Hi", "parameters": {"return_full_text": False, "max_new_tokens": 9}}).json()\nprint(READ)\n',
    "generation": 'from text_generation import Client\n\nanswer = Client("http://tgi").generate("Hi")\nprint(READ)\n',
    "event": STREAM,
    "sdk-event": 'from text_generation import Client\n\nfor event in Client("http://tgi").generate_stream("Hi"):\n    print(READ)\n',
    "info": 'import requests\n\ninfo = requests.get("http://tgi/info").json()\nprint(READ)\n',
}
HOME = {"details": "answer", "token": "answer", "pair": "generation", "reason": "generation"}


def program(rule: Rule, read: str) -> str:
    """A program around an example: parameters in a request, or a read of what came back."""
    if rule.form == "parameter":
        return f"import requests\n\nprint({REQUEST.replace('PARAMETERS', read)}.json())\n".replace(
            ".json()", '.json()["generated_text"]'
        )
    kind = rule.fields["of"]
    for suffix in ("-details", "-token"):
        kind = kind.removesuffix(suffix)
    return PROGRAMS[HOME.get(kind, kind)].replace("READ", read)


EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in built_in().rules
    for number, example in enumerate(rule.examples)
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_example(rule: Rule, example: dict[str, str], moved: Callable[..., Any]) -> None:
    if "before" in example:
        assert moved(example["before"]).main == example["after"]
    elif "unchanged" in example:
        whole = rule.form in ("constructor", "report")
        text = example["unchanged"] if whole else program(rule, example["unchanged"])
        done = moved(text)
        assert done.main == text
        assert done.says("manual")
    elif "alone" in example:
        done = moved(example["alone"])
        assert done.main == example["alone"]
        assert done.found.findings == ()
    else:
        done = moved(program(rule, example["tgi"]))
        wanted = example["vllm"][1:-1] if rule.form == "parameter" else f"print({example['vllm']})"
        assert wanted in done.main


def test_rules_have_examples() -> None:
    forms = ("parameter", "member", "constructor", "report")
    without = [rule.id for rule in built_in().rules if rule.form in forms and not rule.examples]
    assert without == []


GOOD = "- {id: a/b, summary: s, safety: safe, why: w, parameter: x}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b\n", "x.yaml:1: a rule file is a list of rules"),
        (GOOD + "- {id: a/c, summary: s, safety: safe}\n", "x.yaml:2: why: a text is needed"),
        (GOOD + "- {id: a/c, summary: s, safety: sure, why: w, parameter: y}\n", "x.yaml:2: safety: 'sure'"),
        (GOOD + "\n- {id: a/c, summary: s, safety: safe, why: w}\n", "x.yaml:3: a/c: one of parameter"),
        ("- {id: a/c, summary: s, safety: safe, why: w, parameter: x, beComes: y}\n", "unknown field beComes"),
        ("- [\n", "x.yaml"),
    ],
    ids=["no-list", "no-reason", "unknown-class", "no-form", "unknown-field", "no-yaml"],
)
def test_mistakes_name_file_and_line(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message.replace("(", r"\(")):
        parse(text, "x.yaml")


def test_ids_are_said_once() -> None:
    ids = [rule.id for rule in built_in().rules]
    assert len(ids) == len(set(ids))
