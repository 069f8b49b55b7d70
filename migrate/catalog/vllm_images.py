"""Which vLLM image takes the place of a TGI build, and the reference that names it where the old one stood."""

from __future__ import annotations

from typing import Any

from migrate.catalog.data import load
from migrate.catalog.images import TgiImage
from migrate.catalog.reference import Reference, default_of
from migrate.catalog.versions import Version, covered, spans


def _entry(variant: str) -> dict[str, Any]:
    variants: dict[str, dict[str, Any]] = load("vllm-images")["variants"]
    entry = variants.get(variant, {})
    return _entry(entry["same_as"]) if "same_as" in entry else entry


def image_for(variant: str, version: str) -> str | None:
    """`vllm/vllm-openai:v0.32.0` for TGI's build `variant` and a vLLM version; None where no image was published.

    Raises ValueError for a text that is no version.
    """
    entry = _entry(variant)
    known = covered(version, load("vllm-options")["versions"])
    if known is None or "in" not in entry or not spans(entry["in"]).holds(known):
        return None
    return f"{entry['image']}:v{Version.parse(version)}"


def why_no_image(variant: str) -> str:
    """Why `image_for` gives none, as half a sentence for a finding; empty where every version has one."""
    reason: str = _entry(variant).get("before", "")
    return reason


def replacement(image: TgiImage, reference: str, version: str) -> str | None:
    """The reference that stands in place of TGI's; None where the target version has no image for this build.

    A registry of one's own stays in front, with the path that the mirror uses; where that path keeps TGI's registry
    (`HOST/ghcr.io/huggingface/...`), vLLM's takes its place (`HOST/docker.io/vllm/...`). A scheme and pyxis' `#` stay.
    A tag in a variable and a digest do not: both belong to TGI.
    """
    target = image_for(image.variant, version)
    if target is None:
        return None
    parsed = Reference.parse(default_of(reference.strip()) or reference.strip())
    if parsed is None:
        return target
    if image.mirror is None or parsed.host is None:
        explicit = parsed.host == "docker.io" and image.variant == "cuda"
        return f"{parsed.scheme}{parsed.host + parsed.separator if explicit and parsed.host else ''}{target}"
    return f"{parsed.scheme}{parsed.host}{parsed.separator}{'/'.join((*_prefix(parsed), target))}"


def _prefix(parsed: Reference) -> tuple[str, ...]:
    """The mirror's own path before the image, with vLLM's registry for TGI's."""
    own = load("tgi-images")["own_hosts"]
    before = parsed.namespace[:-1] if parsed.namespace[-1:] == ("huggingface",) else parsed.namespace
    return tuple("docker.io" if part in own else part for part in before)
