"""What the run of the client examples is judged with can tell right from wrong."""

from __future__ import annotations

import httpx
import pytest

from tests import standins
from tests.real import client_examples as clients
from tests.real.recorder import Recorder
from tests.real.test_client_examples import complaint
from tests.standins import Request


def test_the_recorder_keeps_what_was_asked_and_answered() -> None:
    with (
        standins.vllm() as server,
        Recorder(server.port) as recorder,
        httpx.Client(base_url=recorder.url, verify=False) as client,
    ):
        client.post("/v1/completions", json={"prompt": "Hi", "temperature": 0})
        client.get("/v1/models")
        client.post("/v1/completions", json={})
        assert [(one.method, one.path) for one in recorder.requests] == [
            ("POST", "/v1/completions"),
            ("GET", "/v1/models"),
            ("POST", "/v1/completions"),
        ]
        assert recorder.requests[0].body == {"prompt": "Hi", "temperature": 0}
        assert recorder.statuses == [200, 200, 400]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("[-0.501]\n", "[-0.502]\n", True),
        ("[-0.5]\n", "[-0.9]\n", False),
        ("FinishReason.Length\n", "length\n", True),
        ("FinishReason.Length\n", "eos_token\n", False),
        ("a\nb\n", "a\n", False),
    ],
)
def test_alike(one: str, other: str, same: bool) -> None:
    assert clients.alike(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("['a', 'b']\n", "['c']\n", True),
        ("['a', 'b']\n", "[1]\n", False),
        ("1\n", "2\n", True),
        ("1\n", "None\n", False),
        ("Hello there\n", "Good morning\n", True),
    ],
)
def test_kind(one: str, other: str, same: bool) -> None:
    assert (clients.kind(one) == clients.kind(other)) is same


@pytest.mark.parametrize(
    ("method", "path", "body", "fits"),
    [
        ("POST", "/generate", {"inputs": "Hi", "parameters": {"max_new_tokens": 5}}, True),
        ("POST", "/generate", {"inputs": "Hi", "parameters": {"max_tokens": 5}}, False),
        ("POST", "/generate", {"prompt": "Hi"}, False),
        ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}]}, True),
        ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}], "truncate": 5}, False),
        ("GET", "/info", None, True),
        ("GET", "/version", None, False),
    ],
)
def test_complaint(method: str, path: str, body: object, fits: bool) -> None:
    assert (complaint(Request(method, path, {}, b"", body)) == "") is fits


def test_an_address_is_replaced_and_others_are_kept() -> None:
    text = 'ask("http://tgi:80/generate", "https://api-inference.huggingface.co/models/x")'
    assert clients.placed(text, "http://127.0.0.1:5") == text.replace("http://tgi:80", "http://127.0.0.1:5")
    assert (
        clients.placed('Tgi(port=8080, url="http://gpu")', "http://127.0.0.1:5")
        == 'Tgi(port=5, url="http://127.0.0.1")'
    )
