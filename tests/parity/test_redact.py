from __future__ import annotations

import pytest

from migrate.parity.exchange import Chunk, Exchange, Json, Reply, Request
from migrate.parity.redact import Redactor, secrets_of, told
from migrate.redaction import SHOWN

HUB = "hf_" + "aB3" * 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"token {HUB}.", f"token {SHOWN}.", id="hub-token"),
        pytest.param("sk-" + "a1" * 12, SHOWN, id="api-key"),
        pytest.param("Authorization: Bearer abcdefgh12", f"Authorization: Bearer {SHOWN}", id="bearer"),
        pytest.param("http://me:pass@host/x", f"http://me:{SHOWN}@host/x", id="user-and-password"),
        pytest.param("/x?api_key=abc&n=1", f"/x?api_key={SHOWN}&n=1", id="query"),
        pytest.param("echo s3cret echo", f"echo {SHOWN} echo", id="a-known-secret"),
    ],
)
def test_secrets_are_taken_out(text: str, expected: str) -> None:
    assert Redactor(("s3cret",)).text(text) == expected


@pytest.mark.parametrize(
    "text",
    ["the token hf_x", "a task-force", "http://host:8080/x@y", "max_new_tokens=5", "?monkey=1", "Bearer of news", ""],
)
def test_other_text_stays(text: str) -> None:
    assert Redactor(("",)).text(text) == text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--api-key", "x", "--port", "80"], ["--api-key", SHOWN, "--port", "80"]),
        (["--api-key=x"], [f"--api-key={SHOWN}"]),
        (["HF_TOKEN=x"], [f"HF_TOKEN={SHOWN}"]),
        (["--api_key", "x", "y", "--port", "80"], ["--api_key", SHOWN, SHOWN, "--port", "80"]),
        (["-c", "vllm serve m --api-key x --port 80"], ["-c", f"vllm serve m --api-key {SHOWN} --port 80"]),
        (["-c", "vllm serve m --api-key='x y' -q"], ["-c", f"vllm serve m --api-key={SHOWN} -q"]),
        (["-c", "vllm serve m --api-key --port 80"], ["-c", "vllm serve m --api-key --port 80"]),
        (["--api-key", "--port", "80"], ["--api-key", "--port", "80"]),
        (["--max-total-tokens", "5"], ["--max-total-tokens", "5"]),
        (["--tokenizer-config-path=x"], ["--tokenizer-config-path=x"]),
    ],
    ids=[
        *("apart", "joined", "variable", "several-keys", "in-a-shell", "in-a-shell-joined", "in-a-shell-no-value"),
        *("no-value", "tokens-are-no-token", "tokenizer"),
    ],
)
def test_arguments(arguments: list[str], expected: list[str]) -> None:
    assert list(Redactor().arguments(arguments)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "vllm serve m --api-key sesame: is no engine",
        "docker run -e HF_TOKEN=sesame --gpus all: names no image",
        "http://user:p@sesame@localhost:1: All connection attempts failed",
        "http://localhost:1/?token=sesame: answers neither /info nor /v1/models",
        "its log ends with:\n'api_key': ['sesame', 'x']",
        "its log: ['serve', '--api-key', 'sesame', '--port', '80']",
        'its log: ["--hf-token", "sesame \\" sesame"]',
    ],
)
def test_messages(text: str) -> None:
    assert "sesame" not in told(text)
    assert told(text).startswith(text[:9])


@pytest.mark.parametrize(
    "text", ["", "a.jsonl: No such file or directory", "prompts.jsonl:3: Expected `int` - at `$.max_tokens`"]
)
def test_other_messages_stay(text: str) -> None:
    assert told(text) == text


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (["--api-key", "open-sesame", "--port", "80"], {}, ("open-sesame",)),
        (["--api-key=open-sesame"], {"HF_TOKEN": "other-secret", "MODEL_ID": "m"}, ("open-sesame", "other-secret")),
        (["--api-key", "x"], {"API_KEY": "EMPTY"}, ()),
        (["--port", "80"], None, ()),
    ],
)
def test_secrets_that_an_engine_may_echo(
    arguments: list[str], environment: dict[str, str] | None, expected: tuple[str, ...]
) -> None:
    assert secrets_of(arguments, environment) == expected


def test_members_of_a_captured_request() -> None:
    body: Json = {"api_key": "x", "metadata": {"HF_TOKEN": "x", "hub_access_token": "x"}, "token": "x", "password": 5}
    shown: Json = {
        "api_key": SHOWN,
        "metadata": {"HF_TOKEN": SHOWN, "hub_access_token": SHOWN},
        "token": "x",
        "password": 5,
    }
    assert Redactor().json(body) == shown


@pytest.mark.parametrize("name", ["authorization", "cookie", "set-cookie", "x-api-key", "proxy-authorization"])
def test_secret_headers(name: str) -> None:
    assert Redactor().headers({name: "x", "accept": "y"}) == {name: SHOWN, "accept": "y"}


def test_a_whole_exchange() -> None:
    body: Json = {"inputs": [f"my {HUB}", 5, None]}
    request = Request("POST", "/generate?token=abc", body, {"authorization": "Bearer x"}, f"raw {HUB}")
    exchange = Exchange("1", request, Reply(200, (Chunk(1.0, f"saw {HUB}"),), {"set-cookie": "x"}, 2.0, f"at {HUB}"))
    cleaned = Redactor().exchange(exchange)
    assert HUB not in repr(cleaned)
    assert cleaned.request.body == {"inputs": [f"my {SHOWN}", 5, None]}
    assert cleaned.reply == Reply(200, (Chunk(1.0, f"saw {SHOWN}"),), {"set-cookie": SHOWN}, 2.0, f"at {SHOWN}")


def test_an_exchange_without_a_secret_is_unchanged() -> None:
    exchange = Exchange("1", Request("GET", "/info"), Reply(200, (Chunk(1.0, '{"token":{"id":5}}'),)))
    assert Redactor().exchange(exchange) == exchange
