"""A prompt as each engine is asked it, so that both do the same and say as much about it as they can."""

from __future__ import annotations

from enum import StrEnum

from migrate.parity.exchange import Json, Request
from migrate.parity.prompts import Prompt

# How many alternatives both engines may be asked for; TGI's --max-top-n-tokens and OpenAI's completions end at 5.
ALTERNATIVES = 5


class Protocol(StrEnum):
    """How an engine is asked: TGI's own routes for raw prompts, or the OpenAI ones for all."""

    TGI = "tgi"
    OPENAI = "openai"


def request(prompt: Prompt, protocol: Protocol, model: str) -> Request:
    """The request; chats go to the OpenAI route of either engine, streamed, raw prompts come in one piece."""
    if prompt.messages:
        return _post("/v1/chat/completions", _chat(prompt, model))
    if protocol is Protocol.TGI:
        return _post("/generate", {"inputs": prompt.text, "parameters": _parameters(prompt)})
    return _post("/v1/completions", _completion(prompt, model))


def _post(path: str, body: Json) -> Request:
    return Request("POST", path, body, {"content-type": "application/json"})


def _parameters(prompt: Prompt) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "max_new_tokens": prompt.max_tokens,
        "details": True,
        "decoder_input_details": True,
        "top_n_tokens": ALTERNATIVES,
    }
    if prompt.temperature:
        fields |= {"do_sample": True, "temperature": prompt.temperature}
    if prompt.seed is not None:
        fields["seed"] = prompt.seed
    if prompt.stop:
        fields["stop"] = list(prompt.stop)
    return fields


def _shared(prompt: Prompt, model: str) -> dict[str, Json]:
    fields: dict[str, Json] = {"model": model, "max_tokens": prompt.max_tokens, "temperature": prompt.temperature}
    if prompt.seed is not None:
        fields["seed"] = prompt.seed
    if prompt.stop:
        fields["stop"] = list(prompt.stop)
    return fields


def _chat(prompt: Prompt, model: str) -> Json:
    return _shared(prompt, model) | {
        "messages": [{"role": role, "content": said} for role, said in prompt.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        "logprobs": True,
        "top_logprobs": ALTERNATIVES,
    }


def _completion(prompt: Prompt, model: str) -> Json:
    """`include_stop_str_in_output` keeps the stop string in the text, as TGI does."""
    kept: dict[str, Json] = {"include_stop_str_in_output": True} if prompt.stop else {}
    more: dict[str, Json] = {"prompt": prompt.text, "logprobs": ALTERNATIVES, "return_token_ids": True}
    return _shared(prompt, model) | more | kept
