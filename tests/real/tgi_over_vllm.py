"""A stand-in of TGI whose model is the real vLLM's, asked greedily: programs then print the same before and after."""

from __future__ import annotations

from typing import Any

from tests.real.engine import Server
from tests.standins import Model, Request

MOST = 200
KEPT = ("repetition_penalty",)


def said(server: Server, request: Request) -> Model:
    """What the real model says to a request that TGI got; nothing to what asks for no generation."""
    body = request.body if isinstance(request.body, dict) else {}
    if "messages" in body:
        return _chat(server, body)
    if "prompt" in body or "inputs" in body:
        return _completion(server, body)
    return Model()


def _completion(server: Server, body: dict[str, Any]) -> Model:
    prompt: Any = body["inputs"] if "inputs" in body else body["prompt"]
    given = body.get("parameters") or body
    asked: dict[str, Any] = {
        "prompt": prompt if isinstance(prompt, str) else prompt[0],
        "temperature": 0,
        "logprobs": 0,
    }
    asked |= {"max_tokens": given.get("max_new_tokens") or given.get("max_tokens") or MOST, "return_token_ids": True}
    asked |= {name: given[name] for name in KEPT if given.get(name) is not None}
    if given.get("truncate") is not None:
        asked |= {"truncate_prompt_tokens": given["truncate"], "truncation_side": "left"}
    if given.get("grammar") is not None:
        kind = "regex" if given["grammar"]["type"] == "regex" else "json"
        asked["structured_outputs"] = {kind: given["grammar"]["value"]}
    choice = server.ask("/v1/completions", asked)["choices"][0]
    found = choice["logprobs"]
    return _model(found["tokens"], found["token_logprobs"], choice["token_ids"], choice["finish_reason"])


def _chat(server: Server, body: dict[str, Any]) -> Model:
    messages = [{name: value for name, value in one.items() if value is not None} for one in body["messages"]]
    asked: dict[str, Any] = {"messages": messages, "temperature": 0, "logprobs": True, "return_token_ids": True}
    asked["max_tokens"] = body.get("max_tokens") or body.get("max_completion_tokens") or MOST
    choice = server.ask("/v1/chat/completions", asked)["choices"][0]
    found = choice["logprobs"]["content"]
    tokens, logprobs = [one["token"] for one in found], [one["logprob"] for one in found]
    return _model(tokens, logprobs, choice["token_ids"], choice["finish_reason"])


def _model(tokens: list[str], logprobs: list[float], ids: list[int], reason: str) -> Model:
    """The tokens as the stand-in's pieces; the end-of-sequence token is the stand-in's own."""
    count = len(tokens) - (reason == "stop")
    pieces = tokens[:count]
    return Model(
        pieces=pieces, constrained=pieces, ends=reason == "stop", logprobs=logprobs[:count] or [0.0], ids=ids[:count]
    )
