"""A prompt as each engine is asked it: TGI's own request, or what the rules make of it, and then as much besides as
the engine can say about its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from migrate.clients.rules import book
from migrate.parity.exchange import Json, Request
from migrate.parity.prompts.prompt import Prompt
from migrate.parity.protocols import ollama
from migrate.parity.translation import translate_request

# How many alternatives both engines may be asked for; TGI's --max-top-n-tokens and OpenAI's completions end at 5.
ALTERNATIVES = 5


class Protocol(StrEnum):
    """How an engine is asked: TGI's own routes for raw prompts, OpenAI's for all, or Ollama's own for all."""

    TGI = "tgi"
    OPENAI = "openai"
    OLLAMA = "ollama"


class Untranslatable(ValueError):
    """A prompt that the rules leave to a person."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`rules` translated the request; where they left something to a person, `manual` says what and nothing is sent."""

    request: Request
    rules: tuple[str, ...] = ()
    manual: str = ""


def ask(prompt: Prompt, protocol: Protocol, model: str, budget: int | None = None) -> Asked:
    """What goes to an engine; `budget` is the limit that TGI had where the prompt names none."""
    original = tgi_request(prompt)
    if protocol is Protocol.TGI:
        return Asked(_besides(original, model, tgi=True))
    done = translate_request(original, book(), budget)
    if done.request is None:
        return Asked(original, done.rules, done.manual)
    if protocol is Protocol.OLLAMA:
        return Asked(ollama.request(done.request, model), done.rules)
    return Asked(_besides(done.request, model, tgi=False), done.rules)


def request(prompt: Prompt, protocol: Protocol, model: str) -> Request:
    """The request alone.

    Raises:
        Untranslatable: the rules leave the prompt to a person.
    """
    asked = ask(prompt, protocol, model)
    if asked.manual:
        raise Untranslatable(f"{prompt.name}: {asked.manual}")
    return asked.request


def tgi_request(prompt: Prompt) -> Request:
    """The prompt as a client of TGI asks it: chats on the OpenAI route, streamed, raw prompts on /generate."""
    if prompt.asked is not None:
        return prompt.asked if prompt.seed is None else _seeded(prompt.asked, prompt.seed)
    if prompt.messages:
        return _post("/v1/chat/completions", _chat(prompt))
    return _post("/generate", {"inputs": prompt.text, "parameters": _parameters(prompt)})


def _post(path: str, body: Json) -> Request:
    return Request("POST", path, body, {"content-type": "application/json"})


def _parameters(prompt: Prompt) -> dict[str, Json]:
    fields: dict[str, Json] = {"max_new_tokens": prompt.max_tokens}
    if prompt.temperature:
        fields |= {"do_sample": True, "temperature": prompt.temperature}
    return fields | _both(prompt)


def _chat(prompt: Prompt) -> Json:
    fields: dict[str, Json] = {"max_tokens": prompt.max_tokens, "temperature": prompt.temperature}
    said: list[Json] = [{"role": role, "content": text} for role, text in prompt.messages]
    return fields | _both(prompt) | {"messages": said, "stream": True}


def _both(prompt: Prompt) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    if prompt.seed is not None:
        fields["seed"] = prompt.seed
    if prompt.stop:
        fields["stop"] = list(prompt.stop)
    return fields | dict(prompt.fields)


def _seeded(asked: Request, seed: int) -> Request:
    """A captured request with a seed, where its route takes it."""
    body = dict(asked.body) if isinstance(asked.body, dict) else {}
    if "inputs" not in body:
        return replace(asked, body={**body, "seed": seed})
    stated = body.get("parameters")
    fields: dict[str, Json] = dict(stated) if isinstance(stated, dict) else {"do_sample": True}
    return replace(asked, body={**body, "parameters": {**fields, "seed": seed}})


def _besides(request: Request, model: str, *, tgi: bool) -> Request:
    """The request, asked for log-probabilities, token ids and usage as well; what it asks for itself stays."""
    body = dict(request.body) if isinstance(request.body, dict) else {}
    if "inputs" in body:
        return replace(request, body=_native_besides(request.path, body))
    more: dict[str, Json] = {} if tgi else {"return_token_ids": True}
    if "messages" in body:
        more |= {"logprobs": True, "top_logprobs": ALTERNATIVES}
    elif not tgi:
        more["logprobs"] = ALTERNATIVES
    if body.get("stream") is True:
        more["stream_options"] = {"include_usage": True}
    return replace(request, body={**more, **body, "model": model})


_BESIDES: dict[str, tuple[Json, ...]] = {
    "return_token_ids": (True,),
    "logprobs": (True, ALTERNATIVES),
    "top_logprobs": (ALTERNATIVES,),
    "stream_options": ({"include_usage": True},),
}
_NATIVE_BESIDES: dict[str, tuple[Json, ...]] = {
    "details": (True,),
    "top_n_tokens": (ALTERNATIVES,),
    "decoder_input_details": (True,),
}


def bare(request: Request) -> Request:
    """A recorded request without what was asked besides, so that another engine can be asked the same."""
    body = request.body
    if not isinstance(body, dict):
        return request
    stated = body.get("parameters")
    if "inputs" not in body:
        return replace(request, body=_without(body, _BESIDES))
    if not isinstance(stated, dict):
        return request
    return replace(request, body={**body, "parameters": _without(stated, _NATIVE_BESIDES)})


def _without(fields: Mapping[str, Json], besides: Mapping[str, tuple[Json, ...]]) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if value not in besides.get(name, ())}


def _native_besides(path: str, body: dict[str, Json]) -> Json:
    """A body without `parameters` samples on TGI, one with them does not unless it says so; the prompt's tokens cannot
    be had from a stream."""
    stated = body.get("parameters")
    fields: dict[str, Json] = dict(stated) if isinstance(stated, dict) else {"do_sample": True}
    streams = path.endswith("/generate_stream") or body.get("stream") is True
    more: dict[str, Json] = {"details": True, "top_n_tokens": ALTERNATIVES}
    if not streams:
        more["decoder_input_details"] = True
    return {**body, "parameters": {**fields, **more}}
