"""Where a shell's request body stands, and what reads the answer."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

BODY = '{"inputs": "x", "parameters": {"max_new_tokens": 5}}'
NEW = '{"prompt": "x", "max_tokens": 5, "temperature": 0}'
OLD_URL, NEW_URL = "http://tgi/generate", "http://tgi/v1/completions"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"curl {OLD_URL} -d @- <<EOF\n{BODY}\nEOF\n", f"curl {NEW_URL} -d @- <<EOF\n{NEW}\nEOF\n"),
        (
            f"curl {OLD_URL} -d @- << 'END' | jq -r .generated_text\n{BODY}\nEND\n",
            f"curl {NEW_URL} -d @- << 'END' | jq -r '.choices[0].text'\n{NEW}\nEND\n",
        ),
        (
            'curl $URL/generate -d @- <<-EOF\n\t{"inputs": "$1", "parameters": {"max_new_tokens": $N}}\n\tEOF\n',
            'curl $URL/v1/completions -d @- <<-EOF\n\t{"prompt": "$1", "max_tokens": $N, "temperature": 0}\n\tEOF\n',
        ),
        (f"BODY='{BODY}'\ncurl {OLD_URL} -d \"$BODY\"\n", f"BODY='{NEW}'\ncurl {NEW_URL} -d \"$BODY\"\n"),
        (
            f"curl {OLD_URL} -d '{BODY}' | tee out.json | jq '.generated_text // .error'\n",
            f"curl {NEW_URL} -d '{NEW}' | tee out.json | jq '.choices[0].text // .error.message'\n",
        ),
        (
            f"curl {OLD_URL} -d '{BODY}' | python3 -c \"import json,sys; print(json.load(sys.stdin)['generated_text'])\"\n",
            f"curl {NEW_URL} -d '{NEW}' | python3 -c \"import json,sys; print(json.load(sys.stdin)['choices'][0]['text'])\"\n",
        ),
        (
            f"curl {OLD_URL} -d '{BODY}' | jq --arg a b -r '.generated_text'\n",
            f"curl {NEW_URL} -d '{NEW}' | jq --arg a b -r '.choices[0].text'\n",
        ),
        (
            'curl http://tgi -d \'{"inputs": "x", "parameters": {"max_new_tokens": 5, "return_full_text": false}}\' | jq ".[0].generated_text"\n',
            f"curl {NEW_URL} -d '{NEW}' | jq \".choices[0].text\"\n",
        ),
        (
            f"A=$(curl {OLD_URL} -d '{BODY}')\nB=$(curl {OLD_URL} -d '{BODY}')\njq .generated_text <<< \"$A$B\"\n",
            f"A=$(curl {NEW_URL} -d '{NEW}')\nB=$(curl {NEW_URL} -d '{NEW}')\njq '.choices[0].text' <<< \"$A$B\"\n",
        ),
        ("curl http://tgi/info | jq .max_total_tokens\n", "curl http://tgi/v1/models | jq '.data[0].max_model_len'\n"),
    ],
    ids=[
        *("heredoc", "quoted heredoc", "indented heredoc", "variable", "tee", "python", "options", "root", "two calls"),
        "info",
    ],
)
def test_rewritten(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({"a.sh": before}).files["a.sh"] == after


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"curl {OLD_URL} -d @body.json # inputs\n", "cannot be seen"),
        (f'B=\'{BODY}\'\necho "$B"\ncurl {OLD_URL} -d "$B"\n', "cannot be seen"),
        (f"curl {OLD_URL} -d '{BODY}' | grep -o generated_text\n", "grep reads"),
        (
            f"curl {OLD_URL} -d '{BODY}' | python3 -c 'import json; print(json.load(f)[\"details\"], \"generated_text\")'\n",
            "this program",
        ),
        (
            f"A=$(curl {OLD_URL} -d '{BODY}')\nB=$(curl {OLD_URL} -d '{BODY[:-2]}, \"watermark\": true}}}}')\njq .generated_text <<< \"$A$B\"\n",
            "watermark",
        ),
        (f"A=$(curl {OLD_URL} -d '{BODY}')\njq .details.tokens <<< \"$A\"\n", "another place"),
    ],
    ids=["file", "variable read twice", "grep", "python", "one of two stays", "jq elsewhere"],
)
def test_left_to_a_person(text: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved({"a.sh": text})
    assert done.files["a.sh"] == text
    assert reason in done.says("manual")


@pytest.mark.parametrize(
    "text",
    [
        "until curl -sf http://tgi/health; do sleep 1; done\n",
        "curl -s http://tgi/info\n",
        "curl http://tgi/metrics | grep tgi_\n",
        'curl -d \'{"inputs": "x"}\' http://embed # generated_text\n',
        f"# curl {OLD_URL} -d '{BODY}'\n",
        'curl https://api-inference.huggingface.co/generate -d \'{"inputs": "x"}\'\n',
    ],
    ids=["health", "info printed", "metrics", "embeddings", "comment", "hosted"],
)
def test_left_alone(text: str, moved: Callable[..., Any]) -> None:
    done = moved({"a.sh": text})
    assert done.files["a.sh"] == text
    assert done.found.findings == ()


def test_calls_that_one_filter_reads_are_one_group(moved: Callable[..., Any]) -> None:
    text = f"A=$(curl {OLD_URL} -d '{BODY}')\nB=$(curl {OLD_URL} -d '{BODY}')\njq .generated_text <<< \"$A$B\"\n"
    assert len({one.group for one in moved({"a.sh": text}).found.findings}) == 1


@pytest.mark.parametrize("name", ["Makefile", "docs/use.md", "tasks.mk"])
def test_other_homes_of_shell_lines(name: str, moved: Callable[..., Any]) -> None:
    text = f"\t@curl -s $(URL)/generate -d '{BODY}' | jq -r .generated_text\n"
    assert (
        moved({name: text}).files[name] == f"\t@curl -s $(URL)/v1/completions -d '{NEW}' | jq -r '.choices[0].text'\n"
    )


def test_tools_ask_for_a_parser(moved: Callable[..., Any]) -> None:
    text = 'curl http://tgi/v1/chat/completions -d \'{"model": "tgi", "messages": [], "tools": []}\'\n'
    done = moved({"run.sh": "text-generation-launcher --model-id m\n", "a.sh": text})
    assert [(one.feature, one.address) for one in done.found.asked] == [("tool-call-parser", "http://tgi")]
    assert "tool_call_parser" in done.says("review")
    other = text.replace('"tgi"', '"m"')
    assert moved({"a.sh": other}).found.asked == ()


def test_names_and_tools_in_notebooks(moved: Callable[..., Any]) -> None:
    text = 'curl http://tgi/v1/chat/completions -d \'{"model": "tgi", "messages": [], "tools": []}\''
    book = json.dumps({"cells": [{"cell_type": "code", "source": [f"!{text}"]}]})
    done = moved({"a.ipynb": book})
    assert [one.name for one in done.found.names] == ["tgi"]
    assert [one.feature for one in done.found.asked] == ["tool-call-parser"]
