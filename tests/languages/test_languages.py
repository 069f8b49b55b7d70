"""Shell, JavaScript, notebooks, proxy configuration, and languages that are only found."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

CURL = 'curl -s http://localhost:8080/generate -d \'{"inputs": "x", "parameters": {"max_new_tokens": 5}}\''
DONE = 'curl -s http://localhost:8080/v1/completions -d \'{"prompt": "x", "max_tokens": 5, "temperature": 0}\''


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{CURL} | jq -r .generated_text\n", f"{DONE} | jq -r '.choices[0].text'\n"),
        (f"{CURL} | jq '.generated_text'\n", f"{DONE} | jq '.choices[0].text'\n"),
        (f"{CURL} \\\n  -H 'X: y'\n", f"{DONE} \\\n  -H 'X: y'\n"),
        (
            'curl "$URL/generate" -d "{\\"inputs\\": \\"$Q\\", \\"parameters\\": {\\"max_new_tokens\\": 5}}" # tgi\n',
            'curl "$URL/v1/completions" -d "{\\"prompt\\": \\"$Q\\", \\"max_tokens\\": 5, \\"temperature\\": 0}" # tgi\n',
        ),
    ],
    ids=["jq", "jq-quoted", "no-pipe", "double-quotes-and-variables"],
)
def test_curl(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({"ask.sh": before}).files["ask.sh"] == after


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        (f"{CURL} | sed s/a/b/\n", 1),
        (f"# {CURL}\n", 0),
        ('curl http://localhost:8080/generate -d \'{"prompt": "x"}\'\n', 0),
        ('curl https://api.example.com/generate -d \'{"inputs": "x", "parameters": {"max_new_tokens": 5}}\'\n', 1),
        ('curl https://api-inference.huggingface.co/generate -d \'{"inputs": "x"}\'\n', 0),
        ("curl http://tgi/generate -d @body.json # generated_text\n", 1),
    ],
    ids=["sed", "comment", "other-body", "unknown-host", "hosted", "body-in-a-file"],
)
def test_curl_left_alone(text: str, findings: int, moved: Callable[..., Any]) -> None:
    done = moved({"ask.sh": text})
    assert done.files["ask.sh"] == text
    assert len(done.found.findings) == findings


SCRIPT = """const res = await fetch("http://tgi/generate", {
  method: "POST",
  body: JSON.stringify({ inputs: q, parameters: { max_new_tokens: 5 } }),
});
"""


@pytest.mark.parametrize(
    ("read", "after"),
    [
        ("console.log((await res.json()).generated_text);\n", "console.log((await res.json()).choices[0].text);\n"),
        (
            "const { generated_text } = await res.json();\n",
            "const { choices: [{ text: generated_text }] } = await res.json();\n",
        ),
        ("const { generated_text: t } = await res.json();\n", "const { choices: [{ text: t }] } = await res.json();\n"),
    ],
    ids=["member", "destructured", "renamed"],
)
@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx"])
def test_javascript(path: str, read: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved({path: SCRIPT + read}).files[path]
    assert "{ prompt: q, max_tokens: 5, temperature: 0 }" in done
    assert '"http://tgi/v1/completions"' in done
    assert done.endswith(after)


@pytest.mark.parametrize(
    "text",
    [
        SCRIPT + "return res.json();\n",
        SCRIPT.replace("/generate", "/generate_stream") + "read(res.body.generated_text);\n",
        SCRIPT.replace("max_new_tokens: 5", "max_new_tokens: 5, best_of: 2") + "(await res.json()).generated_text;\n",
        'app.post("/generate", (req, res) => res.json({ generated_text: req.body.inputs }));\n',
    ],
    ids=["answer-handed-on", "stream", "no-counterpart", "own-route"],
)
def test_javascript_left_alone(text: str, moved: Callable[..., Any]) -> None:
    assert moved({"a.js": text}).files["a.js"] == text


def notebook(*cells: str) -> str:
    code = [
        {"cell_type": "code", "outputs": ["generated_text"], "source": cell.splitlines(keepends=True)} for cell in cells
    ]
    return json.dumps({"cells": code, "nbformat": 4}, indent=1, ensure_ascii=False)


def test_notebook(moved: Callable[..., Any]) -> None:
    first = "!pip install requests\nimport requests  # é\n"
    second = 'r = requests.post("http://tgi/generate", json={"inputs": "x", "parameters": {"max_new_tokens": 5}})'
    third = '%%bash\necho "not python'
    fourth = 'print(r.json()["generated_text"])'
    before = notebook(first, second, third, fourth)
    after = moved({"a.ipynb": before}).files["a.ipynb"]
    done = second.replace("/generate", "/v1/completions").replace(
        '"inputs": "x", "parameters": {"max_new_tokens": 5}', '"prompt": "x", "max_tokens": 5, "temperature": 0'
    )
    assert after == notebook(first, done, third, 'print(r.json()["choices"][0]["text"])')


def test_proxy_configuration(moved: Callable[..., Any]) -> None:
    text = "model_list:\n  - litellm_params:\n      model: huggingface/a/b\n      api_base: http://tgi:80/  # ours\n"
    after = "model_list:\n  - litellm_params:\n      model: hosted_vllm/a/b\n      api_base: http://tgi:80/v1  # ours\n"
    assert moved({"c.yaml": text}).files["c.yaml"] == after
    hosted = text.replace("      api_base: http://tgi:80/  # ours\n", "")
    assert moved({"c.yaml": hosted}).files["c.yaml"] == hosted


PROXY = """\
shared: &shared
  api_base: http://tgi:80
  timeout: 30
