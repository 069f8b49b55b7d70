"""Small places: tests of a value, arguments behind positional ones, imports that come, notebooks that are none."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

STREAM = """from text_generation import Client

c = Client("http://tgi")
for e in c.generate_stream("x"):
    print(e.token.text)
    {}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if not e.generated_text: continue", "if not e.choices[0].finish_reason: continue"),
        ("if e.generated_text and ready: break", "if e.choices[0].finish_reason and ready: break"),
        ("if e.generated_text is None: continue", "if e.choices[0].finish_reason is None: continue"),
        ("done = 1 if e.generated_text else 0", "done = 1 if e.choices[0].finish_reason else 0"),
        ("if not e.token.special: print()", "if e.choices[0].text: print()"),
    ],
    ids=["not", "and", "none", "conditional", "special"],
)
def test_last_event_is_the_one_with_a_reason(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(STREAM.format(before)).main.endswith(f"    {after}\n")


@pytest.mark.parametrize(
    ("arguments", "after"),
    [
        ('"x", details=True', 'model="", prompt="x"'),
        ('"x", max_new_tokens=5, details=True', 'model="", prompt="x", max_tokens=5'),
        ('"x", details=True, max_new_tokens=5, typical_p=None', 'model="", prompt="x", max_tokens=5'),
    ],
    ids=["only-keyword", "last", "first-and-last"],
)
def test_keywords_that_go_behind_a_prompt(arguments: str, after: str, moved: Callable[..., Any]) -> None:
    launch = "text-generation-launcher --model-id m --max-total-tokens 64\n"
    text = f'from huggingface_hub import InferenceClient\n\nprint(InferenceClient("http://tgi").text_generation({arguments}, return_full_text=False).generated_text)\n'
    done = moved({"run.sh": launch, "main.py": text}).main
    assert f"completions.create({after}" in done
    assert "details" not in done


def test_import_comes_where_the_old_name_is_still_read(moved: Callable[..., Any]) -> None:
    text = 'from huggingface_hub import InferenceClient\n\nprint(InferenceClient("http://tgi").text_generation("x", max_new_tokens=5))\nprint(InferenceClient("a/b").text_generation("x"))\n'
    done = moved(text).main
    assert done.startswith("from huggingface_hub import InferenceClient\nfrom openai import OpenAI\n\nprint(OpenAI(")
    assert 'print(InferenceClient("a/b").text_generation("x"))\n' in done


def test_import_is_not_taken_for_another_alias(moved: Callable[..., Any]) -> None:
    text = 'import huggingface_hub as hub\n\nprint(hub.InferenceClient("http://tgi").text_generation("x", max_new_tokens=5))\nprint(hub.login)\n'
    done = moved(text).main
    assert done.startswith("import huggingface_hub as hub\nfrom openai import OpenAI\n\nprint(OpenAI(")


CELL = 'import requests\nprint(requests.post("http://tgi/generate", json={"inputs": "x", "parameters": {"max_new_tokens": 5}}).json()["generated_text"])'


@pytest.mark.parametrize(
    "text",
    [
        '{"cells": [generated_text',
        '{"generated_text": 1}',
        json.dumps({"cells": [{"cell_type": "markdown", "source": CELL}]}),
        json.dumps({"cells": [{"cell_type": "code", "source": []}, {"cell_type": "code"}], "note": "generated_text"}),
        '{"cells" 1, "generated_text": 2}',
    ],
    ids=["no-json", "no-cells", "prose", "empty", "no-colon"],
)
def test_notebooks_without_programs(text: str, moved: Callable[..., Any]) -> None:
    done = moved({"a.ipynb": text})
    assert done.files["a.ipynb"] == text
    assert done.found.findings == ()


def test_notebook_with_a_text_as_source(moved: Callable[..., Any]) -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": CELL}]})
    done = json.loads(moved({"a.ipynb": text}).files["a.ipynb"])["cells"][0]["source"]
    assert '"http://tgi/v1/completions", json={"prompt": "x", "max_tokens": 5, "temperature": 0}' in done


@pytest.mark.parametrize("quote", ["'", '"'])
def test_answers_inside_f_strings(quote: str, moved: Callable[..., Any]) -> None:
    other = "'" if quote == '"' else '"'
    text = f"import requests\n\na = requests.post('http://tgi/generate', json={{'inputs': 'x', 'parameters': {{'max_new_tokens': 5}}}}).json()\nprint(f{quote}{{a[{other}generated_text{other}]}}{quote})\n"
    done = moved(text)
    assert f"print(f{quote}{{a[{other}choices{other}][0][{other}text{other}]}}{quote})\n" in done.main


def test_relative_imports_are_followed(moved: Callable[..., Any]) -> None:
    files = {
        "app/__init__.py": "",
        "app/llm.py": "import requests\n\n\ndef ask():\n    return requests.post('http://tgi/generate', json={'inputs': 'x', 'parameters': {'max_new_tokens': 5}}).json()\n",
        "app/web.py": "from .llm import ask\n\nprint(ask()['generated_text'])\n",
    }
    assert moved(files).files["app/web.py"] == "from .llm import ask\n\nprint(ask()['choices'][0]['text'])\n"
