"""The stand-ins answer the recorded requests as the real engines did, generated text, ids, numbers and times masked."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest

from migrate.parity.exchange import Exchange, Request
from migrate.parity.recording import Recording
from tests import standins
from tests.standins.masking import masked_body, masked_headers, masked_stream

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"
ROOT = "/srv/model/SmolLM2-135M-Instruct"
Outcome = tuple[int, dict[str, str], Any]


def answers(exchange: Exchange) -> list[dict[str, Any]]:
    """The JSON objects of a recorded answer: its events, or its one body."""
    reply = exchange.reply
    texts = [chunk.data.removeprefix("data: ") for chunk in reply.chunks] if reply.streamed else [reply.body]
    found = [json.loads(text) for text in texts if text[:2] in ('{"', "[{")]
    return [one for item in found for one in (item if isinstance(item, list) else [item])]


def said(exchange: Exchange) -> standins.Model:
    """What the real model said, so that the stand-in says as much and ends for the same reason."""
    pieces: list[str] = []
    ends = False
    for answer in answers(exchange):
        mine, reason = _native(answer) if "generated_text" in answer else _openai(answer)
        pieces += mine
        ends = ends or reason in ("eos_token", "stop")
    if exchange.reply.streamed and exchange.reply.headers.get("server") == "uvicorn":
        pieces = _unheld(pieces, exchange.request)
    return standins.Model(pieces=pieces, constrained=pieces, arguments=pieces, ends=ends)


def _native(answer: dict[str, Any]) -> tuple[list[str], str | None]:
    details = answer.get("details") or {}
    tokens = details.get("tokens") or ([answer["token"]] if "token" in answer else None)
    if tokens is None:
        return [answer["generated_text"]], None
    special = any(token["special"] for token in tokens)
    return [token["text"] for token in tokens if not token["special"]], "eos_token" if special else None


def _openai(answer: dict[str, Any]) -> tuple[list[str], str | None]:
    if "predictions" in answer:
        return answer["predictions"][:1], None
    if answer.get("error_type") == "tool_error" and '"' in answer["error"]:
        return [json.loads(answer["error"][answer["error"].index('"') :])], None
    choice = next((one for one in answer.get("choices", []) if one["index"] == 0), None)
    if choice is None or ("delta" in choice and "prompt_text" in answer):
        return [], None
    reason = choice["finish_reason"]
    message = choice.get("delta") or choice.get("message") or {}
    calls = message.get("tool_calls")
    text = choice["text"] if "text" in choice else calls[0]["function"]["arguments"] if calls else message["content"]
    end = reason == "eos_token" or (reason == "stop" and not text)
    return [] if end else [text + (choice.get("stop_reason") or "")], reason


def _unheld(pieces: list[str], request: Request) -> list[str]:
    """The tokens behind a stream of vLLM, which holds back what may begin a stop string."""
    body: Any = request.body
    stops = body.get("stop") or []
    held = max(map(len, [stops] if isinstance(stops, str) else stops), default=1) - 1
    ends = [0, *accumulate(map(len, pieces))]
    ends[1:-1] = [end + held for end in ends[1:-1]]
    whole = "".join(pieces)
    return [whole[start:end] for start, end in pairwise(ends)]


def raw(request: Request) -> bytes:
    """The request as it went over the wire, on a connection of its own."""
    text = json.dumps(request.body) if request.text is None and request.body is not None else request.text
    body = (text or "").encode()
    headers = {"host": "engine", "connection": "close", "content-length": str(len(body)), **request.headers}
    lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(port: int, request: Request) -> Outcome:
    """The answer to a request, masked, with the transfer chunks apart."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(raw(request))
        reply = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = reply.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    masked = masked_stream(list(_chunks(body))) if "transfer-encoding" in headers else masked_body(body.decode())
    return int(status.split()[1]), masked_headers(headers), masked


def _chunks(body: bytes) -> list[str]:
    found: list[str] = []
    while True:
        size, _, body = body.partition(b"\r\n")
        if not int(size, 16):
            return found
        found.append(body[: int(size, 16)].decode("utf-8", "surrogatepass"))
        body = body[int(size, 16) + 2 :]


def recorded(exchange: Exchange) -> Outcome:
    reply = exchange.reply
    body = masked_stream([chunk.data for chunk in reply.chunks]) if reply.streamed else masked_body(reply.body)
    return reply.status, masked_headers(reply.headers), body


# What is not held against the recording, or not all of it.
EXCEPTIONS = {
    "service/disconnect/generate_stream": "the client hung up in the middle",
    "service/disconnect/chat": "the client hung up in the middle",
    "overload/chat": "a model without a chat template",
}
ONLY_STATUS_AND_HEADERS = {
    "openai/chat/messages-null-content": "pydantic's errors of nine kinds of messages",
    "openai/chat/messages-null-content/stream": "pydantic's errors of nine kinds of messages",
}
KEY = "Secret-1"
# What recordings hold back: the headers of the requests that had the key, in whatever case.
KEYS = {"right": "Bearer Secret-1", "upper-case": "Bearer SECRET-1", "lower-case": "bearer secret-1"}


def differences(name: str, server: standins.Server, heard: list[standins.Model]) -> list[tuple[str, Outcome, Outcome]]:
    """The recorded requests that the server answers otherwise; `heard` is told before each what the model says."""
    found = []
    for exchange in Recording.open(RECORDINGS / f"{name}.jsonl.gz"):
        if exchange.id in EXCEPTIONS:
            continue
        heard[:] = [said(exchange)]
        request = exchange.request
        if (key := KEYS.get(exchange.id.split("/")[1] if exchange.id.startswith("api-key/") else "")) is not None:
            request = replace(request, headers={**request.headers, "authorization": key})
        if exchange.reply.status == 429 or "overloaded" in exchange.reply.body or exchange.id == "overload/vertex":
            server.faults.append(standins.Fault.OVERLOAD)
        got, wanted = ask(server.port, request), recorded(exchange)
        parts = 2 if exchange.id in ONLY_STATUS_AND_HEADERS and wanted[0] == 400 else 3
        if got[:parts] != wanted[:parts]:
            found.append((exchange.id, got, wanted))
    return found


@pytest.mark.parametrize(
    ("name", "options", "count"),
    [
        ("tgi-wire", {}, 665),
        ("tgi-service", {}, 42),
        ("tgi-locked", {"api_key": KEY, "cors": False}, 50),
        ("tgi-full", {}, 14),
    ],
)
def test_tgi(name: str, options: dict[str, Any], count: int) -> None:
    heard: list[standins.Model] = []
    with standins.tgi(lambda _: heard[0], name=ROOT, **options) as server:
        assert differences(name, server, heard) == []
        assert len(server.requests) == count


def test_vllm() -> None:
    heard: list[standins.Model] = []
    with standins.vllm(lambda _: heard[0], names=("tgi",), root=ROOT) as server:
        assert differences("vllm-wire", server, heard) == []
        assert len(server.requests) == 324
