"""The literals that make a file worth reading: one search over its bytes, before any parser sees it.

Three tiers keep a repository without TGI cheap. `NAMES` are TGI's own names. `CLIENTS` are what programs that talk to
TGI hold; other software has them too. `LINKED` are OpenAI-style clients, which only matter where a repository holds
something of the first two tiers, because the model name they send must be served.
"""

from __future__ import annotations

import re

NAMES = (
    rb"text-generation-(?:inference|launcher|server|router|benchmark)",
    rb"text_generation_(?:inference|launcher|server|router)",
    rb"tgi-gaudi",
    rb"neuronx-tgi",
    rb"tpu-tgi",
    rb"tgi-llamacpp",
    rb"huggingface-pytorch-tgi-inference",
)

CLIENTS = (
    rb"text[-_]generation",
    rb"\btgi_[a-z.*]",
    rb"[Gg]enerate_?[Ss]tream",
    rb"/generate\b",
    rb"InferenceClient",
    rb"InferenceAPIClient",
    rb"InferenceEndpoint",
    rb"HuggingFace(?:Endpoint|TextGenInference|TGI|API|LLM|Model)",
    rb"HFClientTGI",
    rb"TextGenerationInference",
    rb"TextGeneration\b",
    rb"@huggingface/inference",
    rb"HfInference",
    rb"textGeneration",
    rb"generated_text",
    rb"max_new_tokens",
    rb"get_huggingface_llm_image_uri",
    rb"[\"'/]huggingface/",
    rb"(?<![\w.-])(?:tgi|TGI)(?![\w.-])",
)

LINKED = (
    rb"[Oo]pen[Aa][Ii]",
    rb"/v1/(?:chat/)?completions",
)

MARKS = (b"\xff\xfe", b"\xfe\xff")


def _any(patterns: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(b"|".join(patterns))


NAMED = _any(NAMES)
TALKS = _any(CLIENTS)
LINKS = _any(LINKED)


def searchable(data: bytes) -> bytes:
    """The bytes that the patterns are searched in: a UTF-16 file is turned into UTF-8, every other one stays."""
    if data[:2] in MARKS:
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data
