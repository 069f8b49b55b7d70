"""The vLLM version to migrate to, and how its image starts the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from migrate.catalog.data import load
from migrate.catalog.versions import Version, covered, spans


class UnknownVersion(ValueError):
    """A target that the catalog does not cover; the message names the versions that it does."""


@dataclass(frozen=True, slots=True)
class Target:
    """The vLLM version to migrate to.

    `version` is what was asked for and goes into image tags; `covered` is the version whose surface is known: the same,
    or the nearest one below it.
    """

    version: str
    covered: str

    def __str__(self) -> str:
        return f"vllm@{self.version}"


def versions() -> Sequence[str]:
    """The covered versions, ascending."""
    known: list[str] = load("vllm-options")["versions"]
    return known


def default_target() -> Target:
    """The newest version whose server was run, not only read; the data marks it."""
    run: str = load("vllm-options")["run"]
    return Target(run, run)


@cache
def target(text: str | None) -> Target:
    """The target that `vllm@0.32.0`, `0.32.0` or `v0.32.0` names; None: the default.

    Raises UnknownVersion below the first or above the last covered version, and for a text that is no version.
    """
    if text is None:
        return default_target()
    asked = text.strip().removeprefix("vllm@").removeprefix("vllm==")
    try:
        parsed = Version.parse(asked)
    except ValueError:
        raise _unknown(text) from None
    below = covered(parsed, versions())
    if below is None or parsed > Version.parse(versions()[-1]):
        raise _unknown(text)
    return Target(str(parsed), below)


def _unknown(text: str) -> UnknownVersion:
    return UnknownVersion(f"unknown vLLM version {text!r}; known are {', '.join(versions())}")


def entrypoint(version: str | Target) -> Literal["module", "serve"]:
    """What the image starts: the API server module (the model is `--model X`), or `vllm serve` (it comes first)."""
    module = spans(load("vllm-images")["entrypoint"]["module"])
    return "module" if module.holds(covered_by(version)) else "serve"


def covered_by(version: str | Target) -> str:
    return version.covered if isinstance(version, Target) else target(version).covered
