"""What a test can make a stand-in do: say something, be slow, be full, fail in each way."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest

from tests import standins
from tests.standins import Fault, Model

ENGINES = {
    "tgi": (standins.tgi, "/generate", {"inputs": "Hi", "parameters": {}}),
    "tgi-stream": (standins.tgi, "/generate_stream", {"inputs": "Hi", "parameters": {}}),
    "vllm": (standins.vllm, "/v1/completions", {"prompt": "Hi"}),
    "vllm-stream": (standins.vllm, "/v1/completions", {"prompt": "Hi", "stream": True}),
}
Client = partial(httpx.Client, verify=False)  # without certificates, whose reading takes longer than a test


def post(url: str, **request: Any) -> httpx.Response:
    with Client() as client:
        return client.post(url, **request)


@contextmanager
def asked(kind: str, *faults: Fault, timeout: float = 5) -> Iterator[httpx.Response]:
    """The answer to one generation, its body not read yet."""
    make, path, body = ENGINES[kind]
    with (
        make(faults=faults) as server,
        Client(base_url=server.url, timeout=timeout) as client,
        client.stream("POST", path, json=body) as reply,
    ):
        yield reply


def test_says_what_it_is_told() -> None:
    with standins.tgi(Model(pieces=("a", "b"))) as server:
        reply = post(server.url, json={"inputs": "Hi", "parameters": {"return_full_text": False}})
        assert reply.json() == [{"generated_text": "ab"}]
        assert server.requests[0].body["inputs"] == "Hi"


def test_says_what_the_request_asks_for() -> None:
    with standins.vllm(lambda request: Model(pieces=(request.body["prompt"].upper(),))) as server:
        reply = post(f"{server.url}/v1/completions", json={"prompt": "hi"})
        assert reply.json()["choices"][0]["text"] == "HI"


def test_takes_its_time_for_each_token() -> None:
    with standins.tgi(Model(pieces=("a", "b"), ends=False, delay=0.05)) as server:
        began = time.monotonic()
        post(f"{server.url}/generate", json={"inputs": "Hi", "parameters": {}})
        assert time.monotonic() - began > 0.1


@pytest.mark.parametrize(
    ("kind", "fault", "status", "says"),
    [
        ("tgi", Fault.ERROR, 424, '"error_type":"generation"'),
        ("tgi-stream", Fault.ERROR, 200, '"error_type":"generation"'),
        ("vllm", Fault.ERROR, 500, '"InternalServerError"'),
        ("vllm-stream", Fault.ERROR, 500, '"InternalServerError"'),
        ("tgi", Fault.OVERLOAD, 429, '"error_type":"overloaded"'),
        ("tgi-stream", Fault.OVERLOAD, 200, '"error_type":"overloaded"'),
        ("vllm", Fault.OVERLOAD, 503, '"Service Unavailable"'),
        ("tgi", Fault.SERVER_ERROR, 500, "Internal Server Error"),
        ("vllm-stream", Fault.SERVER_ERROR, 500, "Internal Server Error"),
        ("tgi-stream", Fault.LATE_ERROR, 200, '"index":1'),
        ("tgi-stream", Fault.LATE_ERROR, 200, '"error_type":"generation"'),
        ("vllm-stream", Fault.LATE_ERROR, 200, '"InternalServerError"'),
        ("tgi", Fault.LATE_ERROR, 424, '"error_type":"generation"'),
    ],
)
def test_refuses_as_the_engine_does(kind: str, fault: Fault, status: int, says: str) -> None:
    with asked(kind, fault) as reply:
        assert reply.status_code == status
        assert says in reply.read().decode()


@pytest.mark.parametrize("kind", ENGINES)
def test_cuts_the_connection(kind: str) -> None:
    with asked(kind, Fault.CUT) as reply, pytest.raises(httpx.RemoteProtocolError):
        reply.read()


@pytest.mark.parametrize("kind", ["tgi-stream", "vllm-stream"])
def test_stalls_after_the_first_event(kind: str) -> None:
    with asked(kind, Fault.STALL, timeout=0.2) as reply:
        pieces = reply.iter_bytes()
        assert next(pieces).startswith(b"data: {")
        with pytest.raises(httpx.ReadTimeout):
            next(pieces)


@pytest.mark.parametrize(("kind", "fault"), [("tgi", Fault.HANG), ("vllm-stream", Fault.HANG), ("tgi", Fault.STALL)])
def test_hangs(kind: str, fault: Fault) -> None:
    with pytest.raises(httpx.ReadTimeout), asked(kind, fault, timeout=0.2):
        pass


@pytest.mark.parametrize("kind", ENGINES)
def test_sends_garbage(kind: str) -> None:
    with asked(kind, Fault.GARBAGE) as reply:
        assert b"\xff" in reply.read()


def test_faults_come_once_and_only_to_generations() -> None:
    with standins.tgi(faults=[Fault.ERROR]) as server, Client(base_url=server.url) as client:
        assert client.get("/health").status_code == 200
        statuses = [client.post("/generate", json={"inputs": "Hi"}).status_code for _ in range(2)]
        assert statuses == [424, 200]


def test_is_full_beyond_its_limit() -> None:
    statuses: list[int] = []
    with standins.tgi(Model(delay=0.1), limit=1) as server:

        def ask() -> None:
            statuses.append(post(f"{server.url}/generate", json={"inputs": "Hi"}).status_code)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200, 429, 429]
        assert server.most == 1


def test_knows_who_hung_up() -> None:
    with standins.tgi(Model(pieces=["x"] * 500, delay=0.01)) as server:
        with (
            Client(base_url=server.url) as client,
            client.stream("POST", "/generate_stream", json={"inputs": "Hi"}) as reply,
        ):
            next(reply.iter_bytes())
        deadline = time.monotonic() + 5
        while not server.requests[0].hung_up and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.requests[0].hung_up


def test_takes_a_chunked_body() -> None:
    with standins.tgi() as server:
        parts = iter([b'{"inputs": ', b'"Hi"}'])
        reply = post(f"{server.url}/generate", content=parts, headers={"content-type": "application/json"})
        assert reply.status_code == 200
        assert json.loads(server.requests[0].raw) == {"inputs": "Hi"}


def test_calls_a_tool_where_the_server_has_a_parser() -> None:
    tool = {"type": "function", "function": {"name": "look", "parameters": {}}}
    body = {"messages": [{"role": "user", "content": "Hi"}], "tools": [tool]}
    with standins.vllm(tools=True) as server:
        choice = post(f"{server.url}/v1/chat/completions", json=body).json()["choices"][0]
        assert choice["finish_reason"] == "tool_calls"
        assert json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"]) == {"city": "Paris"}
    with standins.vllm() as server:
        assert post(f"{server.url}/v1/chat/completions", json=body).status_code == 400


def test_stops_where_the_engine_does() -> None:
    """TGI sees a stop string only at the end of a token and keeps it; vLLM sees it anywhere and cuts it."""
    model = Model(pieces=("one", " two", " three"))
    with standins.tgi(model) as server:
        parameters = {"stop": ["tw", "two"], "details": True}
        answer = post(f"{server.url}/generate", json={"inputs": "Hi", "parameters": parameters}).json()
        assert answer["generated_text"] == "one two"
        assert answer["details"]["finish_reason"] == "stop_sequence"
    with standins.vllm(model) as server:
        choice = post(f"{server.url}/v1/completions", json={"prompt": "Hi", "stop": ["w"]}).json()["choices"][0]
        assert (choice["text"], choice["stop_reason"]) == ("one t", "w")


@pytest.mark.parametrize(
    ("make", "path", "body", "status"),
    [
        (standins.tgi, "/generate", {"inputs": "x " * 2000, "parameters": {}}, 422),
        (standins.vllm, "/v1/completions", {"prompt": "x " * 3000}, 400),
    ],
)
def test_refuses_a_prompt_that_is_too_long(make: object, path: str, body: dict[str, object], status: int) -> None:
    assert callable(make)
    with make() as server:
        assert post(server.url + path, json=body).status_code == status
