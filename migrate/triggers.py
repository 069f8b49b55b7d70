"""The literals that make a file worth reading: one search over its bytes, before any parser sees it.

Three tiers keep a repository without TGI cheap. `NAMES` are TGI's own names. `CLIENTS` are what programs that talk to
TGI hold; other software has some of them too. `LINKED` are OpenAI-style clients, which only matter where a repository
holds something of the first two tiers, because the model name that they send must be served.

Plain substrings are searched first: a hundred times faster than a pattern with alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

NAMES = (
    b"text-generation-inference",
    b"text-generation-launcher",
    b"text-generation-server",
    b"text-generation-router",
    b"text-generation-benchmark",
    b"text_generation_launcher",
    b"text_generation_server",
    b"text_generation_router",
    b"tgi-gaudi",
    b"neuronx-tgi",
    b"tpu-tgi",
    b"tgi-llamacpp",
    b"huggingface-pytorch-tgi-inference",
)

CLIENTS = (
    b"text-generation",
    b"text_generation",
    b"textGeneration",
    b"TextGeneration",
    b"enerate_stream",
    b"enerateStream",
    b"InferenceClient",
    b"InferenceAPIClient",
    b"InferenceEndpoint",
    b"HuggingFaceEndpoint",
    b"HuggingFaceTextGenInference",
    b"HuggingFaceTGI",
    b"HuggingFaceAPI",
    b"HuggingFaceLLM",
    b"HuggingFaceModel",
    b"HFClientTGI",
    b"HfInference",
    b"@huggingface/inference",
    b"huggingface/",
    b"get_huggingface_llm_image_uri",
    b"generated_text",
    b"max_new_tokens",
    b"/generate",
    b"TGI",
)

LINKED = (b"OpenAI", b"openai", b"OPENAI", b"/v1/completions", b"/v1/chat/completions")

# Every literal above holds one of these. A search costs one pass over the file for each, so there are few.
_HINTS = (
    *(b"tgi", b"TGI", b"text-generation", b"text_generation", b"extGeneration", b"enerate_stream", b"enerateStream"),
    *(b"nference", b"HuggingFace", b"HFClient", b"huggingface", b"generated_text", b"max_new_tokens", b"/generate"),
    *(b"penAI", b"penai", b"OPENAI", b"/v1/c"),
)

# `tgi` as a word of its own (a model name, a host) or as the prefix of a metric, not inside another word.
_WORD = re.compile(rb"(?<![A-Za-z0-9])tgi(?![A-Za-z0-9])")
_MARKS = (b"\xff\xfe", b"\xfe\xff")


def searchable(data: bytes) -> bytes:
    """The bytes to search: a UTF-16 file is turned into UTF-8, every other one stays as it is."""
    if data[:2] in _MARKS:
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data


def hinted(data: bytes) -> bool:
    """Whether any of the tiers is worth looking at; most files end here."""
    return _holds(data, _HINTS)


def names_tgi(data: bytes) -> bool:
    """Whether one of TGI's own names is in the bytes."""
    return _holds(data, NAMES)


def talks_to_tgi(data: bytes) -> bool:
    """Whether the bytes hold what clients of TGI hold."""
    return _holds(data, CLIENTS) or (b"tgi" in data and _WORD.search(data) is not None)


def talks_to_openai(data: bytes) -> bool:
    """Whether an OpenAI-style client may be in the bytes."""
    return _holds(data, LINKED)


def _holds(data: bytes, literals: Iterable[bytes]) -> bool:
    return any(literal in data for literal in literals)
