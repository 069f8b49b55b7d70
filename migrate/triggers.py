"""The literals that make a file worth reading: one search over its bytes, before any parser sees it.

Three tiers keep a repository without TGI cheap. `NAMES` are TGI's own names. `CLIENTS` are what programs that talk to
TGI hold; other software has some of them too. `LINKED` are OpenAI-style clients, which only matter where a repository
holds something of the first two tiers, because the model name that they send must be served.

Plain substrings are searched first: a hundred times faster than a pattern with alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum

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
    b"InferenceAPI",
    b"InferenceEndpoint",
    b"HuggingFaceEndpoint",
    b"HuggingFaceTextGenInference",
    b"HuggingFaceTGI",
    b"HuggingFaceAPI",
    b"HuggingFaceLLM",
    b"HuggingFaceModel",
    b"HFClientTGI",
    b"HfInference",
    b"HfApiModel",
    b"@huggingface/inference",
    b"huggingface/",
    *(b'"huggingface"', b"'huggingface'", b"provider: huggingface"),
    b"get_huggingface_llm_image_uri",
    b"generated_text",
    b"max_new_tokens",
    b"/generate",
    b"/tokenize",
    b"TGI",
)

# Members of TGI's /info, which matter where that path is asked: `/info` alone is everywhere.
INFO = (
    *(b"model_id", b"model_dtype", b"model_pipeline_tag", b"max_total_tokens", b"max_input_", b"max_batch_"),
    *(
        b"max_concurrent_requests",
        b"max_best_of",
        b"max_stop_sequences",
        b"waiting_served_ratio",
        b"validation_workers",
    ),
)

LINKED = (b"OpenAI", b"openai", b"OPENAI", b"/v1/completions", b"/v1/chat/completions")

VLLM = (b"vllm serve", b"vllm/vllm-openai", b"vllm.entrypoints.openai.api_server")

# Every literal of TGI's tiers holds one of these. A search costs one pass over the file for each, so there are few.
_HINTS = (
    *(b"tgi", b"TGI", b"text-generation", b"text_generation", b"extGeneration", b"enerate_stream", b"enerateStream"),
    *(b"nference", b"HuggingFace", b"HFClient", b"huggingface", b"generated_text", b"max_new_tokens", b"/generate"),
    *(b"/tokenize", b"/info", b"HfApi"),
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


class Tier(Enum):
    """How much a file has to do with the search; a LINKED file matters only where another one is found."""

    NAME = "name"
    CLIENT = "client"
    LINKED = "linked"


def tgi_tier(data: bytes) -> Tier | None:
    """What a file has to do with TGI; None: nothing, which most files answer after the hints."""
    if not holds(data, _HINTS):
        return None
    if holds(data, NAMES):
        return Tier.NAME
    if holds(data, CLIENTS) or (b"tgi" in data and _WORD.search(data)):
        return Tier.CLIENT
    if b"/info" in data and holds(data, INFO):
        return Tier.CLIENT
    return Tier.LINKED if holds(data, LINKED) else None


def tier_with(names: Iterable[bytes]) -> Callable[[bytes], Tier | None]:
    """The same, where rules of the user's own name classes that programs may hold."""
    mine = tuple(names)

    def tier(data: bytes) -> Tier | None:
        found = tgi_tier(data)
        return Tier.CLIENT if found in (None, Tier.LINKED) and holds(data, mine) else found

    return tier


def vllm_tier(data: bytes) -> Tier | None:
    """Whether a file may start vLLM: by its command, its module or its image, also as words of a list."""
    if b"vllm" not in data:
        return None
    if holds(data, VLLM):
        return Tier.NAME
    return Tier.CLIENT if b"serve" in data else None


def holds(data: bytes, literals: Iterable[bytes]) -> bool:
    """Whether one of the literals is there."""
    return any(map(data.__contains__, literals))
