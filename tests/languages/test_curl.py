"""Shell calls: how the body is quoted, what reads the answer, parameters, names."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BODY = '\'{"inputs": "x", "parameters": {"max_new_tokens": 5}}\''
NEW = '\'{"prompt": "x", "max_tokens": 5, "temperature": 0}\''
REASON = '(.choices[0] | if .finish_reason != "stop" then .finish_reason elif .stop_reason then "stop_sequence" else "eos_token" end)'
LAUNCH = "text-generation-launcher --model-id m\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"R=$(curl -s http://tgi/generate -d {BODY})\necho $R | jq -r .generated_text\n",
            f"R=$(curl -s http://tgi/v1/completions -d {NEW})\necho $R | jq -r '.choices[0].text'\n",
        ),
        (
            f"curl http://tgi/generate --json {BODY} | jq '.details.finish_reason'\n",
            f"curl http://tgi/v1/completions --json {NEW} | jq '{REASON}'\n",
        ),
        (
            f"curl http://tgi/generate -d {BODY} | jq '.details.generated_tokens'\n",
            f"curl http://tgi/v1/completions -d {NEW} | jq '.usage.completion_tokens'\n",
        ),
        (
            f"curl -N http://tgi/generate_stream -d {BODY}\n",
            f'curl -N http://tgi/v1/completions -d {NEW[:-2]}, "stream": true}}\'\n',
        ),
        (
            'curl http://tgi/generate -d \'{"inputs": "x", "parameters": {"max_new_tokens": 5, "adapter_id": "a", "do_sample": true}}\'\n',
            'curl http://tgi/v1/completions -d \'{"prompt": "x", "max_tokens": 5, "model": "a", "temperature": 1.0}\'\n',
        ),
        (f"curl http://tgi/generate -d {BODY} || exit 1\n", f"curl http://tgi/v1/completions -d {NEW} || exit 1\n"),
    ],
    ids=["kept-in-a-variable", "reason", "count", "stream", "adapter", "or"],
)
def test_rewritten(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({"a.sh": before}).files["a.sh"] == after


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"curl http://tgi/generate_stream -d {BODY} | while read l; do :; done\n", "cannot be rewritten"),
        (f"curl http://tgi/generate -d {BODY} | jq '.details.tokens'\n", "another place"),
        ("curl http://tgi/generate -d $BODY # inputs, tgi\n", "cannot be seen"),
        ("curl http://tgi/generate -d '{\"inputs\": ' # tgi\n", "cannot be seen"),
        (
            'curl http://tgi/generate -d \'{"inputs": "x", "parameters": {"best_of": 3, "max_new_tokens": 5}}\'\n',
            "best_of",
        ),
        (f"# lorax\ncurl http://tgi/generate -d {BODY}\n", "check which server"),
    ],
    ids=["stream-read", "tokens", "unquoted", "no-json", "no-counterpart", "other-server"],
)
def test_left_to_a_person(text: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved({"a.sh": text})
    assert done.files["a.sh"] == text
    assert reason in done.says("manual")


def test_what_changes_a_little_is_told(moved: Callable[..., Any]) -> None:
    body = '\'{"inputs": "x", "parameters": {"max_new_tokens": 5, "typical_p": 0.9}}\''
    text = f"curl http://tgi/generate -d {body}\n"
    done = moved({"a.sh": text})
    assert "typical_p" in done.says("review") + done.says("manual")


CHAT = 'curl http://localhost/v1/chat/completions -d \'{"model": "tgi", "messages": []}\'\n'


def test_name(moved: Callable[..., Any]) -> None:
    done = moved({"a.sh": CHAT})
    assert done.files["a.sh"] == CHAT
    assert [(one.name, one.address) for one in done.found.names] == [("tgi", "http://localhost")]
    assert "served-model-name" in done.says("review")
    assert moved({"run.sh": LAUNCH, "a.sh": CHAT}).found.findings == ()
    assert moved({"run.sh": "vllm serve m --served-model-name m tgi\n", "a.sh": CHAT}).found.names == ()
    assert moved({"a.sh": CHAT.replace('"tgi"', '"m"')}).found.names == ()


PROXY = "model_list:\n  - litellm_params:\n      model: huggingface/a/b\n      api_base: {}\n"


@pytest.mark.parametrize(
    ("address", "after"),
    [("http://tgi:80", "http://tgi:80/v1"), ("http://tgi/v1", "http://tgi/v1"), ('"http://tgi/"', '"http://tgi/v1"')],
    ids=["plain", "path-is-there", "quoted"],
)
def test_proxy(address: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved({"c.yaml": PROXY.format(address)})
    assert done.files["c.yaml"] == PROXY.format(after).replace("huggingface/", "hosted_vllm/")
    assert [one.name for one in done.found.names] == ["a/b"]


@pytest.mark.parametrize(
    ("text", "manual"),
    [
        (PROXY.format("os.environ/TGI_URL"), True),
        (PROXY.format("https://x.endpoints.huggingface.co"), False),
        (PROXY.format("http://tgi").replace("huggingface/a", "openai/a"), False),
        (PROXY.format("[1, 2"), False),
        ("a: huggingface/b\n", False),
    ],
    ids=["variable", "hosted", "other-provider", "no-yaml", "no-proxy"],
)
def test_proxy_left_alone(text: str, manual: bool, moved: Callable[..., Any]) -> None:
    done = moved({"c.yaml": text})
    assert done.files["c.yaml"] == text
    assert bool(done.says("manual")) is manual
    assert manual or done.found.findings == ()


def test_comments_and_other_servers_of_other_languages_are_not_told(moved: Callable[..., Any]) -> None:
    text = '// post("http://tgi/generate", inputs, max_new_tokens)\n'
    hosted = 'post("https://api-inference.huggingface.co/generate", inputs, max_new_tokens)\n'
    assert moved({"a.go": text, "b.go": hosted}).found.findings == ()


def test_a_name_that_is_sent_to_a_server_of_the_repository(moved):
    launch = "docker run -p 8080:80 ghcr.io/huggingface/text-generation-inference:3.3.7 --model-id a/b\n"
    mine = CHAT.replace('"tgi"', '"mine"')
    assert [one.name for one in moved({"run.sh": launch, "a.sh": mine}).found.names] == ["mine"]
    assert moved({"run.sh": launch, "a.sh": mine.replace("localhost", "api.example.com")}).found.names == ()
