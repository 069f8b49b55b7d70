"""How a request asks for tokens to be chosen: what may be expected of two engines depends on it."""

from __future__ import annotations

from enum import Enum

from migrate.parity.exchange import Json, Request
from migrate.parity.protocols.shape import member, number


class Decoding(Enum):
    """`GREEDY` takes the most probable token; `SHAPED` does so after penalties or a grammar; `SAMPLED` draws."""

    GREEDY = "greedy"
    SHAPED = "shaped"
    SAMPLED = "sampled"


_SHAPING = ("repetition_penalty", "frequency_penalty", "presence_penalty", "watermark", "grammar", "logit_bias")
_SHAPING_OPENAI = (*_SHAPING, "response_format", "tools", "structured_outputs", "guided_json")
_SAMPLING = ("do_sample", "top_k", "top_p", "typical_p")


def decoding(request: Request) -> Decoding:
    """By TGI's rules on its own routes (greedy once `parameters` is there, unless something samples), by OpenAI's on
    the others (sampled unless the temperature is 0); Ollama's own routes have the fields in `options`."""
    if request.path.startswith("/api/"):
        return _openai(member(request.body, "options"))
    inputs = member(request.body, "inputs")
    return _native(request.body) if isinstance(inputs, str) else _openai(request.body)


def _native(body: Json) -> Decoding:
    parameters = member(body, "parameters")
    if not isinstance(parameters, dict):
        return Decoding.SAMPLED
    warm = number(parameters, "temperature")
    if any(parameters.get(name) for name in _SAMPLING) or warm not in (None, 1.0):
        return Decoding.SAMPLED
    return Decoding.SHAPED if _shaped(parameters, _SHAPING) else Decoding.GREEDY


def _openai(body: Json) -> Decoding:
    if number(body, "temperature") != 0:
        return Decoding.SAMPLED
    return Decoding.SHAPED if _shaped(body, _SHAPING_OPENAI) else Decoding.GREEDY


def _shaped(fields: Json, names: tuple[str, ...]) -> bool:
    """A repetition penalty of 1 changes nothing, nor does any other field that is empty or 0."""
    return any(
        bool(value) and not (name == "repetition_penalty" and value == 1)
        for name in names
        if (value := member(fields, name)) is not None
    )
