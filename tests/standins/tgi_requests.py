"""What TGI 3.3.7 takes: the types of its requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.standins.serde import Reader, Refused, anything, scalar, sequence, struct, untagged, wrong

GRAMMARS = ("json", "json_object", "regex", "json_schema")


def _grammar(value: Any, path: str) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise wrong(path, "invalid type, expected internally tagged enum GrammarType")
    kind = value.get("type")
    if kind not in GRAMMARS:
        names = ", ".join(f"`{name}`" for name in GRAMMARS)
        raise wrong(f"{path}.type", f"unknown variant `{kind}`, expected one of {names}")
    if "value" not in value:
        raise wrong(path, "missing field `value`")
    if kind == "regex":
        scalar("text")(value["value"], f"{path}.value")
    if kind == "json_schema" and "schema" not in value["value"]:
        raise wrong(f"{path}.value", "missing field `schema`")


def _prompt(value: Any, path: str) -> None:
    if value == []:
        raise wrong(path, "Empty array detected. Do not use an empty array for the prompt.")
    items = value if isinstance(value, list) else [value]
    untagged("PromptDeserializer", lambda _: all(isinstance(item, str) for item in items))(value, path)


def _one_limit(value: Any, path: str) -> None:
    if {"max_tokens", "max_completion_tokens"} <= value.keys():
        raise wrong(path, "duplicate field `max_tokens`")


def _message(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("role"), str):
        return False
    return isinstance(value.get("content"), str | list) or isinstance(value.get("tool_calls"), list)


def _choice(value: Any) -> bool:
    if value is None or isinstance(value, str):
        return True
    return isinstance(value, dict) and "type" in value and isinstance(value.get("function"), dict)


def _function(value: Any, path: str) -> None:
    if not {"arguments", "parameters"} & value.keys():
        raise wrong(path, "missing field `arguments`")


def _readers(**kinds: str) -> dict[str, Reader]:
    return {name: scalar(kind) for name, kind in kinds.items()}


TEXTS = sequence(scalar("text"))
PARAMETERS = struct(
    "GenerateParameters",
    {
        **_readers(best_of="usize?", temperature="f32?", repetition_penalty="f32?", frequency_penalty="f32?"),
        **_readers(top_k="i32?", top_p="f32?", typical_p="f32?", do_sample="bool", max_new_tokens="u32?"),
        **_readers(return_full_text="bool?"),
        "stop": TEXTS,
        **_readers(truncate="usize?", watermark="bool", details="bool", decoder_input_details="bool", seed="u64?"),
        **_readers(top_n_tokens="u32?"),
        "grammar": _grammar,
        "adapter_id": scalar("text?"),
    },
)
INPUTS: dict[str, Reader] = {"inputs": scalar("text"), "parameters": PARAMETERS}
TOOL = struct(
    "Tool",
    {"function": struct("FunctionDefinition", {"name": scalar("text")}, ("name",), _function)},
    ("type", "function"),
)
SHARED = {
    **_readers(model="text?", temperature="f32?", top_p="f32?", frequency_penalty="f32?", seed="u64?", stream="bool"),
    "max_tokens": scalar("u32?"),
    "stop": sequence(scalar("text"), optional=True),
}
READERS: Mapping[str, Reader] = {
    "/generate": struct("GenerateRequest", INPUTS, ("inputs",)),
    "/generate_stream": struct("GenerateRequest", INPUTS, ("inputs",)),
    "/": struct("CompatGenerateRequest", {**INPUTS, "stream": scalar("bool")}, ("inputs",)),
    "/tokenize": struct("GenerateRequest", INPUTS, ("inputs",)),
    "/v1/completions": struct(
        "CompletionRequest",
        {**SHARED, "prompt": _prompt, **_readers(suffix="text?", repetition_penalty="f32?")},
        ("prompt",),
    ),
    "/v1/chat/completions": struct(
        "ChatRequest",
        {
            **SHARED,
            "messages": sequence(untagged("MessageBody", _message)),
            "logit_bias": sequence(scalar("f32"), optional=True),
            **_readers(logprobs="bool?", top_logprobs="u32?", max_completion_tokens="u32?", n="u32?"),
            **_readers(presence_penalty="f32?", tool_prompt="text?"),
            "tools": sequence(TOOL, optional=True),
            "tool_choice": untagged("ToolTypeDeserializer", _choice),
            "response_format": _grammar,
            "stream_options": struct("StreamOptions", {"include_usage": scalar("bool")}),
        },
        ("messages",),
        _one_limit,
    ),
    "/vertex": struct("VertexRequest", {"instances": sequence(anything)}, ("instances",)),
}
READERS = {**READERS, "/chat_tokenize": READERS["/v1/chat/completions"]}


def read(path: str, body: Any) -> None:
    """Holds a body against the types of a route.

    Raises:
        Refused: with the deserializer's words.
    """
    if path != "/invocations":
        READERS[path](body, "")
        return None
    for name in ("/", "/v1/chat/completions", "/v1/completions"):
        try:
            return READERS[name](body, "")
        except Refused:
            continue
    raise Refused("data did not match any variant of untagged enum SagemakerRequest")
