"""What vLLM 0.32.0's OpenAI server takes, and the words of its refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.standins.http import Request


class Invalid(Exception):
    """A refusal: `kind` is its type, `param` the field that it names, `status` its code."""

    def __init__(
        self, message: str, param: str | None = None, kind: str = "BadRequestError", status: int = 400
    ) -> None:
        super().__init__(message)
        self.param, self.kind, self.status = param, kind, status

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"message": str(self), "type": self.kind, "param": self.param, "code": self.status}}


def validation(*errors: Mapping[str, Any]) -> Invalid:
    """What pydantic found, as the server writes it: one line for each error."""
    lines = [f"{len(errors)} validation error{'s' * (len(errors) > 1)}:", *(f"  {dict(error)}" for error in errors)]
    return Invalid("\n".join(lines), errors[0]["loc"], "Bad Request")


def problem(kind: str, loc: str, message: str, value: Any, **context: Any) -> dict[str, Any]:
    """One of pydantic's errors; values that are no plain text are described."""
    found: dict[str, Any] = {"type": kind, "loc": loc, "msg": message, "input": described(value)}
    return found | ({"ctx": context} if context else {})


def described(value: Any) -> str:
    if isinstance(value, dict | list):
        return f"<{type(value).__name__} of {len(value)} items>"
    return value if isinstance(value, str) else str(value)


def one_of(loc: str, expected: str, value: Any) -> dict[str, Any]:
    return problem("literal_error", loc, f"Input should be {expected}", value, expected=expected)


def with_parameter(message: str, name: str, **value: Any) -> Invalid:
    """A refusal that names its field at its end, and the value where there is one."""
    shown = "".join(f", value={one}" for one in value.values())
    return Invalid(f"{message} (parameter={name}{shown})", name)


def check_types(body: Mapping[str, Any]) -> None:
    """The types of fields that recorded requests had wrong.

    Raises:
        Invalid: as pydantic says it.
    """
    stops, kind, bias = body.get("stop"), body.get("response_format"), body.get("logit_bias")
    if bias is not None and not isinstance(bias, dict):
        raise validation(problem("dict_type", "body.logit_bias", "Input should be a valid dictionary", bias))
    if isinstance(stops, list) and len(stops) > 4:
        text = problem("string_type", "body.stop", "Input should be a valid string", stops)
        message = f"List should have at most 4 items after validation, not {len(stops)}"
        many = {"field_type": "List", "max_length": 4, "actual_length": len(stops)}
        raise validation(text, problem("too_long", "body.stop", message, stops, **many))
    if isinstance(kind, dict) and kind.get("type") not in ("text", "json_object", "json_schema", "structural_tag"):
        raise _unknown_format(kind)
    if isinstance(kind, dict) and kind.get("type") == "json_schema" and kind.get("json_schema") is None:
        message = "When response_format type is 'json_schema', the 'json_schema' field must be provided."
        raise with_parameter(message, "response_format")


def _unknown_format(kind: Mapping[str, Any]) -> Invalid:
    place, name = "body.response_format", kind.get("type")
    tag = one_of(f"{place}.type", "'structural_tag'", name)
    missing = [
        problem("missing", f"{place}.{one}", "Field required", kind) for one in ("format", "structures", "triggers")
    ]
    first = one_of(f"{place}.type", "'text', 'json_object' or 'json_schema'", name)
    return validation(first, tag, missing[0], tag, *missing[1:])


RANGES = {"frequency_penalty": (-2, 2), "presence_penalty": (-2, 2)}


def check_sampling(body: Mapping[str, Any], limit_name: str, longest: int) -> None:
    """The values of sampling parameters.

    Raises:
        Invalid: with vLLM's own words.
    """
    for name, (low, high) in RANGES.items():
        value = body.get(name)
        if value is not None and not low <= value <= high:
            raise Invalid(f"{name} must be in [{low}, {high}], got {float(value)}.")
    temperature, top_p, top_k = body.get("temperature"), body.get("top_p"), body.get("top_k")
    if temperature is not None and float(temperature) < 0:
        raise with_parameter(f"temperature must be non-negative, got {temperature}.", "temperature", value=temperature)
    if top_p is not None and not 0 < top_p <= 1:
        raise with_parameter(f"top_p must be in (0, 1], got {top_p}.", "top_p", value=top_p)
    if top_k is not None and top_k < -1:
        raise Invalid(f"top_k must be 0 (disable), or at least 1, got {top_k}.")
    limit, count = body.get(limit_name), body.get("n") or 1
    if limit is not None and limit > longest:
        message = (
            f"{limit_name}={limit} cannot be greater than max_model_len={longest}. Please request fewer output tokens."
        )
        raise with_parameter(message, limit_name, value=limit)
    if limit is not None and limit < 1:
        raise with_parameter(f"{limit_name} must be at least 1, got {limit}.", limit_name, value=limit)
    if count > 1 and temperature == 0:
        raise Invalid(f"n must be 1 when using greedy sampling, got {count}.")


