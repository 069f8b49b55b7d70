"""Recognises TGI's container images by their reference: which build it is, and which TGI version."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TgiImage:
    """`variant`: cuda, rocm, intel-cpu, intel-xpu, gaudi, neuron, trtllm, llamacpp, tpu, sagemaker, google, ci, sif.

    `version` is the TGI version that the reference states (None: latest, sha-..., digest, an expression).
    `mirror`: the registry where it is not one of TGI's own. `tag_expression`: the tag holds an expression.
    """

    variant: str
    version: str | None = None
    digest: bool = False
    mirror: str | None = None
    tag_expression: str | None = None


_MAIN = re.compile(
    r"^(?P<host>.*?/)?huggingface/text-generation-inference(?P<ci>-ci)?(?::(?P<tag>[^@\s]+))?(?P<digest>@sha256:[0-9a-fA-F]+)?$"
)


def recognise(reference: str) -> TgiImage | None:
    """The TGI build that an image reference names, or None where it is another image."""
    match = _MAIN.match(reference)
    if not match:
        return None
    tag = match["tag"] or ""
    version = re.match(r"v?(\d+\.\d+(?:\.\d+)?)", tag)
    return TgiImage("cuda", version[1] if version else None, bool(match["digest"]))
