"""What TGI 3.3.7 refuses although its type is right, and how OpenAI's fields become its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

POSITIVE = ("temperature", "repetition_penalty", "top_k", "max_new_tokens")


@dataclass(frozen=True, slots=True)
class Limits:
    """The options of the launcher that decide what is refused."""

    max_input_tokens: int = 1536
    max_total_tokens: int = 2048
    max_best_of: int = 2
    max_stop_sequences: int = 4
    max_top_n_tokens: int = 5
    max_client_batch_size: int = 4


def check(parameters: Mapping[str, Any], inputs: str, tokens: int, streamed: bool, limits: Limits) -> None:
    """Holds the values of a generation's parameters against what TGI's validation lets pass.

    Raises:
        Invalid: with its error.
    """
    best_of, stops = parameters.get("best_of"), parameters.get("stop") or ()
    if best_of is not None and streamed:
        if best_of != 1:
            raise Invalid("Input validation error: `best_of` != 1 is not supported when streaming tokens")
    elif best_of is not None and best_of > limits.max_best_of:
        raise _invalid(f"`best_of` must be > 0 and <= {limits.max_best_of}. Given: {best_of}")
    if streamed and parameters.get("decoder_input_details"):
        raise _invalid("`decoder_input_details` == true is not supported when streaming tokens")
    _check_ranges(parameters)
    if len(stops) > limits.max_stop_sequences:
        raise _invalid(f"`stop` supports up to {limits.max_stop_sequences} stop sequences. Given: {len(stops)}")
    if (best_of or 1) > 1:
        if not sampling(parameters):
            raise _invalid("you must use sampling when `best_of` is > 1")
        if parameters.get("seed") is not None:
            raise _invalid("`seed` must not be set when `best_of` > 1")
    alternatives = parameters.get("top_n_tokens") or 0
    if alternatives > limits.max_top_n_tokens:
        raise _invalid(f"`top_n_tokens` must be >= 0 and <= {limits.max_top_n_tokens}. Given: {alternatives}")
    if not inputs:
        raise _invalid("`inputs` cannot be empty")
    _check_grammar(parameters.get("grammar"))
    _check_length(parameters, tokens, limits)


def _invalid(message: str) -> Invalid:
    return Invalid(f"Input validation error: {message}")


def _check_ranges(parameters: Mapping[str, Any]) -> None:
    for name in POSITIVE:
        value = parameters.get(name)
        if value is not None and value <= 0:
            raise _invalid(f"`{name}` must be strictly positive")
    penalty = parameters.get("frequency_penalty")
    if penalty is not None and not -2 <= penalty <= 2:
        raise _invalid("`frequency_penalty` must be >= -2.0 and <= 2.0")
    for name in ("top_p", "typical_p"):
        value = parameters.get(name)
        if value is not None and not 0 < value < 1:
            raise _invalid(f"`{name}` must be > 0.0 and < 1.0")


def _check_length(parameters: Mapping[str, Any], tokens: int, limits: Limits) -> None:
    truncate, limit = parameters.get("truncate"), parameters.get("max_new_tokens")
    if truncate is not None:
        if not 0 < truncate <= limits.max_input_tokens:
            raise _invalid(
                f"`truncate` must be strictly positive and less than {limits.max_input_tokens}. Given: {truncate}"
            )
        tokens = min(tokens, truncate)
    if limit is not None and tokens + min(limit, 1024) > limits.max_total_tokens:
        total = f"`inputs` tokens + `max_new_tokens` must be <= {limits.max_total_tokens}"
        raise _invalid(f"{total}. Given: {tokens} `inputs` tokens and {limit} `max_new_tokens`")
    if tokens > limits.max_input_tokens:
        raise _invalid(f"`inputs` must have less than {limits.max_input_tokens} tokens. Given: {tokens}")


def _check_grammar(grammar: Mapping[str, Any] | None) -> None:
    if grammar is None:
        return
    value = grammar["value"]
    if grammar["type"] == "regex":
        try:
            re.compile(value)
        except re.error as error:
            raise Invalid("Request failed during generation: Server error: ", "generation", 424) from error
        return
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise _invalid("grammar is not valid: expected ident at line 1 column 2") from error
    schema = value["schema"] if grammar["type"] == "json_schema" else value
    if "properties" not in schema:
        raise _invalid("grammar is not valid: Grammar must have a 'properties' field")


def sampling(parameters: Mapping[str, Any]) -> bool:
    """Whether TGI samples: asked for, or implied by a parameter that only sampling has."""
    given: Sequence[Any] = [parameters.get(name) for name in ("top_k", "top_p", "typical_p")]
    warm = parameters.get("temperature") not in (None, 1, 1.0)
    return bool(parameters.get("do_sample")) or warm or any(value is not None for value in given)


class Invalid(Exception):
    """A value that is refused: the `status`, the text and the type of the error."""

    def __init__(self, message: str, kind: str = "validation", status: int = 422) -> None:
        super().__init__(message)
        self.kind, self.status = kind, status


def parameters_of(body: dict[str, Any], penalty: float | None) -> dict[str, Any]:
    """The native parameters of an OpenAI request."""
    temperature = body.get("temperature")
    return {
        "do_sample": temperature is None or temperature > 0,
        "temperature": temperature or None,
        "top_p": body.get("top_p"),
        "frequency_penalty": body.get("frequency_penalty"),
        "repetition_penalty": penalty,
        "max_new_tokens": next(
            (body[n] for n in ("max_tokens", "max_completion_tokens") if body.get(n) is not None), None
        ),
        "stop": body.get("stop"),
        "seed": body.get("seed"),
    }


def tool_of(body: dict[str, Any]) -> str | None:
    """The name of the function that is called, None where the answer is text."""
    tools, choice = body.get("tools"), body.get("tool_choice")
    if not tools or choice == "none":
        return None
    if body.get("response_format") is not None:
        raise Invalid("Tool error: Grammar and tools are mutually exclusive", "tool_error")
    names = [tool["function"]["name"] for tool in tools]
    wanted = choice["function"].get("name") if isinstance(choice, dict) else choice
    if wanted in (None, "auto", "required"):
        return str(names[0])
    if wanted not in names:
        raise Invalid(f"Tool error: Tool with name {wanted} not found", "tool_error")
    return str(wanted)