def check_stream_options(body: Mapping[str, Any]) -> None:
    if body.get("stream_options") and not body.get("stream"):
        raise with_parameter("Stream options can only be defined when `stream=True`.", "stream_options")


def check_chat(body: Mapping[str, Any], model: str) -> None:
    """What only chats have: messages and log-probabilities.

    Raises:
        Invalid: with vLLM's or pydantic's words.
    """
    messages = body.get("messages")
    if "messages" not in body:
        raise validation(problem("missing", "body.messages", "Field required", body))
    if not isinstance(messages, list):
        raise validation(problem("list_type", "body.messages", "Input should be a valid list", messages))
    for index, message in enumerate(messages):
        if message.get("content", "") is None and message.get("role") != "assistant":
            loc = f"body.messages.{index}.ChatCompletionDeveloperMessageParam.content"
            raise validation(problem("string_type", loc, "Input should be a valid string", None))
    check_types(body)
    check_stream_options(body)
    if body.get("top_logprobs") and not body.get("logprobs"):
        raise with_parameter("when using `top_logprobs`, `logprobs` must be set to true.", "top_logprobs")
    if not messages:
        raise Invalid("Cannot apply chat template to an empty conversation. Provide at least one message.")
    parts = [part for one in messages for part in (one.get("content") or ()) if isinstance(part, dict)]
    if any(part.get("type") == "image_url" for part in parts):
        raise Invalid(f"{model} is not a multimodal model")


def check_tools(body: Mapping[str, Any], parser: bool) -> str | None:
    """The function that is called, None where the answer is text. `parser`: the server has one for tool calls.

    Raises:
        Invalid: with vLLM's words.
    """
    tools, choice = body.get("tools"), body.get("tool_choice", "auto" if body.get("tools") else None)
    if tools == []:
        message = "`tools` must not be an empty array. Either provide at least one tool or omit the field entirely."
        raise with_parameter(message, "tools")
    if choice in (None, "none"):
        return None
    if not tools:
        raise with_parameter("When using `tool_choice`, `tools` must be set.", "tool_choice")
    names = [tool["function"]["name"] for tool in tools]
    wanted = _named(choice, names)
    if not parser:
        if choice == "auto":
            raise Invalid('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')
        shown = f'"{choice}"' if isinstance(choice, str) else f'function "{wanted}"'
        raise Invalid(f"tool_choice={shown} requires --tool-call-parser to be set")
    return wanted


def _named(choice: Any, names: Sequence[str]) -> str:
    if isinstance(choice, str):
        if choice not in ("auto", "required"):
            allowed = 'Only named tools, "none", "auto" or "required" are supported.'
            raise with_parameter(f"Invalid value for `tool_choice`: {choice}! {allowed}", "tool_choice")
        return names[0]
    function = choice.get("function")
    if not isinstance(function, dict):
        usage = '`{"type": "function", "function": {"name": "my_function"}}`'
        message = f"Invalid value for `function`: `{function}` in `tool_choice`! Correct usage: {usage}"
        raise with_parameter(message, "tool_choice.function")
    if function["name"] not in names:
        message = "The tool specified in `tool_choice` does not match any of the specified `tools`"
        raise with_parameter(message, "tool_choice")
    return str(function["name"])


def check_completion(body: Mapping[str, Any]) -> None:
    """What only completions have.

    Raises:
        Invalid: with vLLM's words.
    """
    check_types(body)
    check_stream_options(body)
    prompt = body.get("prompt")
    if prompt == []:
        raise Invalid("You must pass at least one prompt")
    if not prompt:
        raise with_parameter("Either prompt or prompt_embeds must be provided and non-empty.", "prompt")
    if body.get("suffix") is not None:
        raise Invalid("suffix is only supported for models with FIM completion rendering", "suffix")


def body_of(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        message = "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed"
        raise Invalid(message, None, "Bad Request")
    if not request.raw:
        raise validation(problem("missing", "body", "Field required", None))
    try:
        body = json.loads(request.raw)
    except json.JSONDecodeError as error:
        found = problem("json_invalid", f"body.{error.pos}", "JSON decode error", {}, error=error.msg)
        raise validation(found) from error
    if not isinstance(body, dict):
        raise validation(problem("model_attributes_type", "body", "Input should be a valid dictionary", body))
    return body


def too_long(longest: int, tokens: int) -> str:
    return f"This model's maximum context length is {longest} tokens. However, your request has {tokens} input tokens."