model_list:
  - model_name: a
    litellm_params: &first
      <<: *shared
      model: huggingface/org/a
  - model_name: again
    litellm_params: *first
  - model_name: other
    litellm_params: {<<: *shared, model: huggingface/org/other}
  - model_name: b
    litellm_params: {model: "huggingface/tgi", base_url: http://localhost:8080/}
  - model_name: hosted
    litellm_params: {model: huggingface/together/org/c}
"""


def test_proxy_configuration_with_anchors(moved: Callable[..., Any]) -> None:
    after = PROXY.replace("http://tgi:80\n", "http://tgi:80/v1\n").replace("huggingface/org/a", "hosted_vllm/org/a")
    after = after.replace("huggingface/org/other", "hosted_vllm/org/other")
    after = after.replace(
        '"huggingface/tgi", base_url: http://localhost:8080/}', '"hosted_vllm/tgi", base_url: http://localhost:8080/v1}'
    )
    assert moved({"c.yaml": PROXY}).files["c.yaml"] == after


def test_proxy_configuration_that_is_no_yaml(moved: Callable[..., Any]) -> None:
    text = "litellm_params:\n  model: huggingface/a\n api_base: [http://tgi\n"
    done = moved({"c.yaml": text})
    assert done.files["c.yaml"] == text
    assert [one.reason.startswith("line 3: no YAML: ") for one in done.found.skipped] == [True]


@pytest.mark.parametrize("path", ["a.go", "A.java", "a.rs", "a.rb", "A.cs", "a.http"])
def test_other_languages_are_reported(path: str, moved: Callable[..., Any]) -> None:
    text = 'post("http://tgi:80/generate", inputs, max_new_tokens)\n'
    done = moved({path: text})
    assert done.files[path] == text
    assert "/v1/completions" in done.says("manual")


def test_other_routes_of_other_languages_are_not(moved: Callable[..., Any]) -> None:
    done = moved({"a.go": '// http://tgi/generate\nget("http://x/api/generate", inputs, max_new_tokens)\n'})
    assert done.found.findings == ()


def test_proxy_with_the_provider_by_itself(moved: Callable[..., Any]) -> None:
    text = "- litellm_params: {model: a/b, custom_llm_provider: %s, api_base: 'http://tgi%s'}\n"
    assert moved({"p.yaml": text % ("huggingface", "")}).files["p.yaml"] == text % ("hosted_vllm", "/v1")
    other = text % ("together_ai", "")
    assert moved({"p.yaml": other}).files["p.yaml"] == other
