"""Recognises TGI's container images by their reference: which build it is, and which TGI version."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from migrate.catalog.data import load
from migrate.catalog.reference import Reference, default_of

_VERSION = re.compile(r"v?(\d+\.\d+(?:\.\d+)?)(?=$|[-+_])")
_FILE = re.compile(
    r"(?:.*/)?(?:text-generation-inference|tgi)(?:[-_:@]v?(?P<version>\d+\.\d+(?:\.\d+)?))?[^/\s]*\.(?:sif|simg|sqsh)"
)


@dataclass(frozen=True, slots=True)
class TgiImage:
    """`variant`: cuda, rocm, intel-cpu, intel-xpu, gaudi, neuron, trtllm, llamacpp, tpu, nix, sagemaker,
    google, ci, sif.

    `version` is the TGI version that the reference states (None: latest, sha-..., digest, an expression).
    `mirror`: the registry where it is not one of TGI's own. `tag_expression`: the tag holds an expression,
    `whole`: the reference is nothing but one with a default.
    """

    variant: str
    version: str | None = None
    digest: bool = False
    mirror: str | None = None
    tag_expression: str | None = None
    whole: bool = False


def recognise(reference: str) -> TgiImage | None:
    """The TGI build that an image reference names, or None where it is another image.

    Takes every form that files hold: a registry or mirror in front, a tag, a digest, an expression as registry, tag or
    whole reference (its default then says the version), `docker://` and `oci://` in front, `ghcr.io#huggingface/...`,
    and names of image files.
    """
    text = reference.strip()
    file = _FILE.fullmatch(text)
    if file:
        return TgiImage("sif", file["version"])
    whole = default_of(text)
    if whole is not None:
        inner = recognise(whole)
        return replace(inner, tag_expression=text, whole=True) if inner else None
    parsed = Reference.parse(text)
    if parsed is None or set(parsed.namespace) & set(load("tgi-images")["other_projects"]):
        return None
    for entry in load("tgi-images")["names"]:
        if _pattern(entry["repository"]).fullmatch(parsed.name) and _search(entry.get("tag"), parsed.tag_text):
            return _image(entry, parsed)
    return None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _search(pattern: str | None, text: str) -> bool:
    return pattern is None or _pattern(pattern).search(text) is not None


def _image(entry: dict[str, Any], parsed: Reference) -> TgiImage:
    tag = parsed.tag_text
    return TgiImage(
        _by_suffix(tag) if entry.get("by_suffix") else entry["variant"],
        _version(entry, parsed.name, tag),
        bool(parsed.digest),
        None if entry["variant"] in ("sagemaker", "google", "neuron") else _mirror(parsed),
        parsed.tag if parsed.tag_is_expression else None,
    )


def _by_suffix(tag: str) -> str:
    suffixes: dict[str, str] = load("tgi-images")["suffixes"]
    return next((variant for suffix, variant in suffixes.items() if tag.endswith(suffix)), "cuda")


def _version(entry: dict[str, Any], name: str, tag: str) -> str | None:
    if "name_version" in entry:
        match = _pattern(entry["name_version"]).search(name)
        return f"{match[1]}.{match[2]}" if match else None
    if "tag_version" in entry:
        match = _pattern(entry["tag_version"]).search(tag)
        return match[1] if match else None
    match = _VERSION.match(tag) if entry["variant"] == "cuda" else None
    return match[1] if match else None


def _mirror(parsed: Reference) -> str | None:
    own = load("tgi-images")["own_hosts"]
    return None if parsed.host is None or (default_of(parsed.host) or parsed.host) in own else parsed.host
