"""The parts of an image reference as files write it, with expressions in any of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

EXPRESSION = re.compile(
    r"\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\$\([^()]*\)|\{\{.*?\}\}|#\{[^{}]*\}|\{[A-Za-z_][\w.]*\}|<[^<>]*>|\$[A-Za-z_][A-Za-z0-9_]*|%[A-Za-z_][A-Za-z0-9_]*%"
)
_SCHEME = re.compile(r"(?:docker|oci|docker-daemon|containers-storage|dockerd|podman|enroot|pyxis)://", re.IGNORECASE)
_SHELL_DEFAULT = re.compile(r"\$\{\w+:?[-=](?P<value>(?:[^{}]|\{[^{}]*\})*)\}")
_TEMPLATE_DEFAULT = re.compile(r"\{\{.*?\bdefault\s*\(?\s*[\"'](?P<value>[^\"']*)[\"'].*?\}\}")


def default_of(text: str) -> str | None:
    """The literal that an expression falls back to (`${X:-d}`, `{{ .x | default "d" }}`); None where there is none.

    The expression must be the whole text.
    """
    match = _SHELL_DEFAULT.fullmatch(text) or _TEMPLATE_DEFAULT.fullmatch(text)
    return match["value"] if match else None


def _filled(text: str) -> str:
    """The text with every expression replaced by its default, or by nothing."""
    return EXPRESSION.sub(lambda match: default_of(match[0]) or "", text)


@dataclass(frozen=True, slots=True)
class Reference:
    """`scheme`: `docker://` and the like. `host`: the registry, None for Docker Hub's short form. `path`: the rest.

    `separator` stands between host and path: `/`, or `#` in the form that Slurm's pyxis reads.
    """

    scheme: str
    host: str | None
    separator: str
    path: tuple[str, ...]
    tag: str | None
    digest: str | None

    @classmethod
    def parse(cls, text: str) -> Reference | None:
        """Splits a reference outside of its expressions; None where it is none (spaces, no name)."""
        scheme = _SCHEME.match(text)
        rest = text[scheme.end() :] if scheme else text
        masked = EXPRESSION.sub(lambda match: "\0" * len(match[0]), rest)
        if not masked or re.search(r"\s", masked) or masked.startswith(("/", ".")):
            return None
        rest, masked, digest = _cut(rest, masked, masked.find("@"))
        colon = masked.rfind(":")
        rest, masked, tag = _cut(rest, masked, colon if colon > masked.rfind("/") else -1)
        host, separator, path = _host(rest, masked)
        if not path[-1]:
            return None
        return cls(scheme[0] if scheme else "", host, separator, path, tag, digest)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path[-1]

    @property
    def namespace(self) -> tuple[str, ...]:
        """The path before the name."""
        return self.path[:-1]

    @property
    def tag_text(self) -> str:
        """The tag with its expressions replaced by their defaults; empty where there is none."""
        return _filled(self.tag or "")

    @property
    def tag_is_expression(self) -> bool:
        """Whether the tag holds an expression."""
        return bool(self.tag and EXPRESSION.search(self.tag))


def _cut(rest: str, masked: str, at: int) -> tuple[str, str, str | None]:
    """Text and mask before position `at`, and what follows it; nothing is cut at a negative position."""
    return (rest, masked, None) if at < 0 else (rest[:at], masked[:at], rest[at + 1 :])


def _host(rest: str, masked: str) -> tuple[str | None, str, tuple[str, ...]]:
    """Registry, separator and path. A first part with a dot, a port, or only an expression is a registry."""
    sharp = masked.find("#")
    if sharp > 0:
        return rest[:sharp], "#", _parts(rest[sharp + 1 :], masked[sharp + 1 :])
    parts = _parts(rest, masked)
    head = masked.split("/", maxsplit=1)[0]
    if len(parts) > 1 and (any(mark in head for mark in ".:\0") or head == "localhost"):
        return parts[0], "/", parts[1:]
    return None, "/", parts


def _parts(rest: str, masked: str) -> tuple[str, ...]:
    parts, start = [], 0
    for part in masked.split("/"):
        parts.append(rest[start : start + len(part)])
        start += len(part) + 1
    return tuple(parts)
